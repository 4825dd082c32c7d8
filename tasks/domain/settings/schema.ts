import * as z from 'zod';
import {
  contradictionIn,
  defaultPolicy,
  type PolicyName,
  policyNames,
  policySchema,
  rowOf,
} from '../policy.ts';
import { accountIdSchema } from '../scope.ts';
import { accountsSchema, scopeSchema } from './accounts.ts';
import { brandSchema } from './brand.ts';
import { setting } from './entry.ts';
import { mailSchema } from './mail.ts';
import { storageSchema } from './storage.ts';
import { scheduleSchema, sweepSchema } from './sweep.ts';
import { regionSchema } from './values.ts';
import { vpcSchema } from './vpc.ts';

/** The values that CloudWatch Logs accepts, up to ten years. */
const days = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
] as const;

const organizationSchema = z.strictObject({
  id: setting(z.string().regex(/^o-[a-z0-9]{10,32}$/, 'must be an organization ID, such as o-abcd123456'), {
    description: "The organization's ID.",
    example: 'o-abcd123456',
  }),
  rootId: setting(z.string().regex(/^r-[0-9a-z]{4,32}$/, "must be the organization's root, such as r-ab12"), {
    description: 'The root of the organization, below which the member roles are deployed.',
    example: 'r-ab12',
  }),
  managementAccount: setting(accountIdSchema, {
    description:
      "The organization's management account. No StackSet reaches it, so it has a stack of its own.",
    example: '111111111111',
  }),
});

const membersSchema = z.strictObject({
  writingRole: setting(z.boolean().optional(), {
    description:
      'Whether each account has the role that can change keys, besides the one that reads. Set it to `true` before you go back to `audit`, for as long as rotations run: owners can roll back only with it.',
    ifOmitted: '`true` in mode `live`, `false` in `audit`',
    example: true,
  }),
});

export const leakSchema = z.strictObject({
  withoutReplacement: setting(z.enum(['ask', 'deactivate']).default('ask'), {
    description:
      'What happens to a leaked key if no replacement can be created: `ask` a person immediately, or `deactivate` it anyway.',
    example: 'deactivate',
  }),
});

/** From the policy's table; here each value is checked by itself, as the deployer wrote it. */
const policyShape = Object.fromEntries(
  policyNames.map((name) => {
    const row = rowOf(name);
    const [schema, example] =
      'words' in row
        ? [z.enum(row.words), row.words.at(-1)]
        : [z.number().int().min(row.bounds[0]).max(row.bounds[1]), row.bounds[1]];
    const ifOmitted = `\`${row.standard}\``;
    return [
      name,
      setting(schema.optional(), { description: `${row.meaning} Tag: \`${row.tag}\`.`, ifOmitted, example }),
    ];
  }),
  // Every name is present, which the type of `fromEntries` doesn't express.
) as Record<PolicyName, z.ZodOptional<z.ZodNumber | z.ZodEnum>>;

/** Combinations are checked once each value is valid. */
const policySettings = z.strictObject(policyShape).check((payload) => {
  if (payload.issues.length > 0) return;
  const policy = policySchema.parse({ ...defaultPolicy, ...payload.value });
  const message = contradictionIn(policy);
  if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value });
});

const standbySchema = z.strictObject({
  region: setting(regionSchema, {
    description:
      'The region on standby; the same in both deployments. Which of the two changes keys is written in a bucket there: a [lease](standby.md).',
    example: 'eu-central-1',
  }),
});

const linksSchema = z.strictObject({
  domain: setting(z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a host name in small letters'), {
    description: "The host that owners' links lead to.",
    example: 'keys.example.com',
  }),
  certificateArn: setting(z.string(), {
    description: "The domain's certificate.",
    allowed: "the ARN of a certificate in ACM, in keyturn's account and region",
    example: 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d',
  }),
  hostedZone: z
    .strictObject({
      id: setting(z.string().min(1), {
        description: "The hosted zone's ID.",
        example: 'Z0123456789ABCDEFGHIJ',
      }),
      name: setting(z.string().min(1), {
        description: "The hosted zone's name: the domain itself or a parent of it.",
        example: 'example.com',
      }),
    })
    .optional()
    .meta({
      description: "The Route 53 zone in which the domain's record is created.",
      ifOmitted: "you create the record yourself; its target is among the stack's outputs",
    }),
});

const concurrencySchema = z.strictObject({
  surveys: setting(z.number().int().min(1).max(1000).default(5), {
    description:
      "How many accounts a sweep surveys simultaneously. Each takes one of the account's Lambda concurrency.",
    example: 100,
  }),
  ownerPages: setting(z.number().int().min(1).max(100).optional(), {
    description:
      "Lambda concurrency reserved for the owners' pages. AWS keeps at least 100 unreserved, so a new account has none to reserve.",
    ifOmitted: 'nothing is reserved',
    example: 5,
  }),
});

