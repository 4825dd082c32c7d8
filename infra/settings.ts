import * as z from 'zod';
import { brandSchema } from '../tasks/domain/asking/brand.ts';
import { senderSchema } from '../tasks/domain/asking/sender.ts';
import { makePolicy, policyOverridesSchema } from '../tasks/domain/policy.ts';
import { accountIdSchema, scopeSchema } from '../tasks/domain/scope.ts';
import { storageShape } from '../tasks/domain/storage.ts';
import { calendarSchema } from '../tasks/domain/sweeps/calendar.ts';
import { exemptGroupSchema, surveySchema, wavesSchema } from '../tasks/settings.ts';
import { isRegion } from './regions.ts';
import { checkTogether, type Refusal } from './settings-checks.ts';
import { lineOf } from './settings-messages.ts';
import { problemWithTimetable } from './timetable.ts';

const regionSchema = z.string().refine(isRegion, 'must be an AWS region, such as eu-west-1');
/** What CloudWatch Logs takes; ten years are the most. */
const days = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
] as const;

const organizationSchema = z.strictObject({
  id: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'must be an organization ID, such as o-abcd123456'),
  /** The root below which the StackSet deploys. */
  rootId: z.string().regex(/^r-[0-9a-z]{4,32}$/, 'must be the organization’s root, such as r-ab12'),
  managementAccount: accountIdSchema,
});

const storageSchema = z.strictObject({
  /**
   * `member`: in the user's own account. `central`: in this account. A user who already has a secret keeps it where it
   * is.
   */
  where: z.enum(['central', 'member']).default('member'),
  /**
   * Who besides the IAM user itself may read that user's secret, in the user's account: principals without account,
   * such as `role/team-*`.
   */
  readers: storageShape.secretReaders,
  /** Whether nobody else may read it, whatever their own policies allow; keyturn may, to prove a key it stored. */
  exclusive: z.boolean().default(false),
  /** Where Secrets Manager keeps copies; in central storage each gets a stack with a key of its own. */
  replicaRegions: z.array(regionSchema).max(5).default([]),
  /**
   * By region, the KMS key that users' secrets there are already under: a former deployment's, or that of another
   * deployment's copies. It is used instead of a new one, so that those secrets stay usable.
   */
  keptKeys: z.record(regionSchema, z.string()).default({}),
});

const membersSchema = z.strictObject({
  /**
   * Whether each account has the role that can change keys, besides the one that reads. If omitted, in mode `live` only.
   * Set it to true before you go back to `audit`, as long as rotations run: owners can roll back only with it.
   */
  writingRole: z.boolean().optional(),
});

const leakSchema = z.strictObject({
  /** What becomes of a leaked key that nothing can replace: a person is asked, or it is deactivated anyway. */
  withoutReplacement: z.enum(['ask', 'deactivate']).default('ask'),
});

const mailSchema = z.strictObject({
  /** The sender, with or without a name: `keyturn <keys@example.com>`. */
  from: senderSchema,
  /** The identity of SES that the sender belongs to, a domain or an address; if omitted, the sender's domain. */
  identity: z
    .string()
    .regex(/^([^\s@<>]+@)?([a-z0-9-]+\.)+[a-z]{2,}$/i, 'must be a domain or an address, such as example.com')
    .optional(),
  /** Whom failures, escalations and alarms go to. Needed in mode `live`; in `audit` the sender's address is used. */
  operators: z.email().optional(),
  /** The tag on an IAM user that names its owner's address. */
  ownerTag: z.string().min(1).max(128).default('owner'),
  /** Whether the identity is made here; its DKIM records are then among the stack's outputs. */
  createIdentity: z.boolean().default(true),
});

const scheduleSchema = z.strictObject({
  expression: z
    .string()
    .superRefine((expression, context) => {
      const message = problemWithTimetable(expression);
      if (message !== undefined) context.addIssue({ code: 'custom', message, input: expression });
    })
    .default('cron(0 6 ? * MON-FRI *)'),
  timeZone: z.string().refine(isTimeZone, 'must be a time zone, such as Europe/Berlin').default('UTC'),
  /** For how many days no sweep may complete before an alarm sounds; longer than a weekend, unless told. */
  absentAfterDays: z.number().int().min(1).max(6).default(4),
});

const linksSchema = z.strictObject({
  /** Where owners' links lead, such as keys.example.com. If omitted, it is the API's own address. */
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a host name in small letters'),
  /** A certificate in ACM, of this account and region. */
  certificateArn: z.string(),
  /** If omitted, you point the domain at the API yourself; the target is among the stack's outputs. */
  hostedZone: z.strictObject({ id: z.string().min(1), name: z.string().min(1) }).optional(),
});

