import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { UnknownKey } from '../domain/errors.ts';
import type { Evidence } from '../domain/evidence.ts';
import { describeUse, isQuiet } from '../domain/quiet.ts';
import { type Stage, stageSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';
import { evidenceOf } from './evidence-of.ts';
import { type Look, lookAgain, stopUnlessLive, stopUnlessReplaced } from './look-again.ts';

type Deactivation =
  | {
      readonly act: 'deactivated';
      readonly at: string;
      readonly wasActive: boolean;
      /** For whoever is asked whether something broke. */
      readonly evidence: Evidence;
    }
  | { readonly act: 'notQuiet'; readonly because: string };

/**
 * State DeactivateOldKey: makes the old key inactive, after one more look that the new key is there and the old
 * one still quiet. A leaked key isn't asked for quiet.
 */
export const deactivateOldKey = task({
  name: 'DeactivateOldKey',
  input: stageSchema,
  run: async (stage, dependencies): Promise<Deactivation> => {
    const { rotation, plan } = stage;
    const { now, log } = dependencies;
    stopUnlessLive(dependencies);
    const user = await MemberUser.enter(dependencies, rotation, [
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:GetAccessKeyLastUsed',
      'iam:UpdateAccessKey',
    ]);
    const look = await lookAgain(user, stage, dependencies);
    if (look.oldKey === undefined) throw new UnknownKey(`the old key ${plan.oldKeyId} is gone`);
    await stopUnlessReplaced(look, stage, dependencies);
    // Not skipped for a key that looks inactive: IAM may show what it was a moment ago.
    if (plan.confirmation !== 'leakedKey') {
      const use = await user.lastUse(plan.oldKeyId);
      if (!isQuiet(use, new Date(plan.oldKeyActiveSince), plan.policy.quietDays, now())) {
        return { act: 'notQuiet', because: describeUse(use, now()) };
      }
    }
    await standIn(look, stage, dependencies);
    await user.setStatus(plan.oldKeyId, 'Inactive');
    log.info('deactivated', { ...rotation, keyId: plan.oldKeyId, confirmation: plan.confirmation });
    const wasActive = plan.oldKeyActive || look.oldKey.status === 'Active';
    const evidence = await evidenceOf(user, stage, now());
    return { act: 'deactivated', at: now().toISOString(), wasActive, evidence };
  },
});

/**
 * Where a leaked key goes without a new one, the other key takes its place in the secret, if it is there: who reads
 * the secret must not find the inactive one.
 */
async function standIn(look: Look, stage: Stage, dependencies: Dependencies): Promise<void> {
  const { plan, newKeyId } = stage;
  if (plan.act !== 'emergency' || newKeyId !== undefined) return;
  const other = look.keys.find((key) => key.id !== plan.oldKeyId && key.status === 'Active');
  if (other === undefined) return;
  const store = await SecretStore.open(dependencies, stage, [
    'secretsmanager:DescribeSecret',
    'secretsmanager:UpdateSecretVersionStage',
  ]);
  if ((await store.versions())?.has(other.id)) await store.makeCurrent(other.id);
}

export const handler = lambdaHandler(deactivateOldKey);
