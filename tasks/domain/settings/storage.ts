import * as z from 'zod';
import { problemIn, standardShape } from '../secret-shape.ts';
import { setting } from './entry.ts';
import { regionSchema } from './values.ts';

/** A secret's policy names each reader, and is limited to 20 KB. */
const mostReaders = 20;
const longestPattern = 256;

const readerSchema = z
  .string()
  .max(longestPattern)
  .regex(/^(role|user)\/[\w+=,.@/*?-]+$/, 'must be role/… or user/…, with its path and without an account')
  // All roles of an account, or all with some path, may be many more than intended.
  .refine((pattern) => /[^*?]/.test(pattern.slice(pattern.lastIndexOf('/') + 1)), {
    message: 'must contain more of the name than * and ?',
  });

export const goneUsersSchema = z.strictObject({
  deleteAfterDays: setting(z.number().int().min(1).max(3650).nullable().default(90), {
    description:
      'After how many days a sweep schedules the [secret of a user who is gone](runbook.md#users-who-are-gone) for deletion, unless a key in it is active, or may be. Only in mode `live`, and in accounts that `live` names. `null` never does.',
    allowed: '1 to 3650, or `null`',
    example: 30,
  }),
  recoveryDays: setting(z.number().int().min(7).max(30).default(30), {
    description: 'For how many days from then on the secret can be restored.',
    example: 14,
  }),
});
/** How a secret looks, as text. */
export const secretShapeSchema = z
  .string()
  .superRefine((text, context) => {
    const problem = problemIn(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .default(standardShape);

export const storageSchema = z.strictObject({
  where: setting(z.enum(['central', 'member']).default('member'), {
    description:
      "Where new secrets are kept: `member`, in the user's own account, or `central`, in keyturn's account. A user who already has a secret keeps it where it is.",
    example: 'central',
  }),
  readers: setting(z.array(readerSchema).max(mostReaders).default([]), {
    description:
      "Who may read a user's secret besides the user: roles and users of the user's account, written without the account. `*` and `?` are wildcards, as in ARNs.",
    example: ['role/team-*'],
  }),
  exclusive: setting(z.boolean().default(false), {
    description:
      'Whether nobody else may read it, whatever their own policies allow. keyturn still may, to prove the key that it stored.',
    example: true,
  }),
  replicaRegions: setting(z.array(regionSchema).max(5).default([]), {
    description:
      'Regions in which Secrets Manager keeps copies of every secret. In central storage, each gets a stack with a KMS key of its own.',
    example: ['eu-central-1'],
  }),
  goneUsers: goneUsersSchema.prefault({}),
  shape: setting(secretShapeSchema, {
    description:
      'What a secret looks like: words with spaces between. `id=` and `secret=` name the two JSON fields; `file` makes it an AWS credentials file instead, with `profile=`; `smtp=` adds the password for the SMTP endpoint of SES in that region, as `smtpPassword` or what `smtpField=` says. Any other word is a further field with its value; `@user`, `@account`, `@region` and `@created` are filled in. A user can have another shape, by the tag `keyturn:secret-shape`. See [the shape of a secret](migrating.md#the-shape-of-a-secret).',
    allowed: '`name=value`, or `file`, with spaces between; 256 characters',
    example: 'id=AWS_ACCESS_KEY_ID secret=AWS_SECRET_ACCESS_KEY AWS_REGION=@region',
  }),
  adopts: setting(z.boolean().default(false), {
    description:
      'Whether keyturn may adopt secrets that exist already: those of the AWS sample, by their names, and others by their tags. Without it, no role may reach any secret that keyturn did not create. See [migrating](migrating.md).',
    example: true,
  }),
  keptKeys: setting(z.record(regionSchema, z.string()).default({}), {
    description:
      "By region, the ARN of a KMS key that users' secrets there are already encrypted with: a former deployment's, or that of another deployment's copies. It is used instead of a new key, so that those secrets stay readable.",
    allowed: "ARNs of KMS keys in keyturn's account, by regions that hold secrets",
    example: { 'eu-west-1': 'arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d' },
  }),
});
