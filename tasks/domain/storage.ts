import * as z from 'zod';

/** An environment variable, which carries the lists to the tasks, has no room for more. */
const mostReaders = 20;
const mostReplicas = 10;
const longestPattern = 256;

const kmsKeySchema = z
  .string()
  .regex(
    /^(alias\/(?!aws\/)[\w/-]{1,250}|arn:[\w-]+:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+)$/,
    'must be a KMS key of yours: an alias (alias/…) or an ARN',
  );

const readerSchema = z
  .string()
  .max(longestPattern)
  .regex(/^(role|user)\/[\w+=,.@/*?-]+$/, 'must be role/… or user/…, with its path and without an account')
  // All roles of an account, or all with some path, may be many more than anybody thought of.
  .refine((pattern) => /[^*?]/.test(pattern.slice(pattern.lastIndexOf('/') + 1)), {
    message: 'must say more of the name than * and ?',
  });

const regionSchema = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as eu-central-1');

/**
 * Where users' secrets are kept and who may read them.
 * - `storage`: `member`, in the user's own account, which the secret then never leaves; `central`, beside this system.
 *   A secret that is in the other place already stays there.
 * - `secretKmsKey`: what secrets are encrypted under; AWS's own key unless told. Other accounts can't read under that.
 * - `secretReaders`: who of the user's account, besides the user itself, may read its secret.
 *   Principals without their account, path included, with `*` and `?` as in ARNs: `role/ci/*-deployer`.
 * - `secretExclusive`: nobody else may, whatever their own policies allow.
 * - `provisionRole`: the role of the task that stores keys, which must read what it stored.
 * - `replicaRegions`: where every secret has a replica, under the alias of the same name there or AWS's own key.
 */
export const storageShape = {
  storage: z.enum(['central', 'member']).default('member'),
  secretKmsKey: kmsKeySchema.optional(),
  secretReaders: z.array(readerSchema).max(mostReaders).default([]),
  secretExclusive: z.boolean().default(false),
  provisionRole: z.string().min(1).default('keyturn-provision-new-key'),
  replicaRegions: z.array(regionSchema).max(mostReplicas).default([]),
};
export type Storage = z.output<z.ZodObject<typeof storageShape>>;

/** A key's ARN is good in one region, and a region needs no replica of itself. */
export function checkReplicas(
  {
    secretKmsKey,
    replicaRegions,
    region,
  }: Pick<Storage, 'secretKmsKey' | 'replicaRegions'> & { region: string },
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
