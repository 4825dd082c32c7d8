import * as z from 'zod';
import { canarySchema } from '../canary.ts';
import { accountIdSchema } from '../scope.ts';
import { accountListSchema, scopeSchema } from './accounts.ts';
import { mailSchema } from './mail.ts';
import { modeOf } from './mode.ts';
import { leakSchema, recordsSchema, settingsSchema } from './schema.ts';
import { storageSchema } from './storage.ts';
import { sweepSchema } from './sweep.ts';

const { brand, policy, runbookUrl } = settingsSchema.shape;
const kmsKeySchema = z
  .string()
  .regex(
    /^(alias\/(?!aws\/)[\w/-]{1,250}|arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+)$/,
    'must be a KMS key of yours: an alias (alias/…) or an ARN',
  );

const leasePlaceSchema = z.object({ region: z.string(), bucket: z.string(), account: accountIdSchema });

/**
 * The settings of the functions: those that tasks read, with the schemas that define them, and the names of what the
 * deployment creates.
 */
const shape = {
  region: z.string().min(1),
  memberRole: z.string().min(1).default('keyturn-member'),
  externalId: settingsSchema.shape.externalId,
  mailFrom: mailSchema.shape.from,
  operators: mailSchema.shape.operators.unwrap(),
  /** The SES configuration set that publishes events about mails; if omitted, bounces go unnoticed. */
  mailConfigurationSet: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  ownerTag: mailSchema.shape.ownerTag,
  ownersFrom: mailSchema.shape.ownersFrom,
  linkKeySecret: z.string().min(1).default('keyturn/link-key'),
  secretPrefix: z.string().endsWith('/').default('keyturn/'),
  storage: storageSchema.shape.where,
  /** The KMS key that encrypts the secrets; if omitted, AWS's own key, which doesn't let other accounts read. */
  secretKmsKey: kmsKeySchema.optional(),
  secretReaders: storageSchema.shape.readers,
  secretExclusive: storageSchema.shape.exclusive,
  /** How secrets look, as text. */
  secretShape: storageSchema.shape.shape,
  /** Whether secrets that exist already may be adopted. */
  adopts: storageSchema.shape.adopts,
  /** The role of the task that stores keys, which must read what it stored. */
  provisionRole: z.string().min(1).default('keyturn-provision-new-key'),
  replicaRegions: storageSchema.shape.replicaRegions,
  /** When secrets of users who are gone are deleted. */
  goneUsers: storageSchema.shape.goneUsers,
  policy,
  brand,
  runbookUrl,
  /** Every account, if no organization is read. */
  accountList: accountListSchema.optional(),
  /** Which accounts are surveyed. */
  scope: scopeSchema.prefault({}),
  /** Where changes are allowed, within `scope`; if omitted, everywhere in it. */
  live: scopeSchema.optional(),
  /** The function that the owners' pages ask how keys are used. */
  useFunction: z.string().min(1).default('keyturn-check-use'),
  /** Whether steps are reported, to be put on the event bus. */
  events: settingsSchema.shape.events,
  /** How long records are kept, and whether they are locked. */
  records: recordsSchema.prefault({}),
  cloudTrail: settingsSchema.shape.cloudTrail,
  /** The user that is rotated all the time, if there is one. */
  canary: canarySchema.optional(),
  leakWithoutReplacement: leakSchema.shape.withoutReplacement,
  /** Where the lease is that two regions share; if omitted, there is no other region. */
  lease: leasePlaceSchema.optional(),
  /** The ARN of the alias that rotations are started by; if omitted, the running machine. */
  rotationMachine: z.string().startsWith('arn:').optional(),
  ...sweepSchema.shape,
};

const toldSchema = z
  .object({
    ...shape,
    mode: z.string().optional().transform(modeOf),
    /** The base URL of the owners' links, without a slash at the end. */
    linkBase: z.url().transform((url) => url.replace(/\/$/, '')),
    /** The bucket for sweep reports, in keyturn's own account. Only sweeps need it. */
    reportBucket: z.string().min(3).optional(),
  })
  .superRefine(checkReplicas);

/** All settings of a function. */
export type Settings = z.output<typeof toldSchema>;
export type SettingsInput = z.input<typeof toldSchema>;

/** @throws {z.ZodError} with each invalid setting */
export const parseSettings = (input: SettingsInput): Settings => toldSchema.parse(input);

const fileSchema = z.object(shape);
/** What is known at synthesis. */
export type FileSettings = z.output<typeof fileSchema>;

/** @throws {z.ZodError} with each invalid setting */
export const parseFileSettings = (input: z.input<typeof fileSchema>): FileSettings => fileSchema.parse(input);

/** A key's ARN is valid in one region only, and a region needs no replica of itself. */
function checkReplicas(
  {
    secretKmsKey,
    replicaRegions,
    region,
  }: { secretKmsKey?: string | undefined; replicaRegions: readonly string[]; region: string },
  context: z.RefinementCtx,
): void {
  const wrong = (message: string): void =>
    context.addIssue({ code: 'custom', path: ['replicaRegions'], message });
  if (replicaRegions.includes(region))
    wrong(`${region} is where the secrets are; it can't be a replica's region`);
  if (new Set(replicaRegions).size < replicaRegions.length) wrong('names a region twice');
  if (replicaRegions.length > 0 && secretKmsKey?.startsWith('arn:')) {
    wrong('secretKmsKey must be an alias, which each of the regions has');
  }
}