export const recordsSchema = z.strictObject({
  keepDays: setting(z.number().int().min(1).max(36_500).default(1096), {
    description: 'For how many days the [record](records.md) of each ended rotation is kept.',
    example: 2557,
  }),
  lock: setting(z.enum(['none', 'governance', 'compliance']).default('none'), {
    description:
      "Whether S3 Object Lock keeps anybody from changing or deleting a record before then: `governance` lets only those who may bypass it, `compliance` nobody, not even the account's root user. It can't be turned off for the bucket again.",
    example: 'governance',
  }),
});

/**
 * Every setting of a deployment, as the deployer writes it. This is the only source for each setting's type, default,
 * bounds and entry in the reference.
 */
export const settingsSchema = z.strictObject({
  account: setting(accountIdSchema, {
    description: 'The account that keyturn runs in, the central account.',
    example: '111111111111',
  }),
  region: setting(regionSchema, {
    description: 'The region that keyturn runs in. It must have SES.',
    example: 'eu-west-1',
  }),
  rolePrefix: setting(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,20}$/, 'must be 2 to 21 of a-z 0-9 -, a letter first')
      .default('keyturn'),
    {
      description:
        'What the names of all roles begin with. IAM role names are global, so a deployment in a second region needs another prefix.',
      example: 'standby',
    },
  ),
  organization: organizationSchema.optional().meta({
    description: 'The AWS Organization whose accounts are audited and rotated.',
    ifOmitted: 'there is none, and `accounts.list` names the accounts',
  }),
  mode: setting(z.enum(['audit', 'live']).default('audit'), {
    description:
      'Nothing is created, deactivated or deleted unless it is exactly `live`; `audit` reports what would be done.',
    example: 'live',
  }),
  accounts: accountsSchema.prefault({}).meta({ description: 'Which accounts are audited.' }),
  live: scopeSchema.optional().meta({
    description:
      "In which accounts anything may be changed in mode `live`, so that a pilot doesn't end the audit of the organization.",
    ifOmitted: 'all that are audited',
  }),
  members: membersSchema.prefault({}),
  leak: leakSchema.prefault({}),
  policy: policySettings.prefault({}).meta({
    description:
      "How a user's key is rotated, for every user who has no [tag](runbook.md#per-user-policy-tags) that says otherwise.",
  }),
  storage: storageSchema.prefault({}),
  mail: mailSchema,
  brand: brandSchema
    .prefault({})
    .meta({ description: 'How [mails and pages](mails.md) introduce themselves.' }),
  schedule: scheduleSchema.prefault({}),
  sweep: sweepSchema.prefault({}),
  events: setting(z.boolean().default(false), {
    description:
      'Whether keyturn puts an [event](events.md) on a bus of its own for each step that matters, for other systems to follow.',
    example: true,
  }),
  records: recordsSchema.prefault({}),
  cloudTrail: setting(z.boolean().default(false), {
    description:
      "Whether the reading role may look up in each account's CloudTrail who used a key lately, so that owners see the address and the program of its last calls. The role can then read the account's whole event history of 90 days.",
    example: true,
  }),
  canary: setting(z.boolean().default(false), {
    description:
      'Whether keyturn rotates a user of its own in its account all the time, one without any permission, and raises an alarm when that [stops working](runbook.md#canary-stuck). Only in mode `live`.',
    example: true,
  }),
  concurrency: concurrencySchema.prefault({}),
  standby: standbySchema.optional().meta({
    description: 'A second region that can take over. Needs secrets in `central` storage.',
    ifOmitted: 'this is the only region',
  }),
  links: linksSchema.optional().meta({
    description: "A domain of your own for the owners' links.",
    ifOmitted: "links lead to the API's own address",
  }),
  vpc: vpcSchema.optional().meta({
    description:
      'Where the functions run. [What they must reach from there](vpc.md), and what has no endpoint.',
    ifOmitted: 'outside of any VPC',
  }),
  permissionsBoundary: setting(
    z
      .string()
      .regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of a managed policy')
      .optional(),
    {
      description:
        'The name of a managed policy that every role, here and in the member accounts, gets as its permissions boundary.',
      ifOmitted: 'no boundary',
      example: 'developer-boundary',
    },
  ),
  externalId: setting(
    z
      .string()
      .regex(/^[\w+=,.@:/-]{2,64}$/, 'must be 2 to 64 of A-Z a-z 0-9 _ + = , . @ : / -')
      .optional(),
    {
      description: 'The external ID that the member roles ask for.',
      ifOmitted: '`organization.id`; without an organization, `keyturn-` and `account`',
      example: 'keyturn-4711',
    },
  ),
  logRetentionDays: setting(z.literal(days).default(365), {
    description: 'For how many days logs and reports are kept.',
    example: 731,
  }),
  runbookUrl: setting(z.string().min(1).default('docs/runbook.md'), {
    description:
      "Where alarms and operators' mails find the runbook; the section's anchor is added. A mail links to it only if it is a URL.",
    example: 'https://wiki.example.com/keyturn/runbook',
  }),
});
