import * as z from 'zod';
import { SettingMissing } from './domain/errors.ts';
import { makePolicy, type PolicyOverrides, policyOverridesSchema } from './domain/policy.ts';
import { scopeSchema } from './domain/scope.ts';
import { checkReplicas, storageShape } from './domain/storage.ts';
import { calendarSchema } from './domain/sweeps/calendar.ts';
import { brandSchema } from './presentation/brand.ts';
import { senderSchema } from './presentation/sender.ts';

/**
 * What a deployment sets, read from the environment once. Only the literal `live` lets anything change:
 * a misspelt or missing mode is an audit.
 */
function withinBounds(values: PolicyOverrides, context: z.RefinementCtx): void {
  try {
    makePolicy([{ from: 'the settings', values }]);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'out of bounds' });
  }
}

/** How many rotations a sweep begins: small, so that a first run in a large organization doesn't mail everyone. */
export const wavesSchema = z.strictObject({
  perSweep: z.number().int().min(0).max(100_000).default(20),
  perAccount: z.number().int().min(0).max(5000).default(5),
});

/**
 * What a sweep looks at, in days.
 * - `lookFromAgeDays`: from what age on a user's keys and tags are read; left out, the policy's greatest age. A
 *   user's own `keyturn:max-age-days` below it isn't seen before. 0 looks at everybody.
 * - `overdueAfterDays`: the true maximum age, whose excess is an alarm.
 * - `restDays`: for how long a user is left alone after a rotation that didn't complete.
 */
export const surveySchema = z.strictObject({
  lookFromAgeDays: z.number().int().min(0).max(365).optional(),
  overdueAfterDays: z.number().int().min(1).max(3650).default(180),
  restDays: z.number().int().min(0).max(90).default(7),
});

/** The group of IAM users that no sweep rotates; like every exemption, until a day and for a reason. */
export const exemptGroupSchema = z.strictObject({
  name: z.string().regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an IAM group'),
  until: z.iso.date(),
  reason: z.string().trim().min(1).max(200),
});

const settingsSchema = z
  .object({
    mode: z
      .string()
      .optional()
      .transform((mode) => (mode === 'live' ? ('live' as const) : ('audit' as const))),
    memberRole: z.string().min(1).default('keyturn-member'),
    externalId: z.string().min(2).optional(),
    region: z.string().min(1),
    /** An address, or a name and an address, as `tasks/presentation/sender.ts` writes it. */
    mailFrom: senderSchema,
    operators: z.email(),
    /** SES's configuration set that events about mails come by; left out, a bounce goes unheard. */
    mailConfigurationSet: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .optional(),
    ownerTag: z.string().min(1).max(128).default('owner'),
    /** Where the owners' links lead, without a slash at the end. */
    linkBase: z.url().transform((url) => url.replace(/\/$/, '')),
    linkKeySecret: z.string().min(1).default('keyturn/link-key'),
    secretPrefix: z.string().endsWith('/').default('keyturn/'),
    ...storageShape,
    /** What differs from the default policy for every user; a user's tags and an execution's input go over it. */
    policy: policyOverridesSchema.default({}).superRefine(withinBounds),
    /** How mails and pages introduce themselves. */
    brand: brandSchema.prefault({}),
    /** Which accounts are looked at. */
    scope: scopeSchema.default({ organizationalUnits: [], include: [], exclude: [] }),
    /** Where anything may be changed, within `scope`; if omitted, everywhere in it. */
    live: scopeSchema.optional(),
    /** What becomes of a leaked key that nothing can replace: a person is asked, or it is deactivated anyway. */
    leakWithoutReplacement: z.enum(['ask', 'deactivate']).default('ask'),
    /** What rotations are started by: the ARN of the machine's alias. Left out, the machine that runs. */
    rotationMachine: z.string().startsWith('arn:').optional(),
    /** Where sweeps report: a bucket of this system's own account. Needed by sweeps only. */
    reportBucket: z.string().min(3).optional(),
    waves: wavesSchema.prefault({}),
    survey: surveySchema.prefault({}),
    /** Outside of it a sweep starts nothing. Left out, any time is good. */
    calendar: calendarSchema.optional(),
    exemptGroup: exemptGroupSchema.optional(),
  })
  .superRefine(checkReplicas);
