import { MemberUser } from '../aws/member-user.ts';
import { activeAccount } from '../aws/organization.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Decision } from '../domain/asking/question.ts';
import { assessRestore, type Restoration } from '../domain/assessing/assess-restore.ts';
import { makePlan } from '../domain/assessing/plan.ts';
import { makePolicy } from '../domain/policy.ts';
import type { Plan, Request, Rotation } from '../domain/rotation.ts';
import type { StoredVersions } from '../domain/secret-versions.ts';
import { adoptedIn } from '../domain/tags.ts';
import type { Verb } from '../domain/verbs.ts';
import { findOwners } from './find-owners.ts';
import { keysLeftInactive } from './left-inactive.ts';
import { stopBeside, stopIfSuperseded } from './look-again.ts';

/** The result of assessing an operator's rollback. */
export type Restored =
  | { readonly act: 'nothing'; readonly because: string }
  /** `decision`: the rollback, as an owner's would be. */
  | { readonly act: 'restore'; readonly because: string; readonly plan: Plan; readonly decision: Decision };

/**
 * Which key an operator's rollback makes active again. Its plan is that of a retirement which is rolled back in its
 * window, so the states and mails are those of any rollback. Nothing about tags and policy stops it.
 */
export async function assessRestoration(
  { rotation, request }: { readonly rotation: Rotation; readonly request: Request },
  dependencies: Dependencies,
  does: readonly Verb[],
): Promise<Restored> {
  const { settings, now, log } = dependencies;
  const account = await activeAccount(dependencies, rotation.accountId);
  // A function of a stopped rotation might make the key inactive again.
  stopBeside(rotation, dependencies);
  const user = await MemberUser.enter(dependencies, rotation, does);
  const tags = await user.tags();
  await stopIfSuperseded(rotation, tags, dependencies);
  const keys = await user.keys();
  const secret = { shape: settings.secretShape, ...adoptedIn(tags) };
  const versions = await (await SecretStore.open(dependencies, { rotation, plan: secret }, does)).versions();
  const stored = new Set(keys.filter((key) => versions?.holdsSecret(key)).map(({ id }) => id));
  const { left, leaked } = await keysLeftInactive(rotation, dependencies);
  const currentId = keys.find(({ id }) => versions?.isCurrent(id))?.id;
  const facts = { keys, tags, stored, request, currentId, leftInactive: left, leaked };
  const found = assessRestore(facts);
  log.info('assessed a rollback', { ...rotation, act: found.act, because: found.because });
  const { override } = request;
  if (found.act === 'nothing' || override === undefined) return { act: 'nothing', because: found.because };
  const why = account.heldBack ?? (rotation.claim === 'audit' ? 'audit' : undefined);
  if (why !== undefined)
    return { act: 'nothing', because: `${why}: would restore ${found.oldKey.id}, as ${found.because}` };
  const situation = {
    ...{ request, keys, tags, stored, account, ...secret, now: now(), selfUpdating: false, uses: new Map() },
    policy: makePolicy([{ from: 'the settings', values: settings.policy }]),
    owner: await findOwners({ rotation, tags, account }, dependencies),
  };
  const plan = planOf(found, situation, { versions, leaked });
  const { by, reason } = override;
  const decision = { decision: 'rollBack', by, reason, standIn: override, at: now().toISOString() } as const;
  return { act: 'restore', because: found.because, plan, decision };
}

function planOf(
  { oldKey, because, replacedById }: Extract<Restoration, { act: 'restore' }>,
  situation: Omit<Parameters<typeof makePlan>[1], 'current'>,
  {
    versions,
    leaked,
  }: { readonly versions: StoredVersions | undefined; readonly leaked: ReadonlySet<string> },
): Plan {
  const replaced = replacedById === undefined ? {} : { replacedById };
  const act = { act: 'retire', because, oldKey, newKeyNeeded: false, ...replaced } as const;
  return {
    ...makePlan(act, { ...situation, current: versions?.isCurrent(oldKey.id) ?? false }),
    oldKeyActive: true,
    ...(leaked.has(oldKey.id) ? { leaked: [oldKey.id] } : {}),
  };
}
