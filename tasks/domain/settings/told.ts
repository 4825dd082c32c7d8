import * as z from 'zod';
import { scopeSchema } from './accounts.ts';
import { mailSchema } from './mail.ts';
import { modeOf } from './mode.ts';
import { leakSchema, settingsSchema } from './schema.ts';
import { storageSchema } from './storage.ts';
import { sweepSchema } from './sweep.ts';

const { brand, policy } = settingsSchema.shape;
const kmsKeySchema = z
  .string()
  .regex(
    /^(alias\/(?!aws\/)[\w/-]{1,250}|arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+)$/,
    'must be a KMS key of yours: an alias (alias/…) or an ARN',
  );

/**
 * What functions are told: the settings that tasks read, each as the one schema states it, and the names of what the
 * deployment creates.
 */
const shape = {
  region: z.string().min(1),
  memberRole: z.string().min(1).default('keyturn-member'),
  externalId: settingsSchema.shape.externalId,
  mailFrom: mailSchema.shape.from,
  operators: mailSchema.shape.operators.unwrap(),
  /** SES's configuration set that events about mails come by; if omitted, a bounce goes unheard. */
  mailConfigurationSet: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  ownerTag: mailSchema.shape.ownerTag,
  linkKeySecret: z.string().min(1).default('keyturn/link-key'),
  secretPrefix: z.string().endsWith('/').default('keyturn/'),
  storage: storageSchema.shape.where,
  /** What secrets are encrypted under; if omitted, AWS's own key. Other accounts can't read under that. */
  secretKmsKey: kmsKeySchema.optional(),
  secretReaders: storageSchema.shape.readers,
  secretExclusive: storageSchema.shape.exclusive,
  /** The role of the task that stores keys, which must read what it stored. */
  provisionRole: z.string().min(1).default('keyturn-provision-new-key'),
  replicaRegions: storageSchema.shape.replicaRegions,
  policy,
  brand,
  /** Which accounts are looked at. */
  scope: scopeSchema.prefault({}),
  /** Where anything may be changed, within `scope`; if omitted, everywhere in it. */
  live: scopeSchema.optional(),
  leakWithoutReplacement: leakSchema.shape.withoutReplacement,
  /** The ARN of the alias that rotations are started by; if omitted, the machine that runs. */
  rotationMachine: z.string().startsWith('arn:').optional(),
  ...sweepSchema.shape,
};

const toldSchema = z
  .object({
    ...shape,
    mode: z.string().optional().transform(modeOf),
    /** Where the owners' links lead, without a slash at the end. */
    linkBase: z.url().transform((url) => url.replace(/\/$/, '')),
    /** Where sweeps report: a bucket of this system's own account. Needed by sweeps only. */
    reportBucket: z.string().min(3).optional(),
  })
  .superRefine(checkReplicas);

/** All that a function is told. */
export type Settings = z.output<typeof toldSchema>;
export type SettingsInput = z.input<typeof toldSchema>;

/** @throws {z.ZodError} naming each setting that is wrong */
export const parseSettings = (input: SettingsInput): Settings => toldSchema.parse(input);

const fileSchema = z.object(shape);
/** What is known at synthesis. */
export type FileSettings = z.output<typeof fileSchema>;

/** @throws {z.ZodError} naming each setting that is wrong */
export const parseFileSettings = (input: z.input<typeof fileSchema>): FileSettings => fileSchema.parse(input);

/** A key's ARN is good in one region, and a region needs no replica of itself. */
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
