import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { activeAccount } from '../aws/organization.ts';
import { SecretStore } from '../aws/secret-store.ts';
import { type Assessment, assess as decide } from '../domain/assess.ts';
import { type AccessKey, type LastUse, originOf, versionIdOf } from '../domain/keys.ts';
import { makePolicy, maxRounds, type Policy, policyFromTags } from '../domain/policy.ts';
import { type Plan, type Request, requestSchema, rotationSchema } from '../domain/rotation.ts';
import { exemptionOf, isSelfUpdating, ownersOf } from '../domain/tags.ts';
import { day } from '../domain/time.ts';
import { lambdaHandler } from '../lambda.ts';
import type { Settings } from '../settings.ts';
import { task } from '../task.ts';
import { stopIfSuperseded } from './look-again.ts';

type Assessed =
  | { readonly act: 'nothing' | 'askPerson'; readonly because: string }
  | { readonly act: Plan['act']; readonly because: string; readonly plan: Plan };

/**
 * State Assess: reads the user's keys, tags and policy afresh and decides what they need, with a reason.
 * Everything that can be wrong with input, tags or policy is found here, before anything is changed.
 */
export const assess = task({
  name: 'Assess',
  input: z.object({ rotation: rotationSchema, request: requestSchema }),
  run: async ({ rotation, request }, dependencies): Promise<Assessed> => {
    const { settings, now, log } = dependencies;
    const account = await activeAccount(dependencies, rotation.accountId);
    const user = await MemberUser.enter(dependencies, rotation, [
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:GetAccessKeyLastUsed',
    ]);
    const tags = await user.tags();
    await stopIfSuperseded(rotation, tags, dependencies);
    const keys = await user.keys();
    const policy = policyOf(request, tags, settings);
    const owner = ownersOf(tags, settings.ownerTag, account.email);
    const selfUpdating = isSelfUpdating(tags);
    const store = await SecretStore.open(dependencies, { rotation }, ['secretsmanager:DescribeSecret']);
    const versions = await store.versions();
    const assessment = decide({
      now: now(),
      request,
      keys,
      tags,
      policy,
      exemption: exemptionOf(tags),
      uses: keys.length === 2 || request.action === 'retire' ? await usesOf(user, keys) : new Map(),
      stored: new Set(keys.map(({ id }) => id).filter((id) => versions?.has(id))),
    });
    log.info('assessed', { ...rotation, act: assessment.act, because: assessment.because });
    if (assessment.act === 'nothing' || assessment.act === 'askPerson') return assessment;
    const { act, because } = assessment;
    if (settings.mode !== 'live') {
      return { act: 'nothing', because: `audit: would ${act} ${assessment.oldKey.id}, as ${because}` };
    }
    const current = versions?.currentVersionId;
    const plan = planOf(assessment, {
      now: now(),
      current,
      request,
      keys,
      tags,
      policy,
      owner,
      selfUpdating,
      account,
    });
    return { act, because, plan };
  },
});

function policyOf(request: Request, tags: ReadonlyMap<string, string>, settings: Settings): Policy {
  return makePolicy([
    { from: 'the settings', values: settings.policy },
    { from: 'the user’s tags', values: policyFromTags(tags) },
    { from: 'the input’s policy', values: request.policy ?? {} },
  ]);
}

async function usesOf(user: MemberUser, keys: readonly AccessKey[]): Promise<Map<string, LastUse>> {
  const uses = new Map<string, LastUse>();
  for (const { id } of keys) uses.set(id, await user.lastUse(id));
  return uses;
}

function planOf(
  { act, because, oldKey, newKeyNeeded }: Extract<Assessment, { oldKey: AccessKey }>,
  facts: {
    readonly now: Date;
    /** The secret's current version. */
    readonly current: string | undefined;
    readonly request: Request;
    readonly keys: readonly AccessKey[];
    readonly tags: ReadonlyMap<string, string>;
    readonly policy: Policy;
    readonly owner: string[];
    readonly selfUpdating: boolean;
    readonly account: { readonly name: string; readonly email: string };
  },
): Plan {
  const { request, keys, tags, policy, owner, account, now } = facts;
  // Stopped in its window, that rotation left the key inactive: taking back means active.
  const isBeingReplaced = keys.some(({ id }) => originOf(tags.get(id))?.oldKeyId === oldKey.id);
  return {
    act,
    because,
    oldKeyId: oldKey.id,
    oldKeyActive: oldKey.status === 'Active' || isBeingReplaced,
    oldKeyCurrent: facts.current === versionIdOf(oldKey.id),
    oldKeyCreatedAt: oldKey.createdAt.toISOString(),
    // It may have been inactive until a moment ago, and IAM doesn't tell: nothing before now is evidence of quiet.
    oldKeyActiveSince: now.toISOString(),
    newKeyNeeded,
    keysSeen: keys.map((key) => key.id),
    confirmation: confirmationOf(act, request, facts.selfUpdating && newKeyNeeded),
    ...(request.override === undefined ? {} : { override: request.override }),
    owner,
    accountName: account.name,
    accountEmail: account.email,
    policy,
    reminderSeconds: (policy.reminderEveryDays * day) / 1000,
    windowSeconds: (policy.windowDays * day) / 1000,
    rounds: maxRounds,
  };
}

function confirmationOf(
  act: Plan['act'],
  { override }: Request,
  selfUpdating: boolean,
): Plan['confirmation'] {
  if (act === 'emergency') return 'leakedKey';
  if (override !== undefined) return 'operator';
  return selfUpdating ? 'newKeyInUse' : 'owner';
}

export const handler = lambdaHandler(assess);
