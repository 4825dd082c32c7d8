import * as z from 'zod';
import { brandSchema } from './domain/brand.ts';
import { makePolicy, type PolicyOverrides, policyOverridesSchema } from './domain/policy.ts';
import { scopeSchema } from './domain/scope.ts';
import { checkReplicas, storageShape } from './domain/storage.ts';

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

const settingsSchema = z
  .object({
    mode: z
      .string()
      .optional()
      .transform((mode) => (mode === 'live' ? ('live' as const) : ('audit' as const))),
    memberRole: z.string().min(1).default('keyturn-member'),
    externalId: z.string().min(2).optional(),
    region: z.string().min(1),
    mailFrom: z.email(),
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
    scope: scopeSchema.default({ organizationalUnits: [], include: [], exclude: [] }),
    /** What rotations are started by: the ARN of the machine's alias. Left out, the machine that runs. */
    rotationMachine: z.string().startsWith('arn:').optional(),
  })
  .superRefine(checkReplicas);
export type Settings = z.infer<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/** @throws {z.ZodError} naming each setting that is wrong */
export const parseSettings = (input: SettingsInput): Settings => settingsSchema.parse(input);

/** The variables of a Lambda function's environment, `KEYTURN_LINK_BASE` and the like. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): Settings {
  return settingsSchema.parse({
    mode: environment.KEYTURN_MODE,
    memberRole: environment.KEYTURN_MEMBER_ROLE,
    externalId: environment.KEYTURN_EXTERNAL_ID,
    region: environment.AWS_REGION,
    mailFrom: environment.KEYTURN_MAIL_FROM,
    operators: environment.KEYTURN_OPERATORS,
    mailConfigurationSet: environment.KEYTURN_MAIL_CONFIGURATION_SET,
    ownerTag: environment.KEYTURN_OWNER_TAG,
    linkBase: environment.KEYTURN_LINK_BASE,
    linkKeySecret: environment.KEYTURN_LINK_KEY_SECRET,
    secretPrefix: environment.KEYTURN_SECRET_PREFIX,
    storage: environment.KEYTURN_STORAGE,
    secretKmsKey: environment.KEYTURN_SECRET_KMS_KEY,
    secretReaders: json('KEYTURN_SECRET_READERS', environment),
    replicaRegions: json('KEYTURN_REPLICA_REGIONS', environment),
    policy: json('KEYTURN_POLICY', environment),
    brand: json('KEYTURN_BRAND', environment),
    scope: json('KEYTURN_SCOPE', environment),
    rotationMachine: environment.KEYTURN_ROTATION_MACHINE,
  });
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
