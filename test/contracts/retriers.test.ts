import { describe, expect, it } from 'vitest';
import { classes, foreign, type Handled, machines, type StateDefinition } from './machines.ts';

/**
 * States whose retriers differ from the others of their machine, by kind: states of a kind have the same ones. A
 * comment of each gives the reason.
 */
const unlike: Readonly<Record<string, readonly string[]>> = {
  first: ['ChangeTags', 'AdoptSecrets', 'TakeLease', 'ClaimUser', 'Assess', 'TakeOver'],
  create: ['ProvisionNewKey'],
  wait: ['AskOwner', 'WaitForQuiet'],
  offer: ['OfferRollback'],
  ask: ['AskAboutLeak'],
  tell: [
    'AskOperators',
    'EscalateSilence',
    'EscalateDrain',
    'EscalateRollbacks',
    'TellReactivated',
    'TellDeletionRefused',
    'TellDeleted',
    'TellWithdrawn',
    'TellInactive',
    'TellChangedElsewhere',
    'TellFailure',
  ],
  brief: ['TellStuck'],
  delete: ['DeleteOldKey'],
  patient: ['MakeSafe', 'ReactivateOldKey'],
  account: ['SurveyAccount', 'DeleteSecrets', 'RecordFailure'],
};
type Exceptions = typeof unlike;

/** What is wrong with a machine's retriers, each by the state's name. */
function problemsOf(
  states: readonly (readonly [string, StateDefinition])[],
  exceptions: Exceptions,
): string[] {
  const kindOf = (state: string): string | undefined =>
    Object.entries(exceptions).find(([, named]) => named.includes(state))?.[0];
  const usual = states.filter(([name]) => kindOf(name) === undefined);
  const reasons = new Set(usual.flatMap(([, { Retry = [] }]) => Retry.map(({ Comment }) => Comment)));
  const firstOf = new Map<string | undefined, string>();
  const problems = states.flatMap(([name, { Retry = [] }]) => {
    const kind = kindOf(name);
    const text = JSON.stringify(Retry);
    const model = firstOf.get(kind) ?? text;
    firstOf.set(kind, model);
    const isReasoned = Retry.some(({ Comment }) => Comment !== undefined && !reasons.has(Comment));
    return [
      ...(text === model ? [] : [`${name} tries again unlike the others${kind ? ` of ${kind}` : ''}`]),
      ...(kind === undefined || isReasoned ? [] : [`${name} gives no reason to try again unlike the others`]),
    ];
  });
  const isSecond = ([kind, text]: [string | undefined, string]): boolean =>
    [...firstOf].find(([, one]) => one === text)?.[0] !== kind;
  const twins = [...firstOf].filter(isSecond).map(([kind]) => `${kind} tries again as another kind does`);
  return [...problems, ...twins];
}

describe('the retriers of a machine', () => {
  it.each(machines)(
    'are the same in $name, except for the named exceptions, which say why',
    ({ taskStates }) => {
      expect(problemsOf(taskStates, unlike)).toEqual([]);
    },
  );

  const usual: Handled = { Comment: 'Throttles pass.', ErrorEquals: ['AwsUnavailable'], MaxAttempts: 20 };
  const state = (...Retry: Handled[]): StateDefinition => ({ Type: 'Task', Retry });

  it.each<[string, StateDefinition, Exceptions, string[]]>([
    ['the same', state(usual), {}, []],
    ['different', state({ ...usual, MaxAttempts: 3 }), {}, ['B tries again unlike the others']],
    [
      'different without a reason',
      state({ ...usual, MaxAttempts: 3 }),
      { brief: ['B'] },
      ['B gives no reason to try again unlike the others'],
    ],
    [
      'no exception at all',
      state(usual),
      { brief: ['B'] },
      ['B gives no reason to try again unlike the others', 'brief tries again as another kind does'],
    ],
    ['different with a reason', state({ ...usual, Comment: 'A minute is enough.' }), { brief: ['B'] }, []],
    [
      'unlike its kind',
      state({ ...usual, Comment: 'A minute is enough.' }),
      { brief: ['B', 'C'] },
      ['C tries again unlike the others of brief'],
    ],
  ])('are checked by name: %s', (_, second, exceptions, problems) => {
    const third = state({ ...usual, Comment: 'An hour is not too long.' });
    const others = exceptions.brief?.includes('C') ? [['C', third] as const] : [];
    const states = [['A', state(usual)] as const, ['B', second] as const, ...others];
    expect(problemsOf(states, exceptions)).toEqual(problems);
  });

  it('have no exception for a state that isn’t there', () => {
    const named = machines.flatMap(({ taskStates }) => taskStates.map(([name]) => name));
    const exceptions = Object.values(unlike).flat();
    expect(exceptions.filter((state) => !named.includes(state))).toEqual([]);
  });

  it.each(machines)(
    'give their reasons in $name, and the same words mean the same retriers',
    ({ taskStates }) => {
      const retriers = taskStates.flatMap(([, { Retry = [] }]) => Retry);
      for (const { Comment = '' } of retriers) expect(Comment).toMatch(/^[A-Z].{10,}\.$/);
      const alike = new Map(retriers.map((retrier) => [JSON.stringify(retrier), retrier.Comment]));
      expect([...alike.values()].toSorted()).toEqual([...new Set(alike.values())].toSorted());
    },
  );
});

describe('what a state retries', () => {
  const taskStates = machines.flatMap((one) => one.taskStates);
  const wildcards = ['States.ALL', 'States.TaskFailed'];
  const passing = [...foreign.filter((one) => !wildcards.includes(one)), 'AwsUnavailable'].toSorted();
  const ours = (name: string): boolean => classes.includes(name) && name !== 'AwsUnavailable';
  const triesOf = ({ Retry = [] }: StateDefinition) => Retry.filter(({ MaxAttempts }) => MaxAttempts !== 0);
  const isWait = (name: string): boolean =>
    machines.some(({ tokenWaits }) => tokenWaits.some(([wait]) => wait === name));

  // A wildcard by itself includes all transient errors.
  it.each(taskStates.filter(([, state]) => triesOf(state).length > 1))(
    '%s retries transient errors, by every name that AWS has for them',
    (name, state) => {
      const [among, ...more] = triesOf(state).filter(({ ErrorEquals }) =>
        ErrorEquals.includes('AwsUnavailable'),
      );
      expect(more).toEqual([]);
      const names = (among?.ErrorEquals ?? []).filter((one) => !ours(one));
      // A wait for a person ends by its time-out, which is not a failure.
      expect(names.toSorted()).toEqual(
        isWait(name) ? passing.filter((one) => one !== 'States.Timeout') : passing,
      );
    },
  );

  it.each(taskStates)('%s retries unexpected errors a few times before it fails', (name, { Retry = [] }) => {
    const last = Retry.at(-1);
    expect(last?.ErrorEquals).toEqual([isWait(name) ? 'States.TaskFailed' : 'States.ALL']);
    expect(last?.MaxAttempts).toBeGreaterThan(0);
  });
});