const ec2Id = (kind: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `must be ${what}, such as ${kind}-0a1b2c3d4e5f6a7b8`);

/** Where the functions run; it must lead to IAM and Organizations, which most regions have no endpoints for. */
const vpcSchema = z.strictObject({
  subnetIds: z.array(ec2Id('subnet', 'a subnet')).min(1).max(16),
  securityGroupIds: z.array(ec2Id('sg', 'a security group')).min(1).max(5),
});

const shapeSchema = z.strictObject({
  account: accountIdSchema,
  region: regionSchema,
  /** What roles' names begin with. They are one set for all regions, so a deployment in a second region needs another. */
  rolePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,20}$/, 'must be 2 to 21 of a-z 0-9 -, a letter first')
    .default('keyturn'),
  organization: organizationSchema,
  /** Only `live` makes, deactivates or deletes a key; `audit` says what it would do. */
  mode: z.enum(['audit', 'live']).default('audit'),
  /** What is audited. */
  accounts: scopeSchema.prefault({}),
  /** What may be changed in mode `live`, so that a pilot doesn't end the organization's audit. All of `accounts` if omitted. */
  live: scopeSchema.optional(),
  members: membersSchema.prefault({}),
  leak: leakSchema.prefault({}),
  /** What differs from the default policy, for every user. */
  policy: policyOverridesSchema.default({}),
  storage: storageSchema.prefault({}),
  mail: mailSchema,
  /** How mails and pages introduce themselves. */
  brand: brandSchema.prefault({}),
  schedule: scheduleSchema.prefault({}),
  sweep: z
    .strictObject({
      waves: wavesSchema.prefault({}),
      survey: surveySchema.prefault({}),
      calendar: calendarSchema.optional(),
      exemptGroup: exemptGroupSchema.optional(),
    })
    .prefault({}),
  concurrency: z
    .strictObject({
      /** How many accounts a sweep surveys simultaneously; each takes one of the account's Lambda concurrency. */
      surveys: z.number().int().min(1).max(1000).default(5),
      /** Lambda concurrency set aside for the owners' pages. AWS leaves at least 100 unreserved, so a new account has none. */
      ownerPages: z.number().int().min(1).max(100).optional(),
    })
    .prefault({}),
  links: linksSchema.optional(),
  vpc: vpcSchema.optional(),
  /** The name of a managed policy that every role here and in the member accounts gets as its boundary. */
  permissionsBoundary: z
    .string()
    .regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of a managed policy')
    .optional(),
  /** The member role asks for it; anything that a stranger's account wouldn't send. The organization's ID unless set. */
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,64}$/, 'must be 2 to 64 of A-Z a-z 0-9 _ + = , . @ : / -')
    .optional(),
  logRetentionDays: z.literal(days).default(365),
  /** Where alarms find their section; the anchor is put behind it. */
  runbookUrl: z.string().min(1).default('docs/runbook.md'),
});

const policyView = z.object({ policy: policyOverridesSchema });

/** Values that are all right by themselves and not together. */
function checkPolicy(given: unknown): Refusal[] {
  const values = policyView.safeParse(given).data?.policy;
  if (values === undefined) return [];
  try {
    makePolicy([{ from: 'the settings', values }]);
    return [];
  } catch (error) {
    return [{ path: ['policy'], message: error instanceof Error ? error.message : 'is out of bounds' }];
  }
}

/** Every setting by its first name. */
export const settingNames: readonly string[] = shapeSchema.keyof().options;

/** What is deployed: the settings, defaults filled in, those that depend on other settings too. */
export interface Deployment extends z.output<typeof shapeSchema> {
  readonly members: { readonly writingRole: boolean };
}

/** The settings can't be deployed; the message has a line for each that is wrong. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

/**
 * @param given the settings as the deployer wrote them
 * @param from the file, for the message
 * @throws {SettingsRefused} naming each setting by its path, with what was given and what is allowed
 */
export function parseDeployment(given: unknown, from = 'cdk.json'): Deployment {
  if (given === undefined) {
    throw new SettingsRefused(
      'There is no keyturn.json, and cdk.json has no context.keyturn: see docs/deploy.md.',
    );
  }
  const { data, error } = shapeSchema.safeParse(given, { reportInput: true });
  const lines = [
    ...(error?.issues ?? []).map((issue) => lineOf(issue, shapeSchema)),
    ...[...checkTogether(given), ...checkPolicy(given)].map(
      ({ path, message }) => `${['keyturn', ...path].join('.')}: ${message}`,
    ),
  ];
  if (data !== undefined && lines.length === 0) {
    return { ...data, members: { writingRole: data.members.writingRole ?? data.mode === 'live' } };
  }
  throw new SettingsRefused(
    [`The settings in ${from} can't be deployed.`, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
