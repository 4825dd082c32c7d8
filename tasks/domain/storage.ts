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
export interface Storage {
  readonly storage: 'central' | 'member';
  readonly secretKmsKey?: string | undefined;
  readonly secretReaders: readonly string[];
  readonly secretExclusive: boolean;
  readonly provisionRole: string;
  readonly replicaRegions: readonly string[];
}
