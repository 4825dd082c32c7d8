import * as z from 'zod';
import { shortKeyId } from '../../tasks/domain/keys.ts';
import { showMoment } from './show.ts';
import type { Step } from './step.ts';

const decided = z.object({
  act: z.string(),
  because: z.string(),
  until: z.coerce.date().nullish(),
});

const planSchema = z.object({
  oldKeyId: z.string(),
  confirmation: z.string(),
  policy: z.object({ quietDays: z.number() }),
});

/** The machine's variables that tell what a state did. */
const variablesSchema = z.object({
  claim: z
    .object({ act: z.string().optional(), rotation: z.object({ executionArn: z.string() }).optional() })
    .optional(),
  assessed: decided.nullish(),
  work: z
    .object({
      plan: planSchema.nullish(),
      newKeyId: z.string().optional(),
      leaving: z.enum(['oldKey', 'newKey']).optional(),
    })
    .optional(),
  round: z.number().optional(),
  drain: z.unknown().optional(),
  decision: z.object({ decision: z.string(), by: z.string(), reason: z.string().optional() }).nullish(),
  checked: decided.nullish(),
  deactivation: z
    .object({ act: z.string(), because: z.string().optional(), bySomebodyElse: z.boolean().optional() })
    .nullish(),
  deletion: decided.nullish(),
  withdrawal: decided.nullish(),
  safe: z.array(z.string()).optional(),
});
type Variables = z.infer<typeof variablesSchema>;

/**
 * @param set what the state itself assigned; nothing if it ended in an error that was caught
 * @param before the variables as they were until then
 */
type Result = (now: Variables, set: Variables, before: Variables) => Step | undefined;

const step = (stage: string, why: string, tone: Step['tone'] = 'step'): Step => ({ stage, why, tone });
const oldKey = ({ work }: Variables): string => shortKeyId(work?.plan?.oldKeyId ?? '');
const newKey = ({ work }: Variables): string => shortKeyId(work?.newKeyId ?? '');
const isWithdrawn = ({ work }: Variables): boolean => work?.leaving === 'newKey';
const leavingKey = (now: Variables): string => (isWithdrawn(now) ? newKey(now) : oldKey(now));

const answer: Result = (_, { decision }) => {
  if (decision === undefined || decision === null) return undefined;
  if (decision.decision === 'moreTime') return undefined;
  const why = decision.reason === undefined ? '' : `: "${decision.reason}"`;
  switch (decision.decision) {
    case 'confirm':
      return step('Answer', `confirmed by ${decision.by}`, 'person');
    case 'notNeeded':
      return step('Answer', `no key is needed any more, says ${decision.by}`, 'person');
    case 'takeBack':
      return step('Answer', `taken back while the key is active${why}`, 'back');
    default:
      return step('Answer', `rolled back${why}`, 'back');
  }
};

/** By the name of the state that was left. */
const results: Readonly<Record<string, Result>> = {
  ClaimUser: (_, { claim }) =>
    claim?.act === 'proceed'
      ? step('Start', `the user's one rotation: ${claim.rotation?.executionArn.split(':').at(-1)}`)
      : undefined,
  Assess: (_, { assessed }) =>
    assessed ? step('Assess', `${acts[assessed.act] ?? assessed.act}: ${assessed.because}`) : undefined,
  ChangeTags: (_, { assessed }) => (assessed ? step('Tags', assessed.because, 'person') : undefined),
  TakeLease: (_, { assessed }) => (assessed ? step('Lease', assessed.because, 'person') : undefined),
  AdoptSecrets: (_, { assessed }) => (assessed ? step('Adopt', assessed.because, 'person') : undefined),
  ProvisionNewKey: (now, { work }) =>
    work && step('Provision', `made ${newKey(now)} beside ${oldKey(now)}: it signs, its secret is stored`),
  AskOwner: answer,
  OfferRollback: answer,
  WaitForQuiet: answer,
  PromoteNewKey: (now) =>
    (now.round ?? 1) > 1
      ? step('Promote', `the secret's current version is ${newKey(now)} again`)
      : undefined,
  PointBackToOldKey: (now) =>
    step('Withdraw', `the secret's current version is ${oldKey(now)} again`, 'back'),
  TakeOver: () =>
    step('Take over', 'stops the rotation that was running; this one continues from there', 'attention'),
  CheckOldKey: (now, { checked }, { drain }) => {
    // Checks come daily: one that only keeps waiting is no news.
    if (!checked || (drain && checked.act === 'wait')) return undefined;
    return isWithdrawn(now)
      ? step('Withdraw', `${newKey(now)}: ${withNextLook(checked)}`, 'back')
      : step('Drain', withNextLook(checked));
  },
  DeactivateOldKey: (now, { deactivation }) => {
    if (!deactivation) return undefined;
    const { act, because = '' } = deactivation;
    if (act !== 'deactivated') return step(act === 'gone' ? 'Deactivate' : 'Drain', because);
    return step('Deactivate', `${leavingKey(now)}: ${whyDeactivated(now)}`);
  },
  ReactivateOldKey: (now) => step('Reactivate', `${leavingKey(now)} works again`, 'back'),
  DeleteOldKey: (now, { deletion }) => {
    if (!deletion) return undefined;
    const { act, because } = deletion;
    // A check that finds nothing is one of many.
    if (act === 'wait') return undefined;
    if (act !== 'deleted') return step('Look', because, 'attention');
    return step('Delete', `${leavingKey(now)}: the window is over, and nobody used it`);
  },
  // A state of an older version.
  WithdrawNewKey: (now, { withdrawal }) =>
    withdrawal
      ? step(
          'Withdraw',
          withdrawal.act === 'withdraw'
            ? `${newKey(now)} is deleted; ${withdrawal.because.replace('the new key: ', '')}`
            : withNextLook(withdrawal),
          'back',
        )
      : undefined,
  MakeSafe: (_, { safe }) => safe && step('Make safe', safe.join('; '), 'alarm'),
};

const acts: Readonly<Record<string, string>> = {
  askPerson: 'a person must decide',
  nothing: 'nothing to do',
  leakOpen: 'the leaked key is still active',
};

function whyDeactivated({ work, deactivation }: Variables): string {
  if (deactivation?.bySomebodyElse) return 'somebody had made it inactive already';
  if (work?.leaving === 'newKey') return 'nobody uses it';
  const quiet = `quiet for ${work?.plan?.policy.quietDays} days`;
  switch (work?.plan?.confirmation) {
    case 'leakedKey':
      return 'it has leaked';
    case 'operator':
      return `approved by an operator, and ${quiet}`;
    case 'newKeyInUse':
      return `the new key is in use, and this one ${quiet}`;
    default:
      return `confirmed, and ${quiet}`;
  }
}

const withNextLook = ({ act, because, until }: z.infer<typeof decided>): string =>
  !until || act === 'deactivate' ? because : `${because}; next look ${showMoment(until)}`;

/**
 * The step to show for a Task state's exit.
 * @param assigned JSON text by variable, as the event has it
 */
export function ofResult(
  state: string,
  assigned: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, unknown>>,
): Step | undefined {
  const result = Object.hasOwn(results, state) ? results[state] : undefined;
  if (result === undefined) return undefined;
  const set = Object.fromEntries(Object.entries(assigned).map(([name, text]) => [name, JSON.parse(text)]));
  const now = variablesSchema.parse({ ...variables, ...set });
  return result(now, variablesSchema.parse(set), variablesSchema.parse(variables));
}