export type Settings = z.infer<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/** @throws {z.ZodError} naming each setting that is wrong */
export const parseSettings = (input: SettingsInput): Settings => settingsSchema.parse(input);

/** The variable that hands each setting over, and whether it is JSON; every other is the text itself. */
const variables = {
  mode: { name: 'KEYTURN_MODE' },
  memberRole: { name: 'KEYTURN_MEMBER_ROLE' },
  externalId: { name: 'KEYTURN_EXTERNAL_ID' },
  // Lambda's own.
  region: { name: 'AWS_REGION' },
  mailFrom: { name: 'KEYTURN_MAIL_FROM' },
  operators: { name: 'KEYTURN_OPERATORS' },
  mailConfigurationSet: { name: 'KEYTURN_MAIL_CONFIGURATION_SET' },
  ownerTag: { name: 'KEYTURN_OWNER_TAG' },
  linkBase: { name: 'KEYTURN_LINK_BASE' },
  linkKeySecret: { name: 'KEYTURN_LINK_KEY_SECRET' },
  secretPrefix: { name: 'KEYTURN_SECRET_PREFIX' },
  storage: { name: 'KEYTURN_STORAGE' },
  secretKmsKey: { name: 'KEYTURN_SECRET_KMS_KEY' },
  secretReaders: { name: 'KEYTURN_SECRET_READERS', json: true },
  secretExclusive: { name: 'KEYTURN_SECRET_EXCLUSIVE', json: true },
  provisionRole: { name: 'KEYTURN_PROVISION_ROLE' },
  replicaRegions: { name: 'KEYTURN_REPLICA_REGIONS', json: true },
  policy: { name: 'KEYTURN_POLICY', json: true },
  brand: { name: 'KEYTURN_BRAND', json: true },
  scope: { name: 'KEYTURN_SCOPE', json: true },
  live: { name: 'KEYTURN_LIVE', json: true },
  leakWithoutReplacement: { name: 'KEYTURN_LEAK_WITHOUT_REPLACEMENT' },
  rotationMachine: { name: 'KEYTURN_ROTATION_MACHINE' },
  reportBucket: { name: 'KEYTURN_REPORT_BUCKET' },
  waves: { name: 'KEYTURN_WAVES', json: true },
  survey: { name: 'KEYTURN_SURVEY', json: true },
  calendar: { name: 'KEYTURN_CALENDAR', json: true },
  exemptGroup: { name: 'KEYTURN_EXEMPT_GROUP', json: true },
} as const satisfies Record<keyof SettingsInput, { readonly name: string; readonly json?: true }>;

const settingNames = settingsSchema.keyof().options;

/** The settings that a Lambda function's environment says, by `KEYTURN_LINK_BASE` and the like. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): Settings {
  const values = settingNames.map((setting): [string, unknown] => {
    const variable = variables[setting];
    return [setting, 'json' in variable ? json(variable.name, environment) : environment[variable.name]];
  });
  return settingsSchema.parse(Object.fromEntries(values));
}

/** The environment that hands those settings over; one that isn't set has no variable. */
export function environmentFrom(settings: Partial<SettingsInput>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const setting of settingNames) {
    const value = settings[setting];
    const variable = variables[setting];
    if (value !== undefined)
      environment[variable.name] = 'json' in variable ? JSON.stringify(value) : String(value);
  }
  return environment;
}

/**
 * A setting that only some tasks need.
 * @throws {SettingMissing}
 */
export function needed(settings: Settings, name: 'reportBucket' | 'rotationMachine'): string {
  const value = settings[name];
  if (value !== undefined) return value;
  throw new SettingMissing(`${variables[name].name} must be set for this function`);
}

/** @throws {SyntaxError} naming the variable whose text is no JSON */
function json(name: string, environment: Readonly<Record<string, string | undefined>>): unknown {
  const text = environment[name];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`${name} must be JSON; it is ${text}`);
  }
}
