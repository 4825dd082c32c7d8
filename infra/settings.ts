import { RegionInfo } from 'aws-cdk-lib/region-info';
import * as z from 'zod';
import { brandSchema } from '../tasks/domain/brand.ts';
import { makePolicy, policyOverridesSchema } from '../tasks/domain/policy.ts';
import { accountIdSchema, scopeSchema } from '../tasks/domain/scope.ts';
import { storageShape } from '../tasks/domain/storage.ts';
import { calendarSchema } from '../tasks/domain/sweep/calendar.ts';
import { exemptGroupSchema, surveySchema, wavesSchema } from '../tasks/settings.ts';

/** Opt-in regions and partitions included: whatever the CDK's own table knows. */
const regions = RegionInfo.regions.map(({ name }) => name);

const regionSchema = z
  .string()
  .refine((region) => regions.includes(region), 'must be an AWS region, such as eu-west-1');
const arnSchema = (service: string) => z.string().startsWith('arn:', `must be the ARN of ${service}`);
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

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
});

const membersSchema = z.strictObject({
  /**
   * Whether each account has the role that can change keys, besides the one that reads. If omitted, in mode `live` only.
   * Set it to true before you go back to `audit`, as long as rotations run: owners can roll back only with it.
   */
  writingRole: z.boolean().optional(),
});

const mailSchema = z.strictObject({
  /** The sender; its domain, or the address, must be an identity of SES in this region. */
  from: z.email(),
  /** Whom failures, escalations and alarms go to. Needed in mode `live`; in `audit` the sender stands in. */
  operators: z.email().optional(),
  /** The tag on an IAM user that names its owner's address. */
  ownerTag: z.string().min(1).max(128).default('owner'),
  /** Whether the sender's domain is made an identity here; its DKIM records are then among the stack's outputs. */
  createIdentity: z.boolean().default(true),
});

const scheduleSchema = z.strictObject({
  expression: z
    .string()
    .regex(/^(cron|rate)\(.+\)$/, 'must be cron(…) or rate(…), as EventBridge Scheduler takes it')
    .default('cron(0 6 ? * MON-FRI *)'),
  timeZone: z.string().refine(isTimeZone, 'must be a time zone, such as Europe/Berlin').default('UTC'),
  /** For how many days no sweep may complete before an alarm sounds; longer than a weekend, unless told. */
  absentAfterDays: z.number().int().min(1).max(6).default(4),
});

const linksSchema = z.strictObject({
  /** Where owners' links lead, such as keys.example.com. Left out, it is the API's own address. */
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a host name in small letters'),
  certificateArn: arnSchema('a certificate of this region in ACM'),
  /** Left out, you point the domain at the API yourself; the target is among the stack's outputs. */
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
  accounts: scopeSchema.prefault({}),
  members: membersSchema.prefault({}),
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

const checkedSchema = shapeSchema.superRefine((settings, context) => {
  const refuse = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  if (settings.mode === 'live' && settings.mail.operators === undefined) {
    refuse(['mail', 'operators'], 'must be set where mode is "live": somebody has to hear of failures');
  }
  if (settings.storage.replicaRegions.includes(settings.region)) {
    refuse(['storage', 'replicaRegions'], `holds ${settings.region}, which is where the secrets are already`);
  }
  if (settings.mode === 'live' && settings.members.writingRole === false) {
    refuse(['members', 'writingRole'], 'must not be false in mode "live": no key could be changed');
  }
  try {
    makePolicy([{ from: 'cdk.json', values: settings.policy }]);
  } catch (error) {
    refuse(['policy'], error instanceof Error ? error.message : 'is out of bounds');
  }
});

/** Defaults that depend on other settings. */
const deploymentSchema = checkedSchema.transform(({ members, ...settings }) => ({
  ...settings,
  members: { writingRole: members.writingRole ?? settings.mode === 'live' },
}));

/** Every setting by its first name. */
export const settingNames: readonly string[] = shapeSchema.keyof().options;

/** What is deployed, as `cdk.json` says it under `context.keyturn`, defaults filled in. */
export type Deployment = z.output<typeof deploymentSchema>;

/** The settings in `cdk.json` can't be deployed; the message has a line for each that is wrong. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

/**
 * @param context the value of `context.keyturn` in `cdk.json`
 * @throws {SettingsRefused} naming each setting by its path, with what was given and what is allowed
 */
export function parseDeployment(context: unknown): Deployment {
  if (context === undefined) throw new SettingsRefused('cdk.json has no context.keyturn: see README, Deploy');
  const parsed = deploymentSchema.safeParse(context, { reportInput: true });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const path = ['keyturn', ...issue.path].join('.');
    return `  ${path}: ${messageOf(issue)}`;
  });
  throw new SettingsRefused(`The settings in cdk.json can't be deployed.\n${lines.join('\n')}`);
}

function messageOf(issue: z.core.$ZodIssue): string {
  const given =
    issue.input === undefined || typeof issue.input === 'object'
      ? ''
      : ` (it is ${JSON.stringify(issue.input)})`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `there is no setting ${issue.keys.map((key) => `"${key}"`).join(', ')} here`;
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; it must be ${withArticle(issue.expected)}`
        : `must be ${withArticle(issue.expected)}${given}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}${given}`;
    default:
      return `${issue.message}${given}`;
  }
}

const withArticle = (kind: string): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
