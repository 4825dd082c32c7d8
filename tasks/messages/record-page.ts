import type { Decision } from '../domain/asking/question.ts';
import { nameOf } from '../domain/execution-name.ts';
import type { RecordedDecision, RecordedStep, RotationRecord } from '../domain/record/record.ts';
import type { Cell, Labelled, Page, Table } from './document.ts';
import { showTime, showUse } from './words.ts';

/** The record of an ended rotation as a page, for auditors: the decisions first, then every step with its evidence. */
export function recordPage(record: RotationRecord): Page {
  const { accountId = 'an unknown account', userName = 'an unknown user', ended, plan } = record;
  const account = plan === undefined ? accountId : `${plan.accountName} (${accountId})`;
  const user = `${userName} in ${account}`;
  return {
    window: `${nameOf(record.executionArn)}, ${showTime(record.endedAt)}`,
    title: `${user}: ${endInWords(record)}`,
    lead: `Started ${showTime(record.startedAt)}, ended ${showTime(record.endedAt)}. ${ended.because ?? ''}`.trim(),
    blocks: [
      { kind: 'facts', rows: factsOf(record, account) },
      decisionsTable(record),
      stepsTable(record.steps),
    ],
    footer: `Execution: ${record.executionArn}. The record itself is in this page’s source, as JSON.`,
  };
}

const outcomes: Readonly<Record<string, string>> = {
  completed: 'completed',
  rolledBack: 'rolled back',
  escalated: 'handed to a person',
  needsPerson: 'a person must decide',
  nothing: 'nothing to do',
  deletionRefused: 'the key could not be deleted',
  changedElsewhere: 'somebody else changed the keys',
};

const statuses = {
  SUCCEEDED: 'ended',
  FAILED: 'failed',
  TIMED_OUT: 'ran out of time',
  ABORTED: 'stopped',
} as const;

/** How a rotation ended, in a few words. */
export const endInWords = ({ ended: { status, outcome } }: Pick<RotationRecord, 'ended'>): string =>
  outcome === undefined ? statuses[status] : (outcomes[outcome] ?? outcome);

function factsOf(record: RotationRecord, account: string): Labelled[] {
  const { plan, ended, newKeyId, secretArn, request, redrives } = record;
  const some = (label: string, value: string | undefined): Labelled[] =>
    value === undefined || value === '' ? [] : [[label, value]];
  return [
    ...some('IAM user', record.userName),
    ['Account', account],
    ['Asked for', JSON.stringify(request)],
    ...some('Why', plan?.because),
    ...some('Old key', plan?.oldKeyId),
    ...some('New key', newKeyId),
    ...some('Secret', secretArn),
    ...some('Owner', plan?.owner.join(', ')),
    ...some('Allowed by', plan === undefined ? undefined : confirmations[plan.confirmation]),
    ...some('Override', plan?.override && `${plan.override.by}: ${plan.override.reason}`),
    ...some('Policy', plan === undefined ? undefined : policyInWords(plan.policy)),
    ...some('Error', troubleInWords(ended)),
    ...some('Redriven', redrives === 0 ? undefined : `${redrives} times before this end`),
  ];
}

const confirmations = {
  owner: 'the owner’s confirmation',
  operator: 'an operator, instead of the owner',
  newKeyInUse: 'the use of the new key by a self-updating application',
  leakedKey: 'the leak of the key',
} as const;

const policyInWords = (policy: object): string =>
  Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** What a person decided, as an auditor reads it. */
export const answersInRecord: Readonly<Record<Decision['decision'], string>> = {
  confirm: 'confirmed',
  notNeeded: 'no key is needed any more',
  rollBack: 'rolled back',
  moreTime: 'more time',
  takeBack: 'took the answer back',
};

function decisionsTable({ decisions }: RotationRecord): Table {
  return {
    kind: 'table',
    title: 'Decisions of people',
    note: decisions.length === 0 ? 'nobody answered' : undefined,
    columns: ['When', 'What', 'By whom', 'Why', 'Asked in'],
    rows: decisions.map(decisionRow),
  };
}

function decisionRow({ at, decision, days, by, reason = '', from, state }: RecordedDecision): Cell[] {
  const more = days === undefined ? '' : `, ${days} days`;
  const visitor = [from?.address, from?.agent].filter((part) => part !== undefined).join(', ');
  return [
    { text: showTime(new Date(at)), as: 'name' },
    { text: `${answersInRecord[decision]}${more}` },
    { text: by, ...(visitor === '' ? {} : { under: { text: visitor } }) },
    { text: reason },
    { text: stateInWords(state) },
  ];
}

function stepsTable(steps: readonly RecordedStep[]): Table {
  const rows = folded(steps);
  return {
    kind: 'table',
    title: 'Steps',
    note: rows.length < steps.length ? 'looks that found the same are folded; the data has each' : undefined,
    columns: ['From', 'Until', 'Step', 'Result', 'Last use of the keys'],
    rows: rows.map(stepRow),
  };
}

interface Row {
  readonly step: RecordedStep;
  readonly times: number;
  readonly from: Date;
}

/** Steps that wait and find the same again and again become one row, with the latest result. */
function folded(steps: readonly RecordedStep[]): Row[] {
  const rows: Row[] = [];
  for (const step of steps.filter(saysSomething)) {
    const last = rows.at(-1);
    if (last !== undefined && last.step.state === step.state && isLook(last.step) && isLook(step))
      rows[rows.length - 1] = { step, times: last.times + 1, from: last.from };
    else rows.push({ step, times: 1, from: step.from });
  }
  return rows;
}

const isLook = ({ result }: RecordedStep): boolean => result?.act === 'wait';

/** A wait that ended by itself says nothing, unless somebody was mailed. */
const saysSomething = ({ result, error }: RecordedStep): boolean =>
  error !== undefined || result?.act !== undefined || (result?.to?.length ?? 0) > 0;

function stepRow({ step, times, from }: Row): Cell[] {
  const { state, until, result, error, cause, tries } = step;
  const again = times > 1 ? `${times} looks` : tries > 1 ? `${tries} tries` : undefined;
  const trouble = troubleInWords({ error, cause });
  const mailed = result?.to === undefined || result.to.length === 0 ? '' : `mailed ${result.to.join(', ')}`;
  const said = [result?.act, result?.because].filter((part) => part !== undefined).join(': ');
  return [
    { text: showTime(from), as: 'name' },
    { text: until === undefined ? '' : showTime(until), as: 'name' },
    { text: stateInWords(state), ...(again === undefined ? {} : { under: { text: again } }) },
    { text: [said, mailed, trouble].filter((part) => part !== '').join('. ') },
    { text: usesInWords(step) },
  ];
}

function usesInWords({ result }: RecordedStep): string {
  if (result?.evidence !== undefined) {
    const { oldKey, newKey } = result.evidence;
    const old = `old key: ${showUse(oldKey)}`;
    return newKey === undefined ? old : `${old}; new key: ${showUse(newKey)}`;
  }
  return result?.use === undefined ? '' : showUse(result.use);
}

/** The names that Step Functions gives to errors of its own, for a reader who doesn't know it. The data has the names. */
const engineErrors: Readonly<Record<string, string>> = {
  'States.Timeout': 'no answer in time',
  'States.TaskFailed': 'the task failed',
  'States.Runtime': 'the state machine itself failed',
};

const troubleInWords = ({
  error = '',
  cause,
}: {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}): string =>
  [engineErrors[error] ?? error, cause].filter((part) => part !== undefined && part !== '').join(': ');

/** "AskOwner" becomes "Ask owner". */
const stateInWords = (state: string): string =>
  state
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toUpperCase());
