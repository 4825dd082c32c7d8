import { createHash } from 'node:crypto';
import * as z from 'zod';
import { attemptOf, executionName, nameOf } from '../execution-name.ts';
import { accountIdSchema } from '../scope.ts';
import { isoDay } from '../time.ts';
import type { Verdict } from './facts.ts';
import { type Rest, restsUntil } from './rest.ts';

/** Something that keyturn waits for, for the operators' digest. */
export const openQuestionSchema = z.object({
  accountId: accountIdSchema,
  userName: z.string(),
  waitsFor: z.enum(['operators', 'owner']),
  what: z.string(),
  /** What must change for it to be news again. */
  id: z.string(),
  /** The rotation that ended with it. */
  rotation: z.string().optional(),
  /**
   * What an operator does: starts the rotation of that name, or looks at the user's tags. If the question is which of
   * these keys should go, a rotation is started to retire one.
   */
  next: z
    .union([z.object({ start: z.string(), retire: z.array(z.string()).optional() }), z.literal('lookAtTags')])
    .optional(),
});
export type OpenQuestion = z.infer<typeof openQuestionSchema>;

/** All open questions: the first of them, how many there are, and a fingerprint that changes if any of them does. */
export const openQuestionsSchema = z.object({
  first: z.array(openQuestionSchema),
  operators: z.number(),
  owners: z.number(),
  fingerprint: z.string(),
});
export type OpenQuestions = z.infer<typeof openQuestionsSchema>;

export const noQuestions: OpenQuestions = { first: [], operators: 0, owners: 0, fingerprint: '' };

/** These ask nobody anything; an operator stopped the last one. */
const settled: ReadonlySet<string> = new Set(['nothing', 'handedOn', 'ABORTED']);

/**
 * What is open about a user; undefined if nothing is, or a running rotation is asking.
 * @param keyIds of the user's active keys, as far as known
 */
export function openQuestionOf(
  user: { readonly accountId: string; readonly userName: string },
  { decision, because }: Verdict,
  rest: Rest | undefined,
  keyIds: readonly string[] = [],
): OpenQuestion | undefined {
  if (decision === 'rootKey') {
    return { ...user, waitsFor: 'operators', what: because, id: 'rootKey' };
  }
  if (decision === 'unreadable') {
    return { ...user, waitsFor: 'operators', what: because, id: `unreadable ${because}`, next: 'lookAtTags' };
  }
  const isOpen = (decision === 'due' || decision === 'deferred') && !settled.has(rest?.outcome ?? '');
  if (rest === undefined || !isOpen) return undefined;
  const waitsFor = rest.outcome === 'rolledBack' ? 'owner' : 'operators';
  const attempt = (attemptOf(user, nameOf(rest.rotation)) ?? 0) + 1;
  const isWhichKey = rest.outcome === 'needsPerson' && keyIds.length > 1;
  const start = { start: executionName(user, attempt), ...(isWhichKey ? { retire: [...keyIds] } : {}) };
  return {
    ...user,
    waitsFor,
    what: `${inWords(rest)}; starts again from ${isoDay(restsUntil(rest))}`,
    id: rest.question ?? rest.outcome,
    rotation: rest.rotation,
    ...(waitsFor === 'operators' ? { next: start } : {}),
  };
}

/**
 * A tag or a contact that should name an owner and doesn't; undefined if there is none. Somebody else is asked
 * meanwhile, so no rotation waits for it.
 */
export const ownerQuestion = (
  who: { readonly accountId: string; readonly userName?: string },
  problem: string | undefined,
): OpenQuestion | undefined =>
  problem === undefined
    ? undefined
    : {
        ...{ userName: 'the account itself', ...who },
        ...{ waitsFor: 'operators', what: problem, id: `${ownerQuestions}${problem}` },
        ...(who.userName === undefined ? {} : { next: 'lookAtTags' }),
      };

/** How the IDs of these questions begin. */
export const ownerQuestions = 'owner: ';

function inWords({ outcome, because, silences, owner }: Rest): string {
  switch (outcome) {
    case 'silence':
      return `${owner} has not answered${silences > 1 ? `, ${silences} rotations in a row` : ''}`;
    case 'rolledBack':
      return `${owner} rolled back`;
    case 'changedElsewhere':
      return 'someone else changed its keys, and the rotation ended';
    case 'deletionRefused':
      return "its inactive access key can't be deleted";
    default:
      return because === '' ? `its last rotation ended as ${outcome}` : because;
  }
}

/** Counts and shortens, those that wait for the operators first. */
export function gatherQuestions(questions: readonly OpenQuestion[], most: number): OpenQuestions {
  const operators = questions.filter(({ waitsFor }) => waitsFor === 'operators');
  const owners = questions.filter(({ waitsFor }) => waitsFor === 'owner');
  return {
    first: [...operators, ...owners].slice(0, most),
    operators: operators.length,
    owners: owners.length,
    fingerprint: fingerprintOf(
      questions.map(({ accountId, userName, id }) => `${accountId} ${userName} ${id}`),
    ),
  };
}

/** Those of several accounts. */
export function mergeQuestions(all: readonly OpenQuestions[], most: number): OpenQuestions {
  const sum = (of: 'operators' | 'owners'): number => all.reduce((total, one) => total + one[of], 0);
  const { first } = gatherQuestions(
    all.flatMap((one) => one.first),
    most,
  );
  const fingerprint = fingerprintOf(all.map((one) => one.fingerprint).filter((one) => one !== ''));
  return { first, operators: sum('operators'), owners: sum('owners'), fingerprint };
}

const fingerprintOf = (parts: readonly string[]): string =>
  parts.length === 0
    ? ''
    : createHash('sha256').update(parts.toSorted().join('\n')).digest('hex').slice(0, 16);
