import * as z from 'zod';
import { maskEnd } from '../../tasks/domain/keys.ts';
import { showMoment } from './show.ts';
import type { Step } from './timeline.ts';

const decided = z.object({ act: z.string(), because: z.string(), until: z.coerce.date().optional() });

/** The machine's variables, as far as they tell what a state did. */
const variablesSchema = z.object({
  claim: z
    .object({ act: z.string(), rotation: z.object({ executionArn: z.string() }).optional() })
    .optional(),
  assessed: decided.optional(),
  work: z
    .object({
      plan: z.object({ oldKeyId: z.string(), policy: z.object({ quietDays: z.number() }) }).nullish(),
      newKeyId: z.string().optional(),
    })
    .optional(),
  round: z.number().optional(),
  decision: z.object({ decision: z.string(), by: z.string(), reason: z.string().optional() }).nullish(),
  checked: decided.optional(),
  deactivation: z.object({ act: z.string(), because: z.string().optional() }).optional(),
  withdrawal: decided.optional(),
  safe: z.array(z.string()).optional(),
});
type Variables = z.infer<typeof variablesSchema>;

/** @param set what the state itself assigned; nothing where it ended in an error that was caught */
type Result = (now: Variables, set: Variables) => Step | undefined;

const step = (stage: string, why: string, tone: Step['tone'] = 'step'): Step => ({ stage, why, tone });
const oldKey = ({ work }: Variables): string => maskEnd(work?.plan?.oldKeyId ?? '');
const newKey = ({ work }: Variables): string => maskEnd(work?.newKeyId ?? '');

const answer: Result = (_, { decision }) => {
  if (decision === undefined || decision === null) return undefined;
  if (decision.decision === 'moreTime') return undefined;
  return decision.decision === 'confirm'
    ? step('Answer', `confirmed by ${decision.by}`, 'person')
    : step('Answer', `rolled back: "${decision.reason ?? ''}"`, 'back');
};

/** By the name of the state that was left. */
const results: Readonly<Record<string, Result>> = {
  ClaimUser: (_, { claim }) =>
    claim?.act === 'proceed'
      ? step('Start', `the user's one rotation: ${claim.rotation?.executionArn.split(':').at(-1)}`)
      : undefined,
  Assess: (_, { assessed }) =>
    assessed && step('Assess', `${acts[assessed.act] ?? assessed.act}: ${assessed.because}`),
  ProvisionNewKey: (now, { work }) =>
    work && step('Provision', `made ${newKey(now)} beside ${oldKey(now)}: it signs, its secret is stored`),
  AskOwner: answer,
  OfferRollback: answer,
  PromoteNewKey: (now) =>
    (now.round ?? 1) > 1
      ? step('Promote', `the secret's current version is ${newKey(now)} again`)
      : undefined,
  CheckOldKey: (_, { checked }) => checked && step('Drain', withNextLook(checked)),
  DeactivateOldKey: (now, { deactivation }) =>
    deactivation?.act === 'deactivated'
      ? step(
          'Deactivate',
          `${oldKey(now)}: confirmed, and quiet for ${now.work?.plan?.policy.quietDays} days`,
        )
      : deactivation && step('Drain', `not quiet after all: ${deactivation.because ?? ''}`),
  ReactivateOldKey: (now) =>
    step('Reactivate', `${oldKey(now)} works again and is the secret's current version`, 'back'),
  DeleteOldKey: (now) => step('Delete', `${oldKey(now)}: the window is over, and nobody used it`),
  WithdrawNewKey: (now, { withdrawal }) =>
    withdrawal &&
    step(
      'Withdraw',
      withdrawal.act === 'withdraw'
        ? `${newKey(now)} is deleted; ${withdrawal.because.replace('the new key: ', '')}`
        : withNextLook(withdrawal),
      'back',
    ),
  MakeSafe: (_, { safe }) => safe && step('Make safe', safe.join('; '), 'alarm'),
};

const acts: Readonly<Record<string, string>> = {
  askPerson: 'a person must decide',
  nothing: 'nothing to do',
};

const withNextLook = ({ act, because, until }: z.infer<typeof decided>): string =>
  until === undefined || act === 'deactivate' ? because : `${because}; next look ${showMoment(until)}`;

/**
 * What a Task state's exit says.
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
  return result(variablesSchema.parse({ ...variables, ...set }), variablesSchema.parse(set));
}
