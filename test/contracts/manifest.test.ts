import { describe, expect, it } from 'vitest';
import * as others from '../../tasks/manifest/others.ts';
import {
  entryOf,
  eventFunctions,
  everyFunction,
  type FunctionRow,
  type ScheduleRow,
  sweepSchedule,
} from '../../tasks/manifest.ts';
import { filesIn, formerDefinitions, functionsIn, handlersIn, machines, read } from './machines.ts';

/** What a machine's states invoke. */
interface Invoking {
  readonly name: string;
  readonly states: readonly { readonly state: string; readonly invokes: string }[];
  /** The functions that only former definitions invoke; executions may still run on those. */
  readonly former: readonly string[];
}

/** Rows that nothing names, and states and schedules without a row, each by its name. */
function gapsBetween(
  rows: readonly FunctionRow[],
  invoking: readonly Invoking[],
  schedules: readonly ScheduleRow[],
): string[] {
  const isOf = (machine: string, { trigger }: FunctionRow): boolean =>
    trigger.kind === 'state' && trigger.machine === machine;
  const isNamed = ({ name, trigger }: FunctionRow): boolean => {
    switch (trigger.kind) {
      case 'state': {
        const machine = invoking.find((one) => one.name === trigger.machine);
        return (
          machine?.states.some(({ invokes }) => invokes === name) || machine?.former.includes(name) === true
        );
      }
      case 'function':
        return rows.some(({ name }) => name === trigger.by);
      case 'log':
        return rows.some(({ reports }) => reports);
      case 'clock':
        return trigger.everyHours > 0;
      case 'event':
        return trigger.pattern.source.length > 0;
      case 'route':
        return trigger.path !== '';
    }
  };
  return [
    ...rows.filter((row) => !isNamed(row)).map(({ name }) => `the row ${name} is named by nothing`),
    ...invoking.flatMap(({ name, states }) =>
      states
        .filter(({ invokes }) => !rows.some((row) => row.name === invokes && isOf(name, row)))
        .map(
          ({ state, invokes }) => `the state ${state} of ${name} invokes ${invokes}, which has no row for it`,
        ),
    ),
    ...schedules
      .filter(({ machine }) => !invoking.some(({ name }) => name === machine))
      .map(({ machine }) => `the schedule of ${machine} starts no machine`),
  ];
}

const invoking = machines.map(({ name, taskStates }): Invoking => {
  const states = taskStates.map(([state, { Arguments }]) => ({
    state,
    invokes: /^\$\{(\w+)\}$/.exec(String(Arguments?.FunctionName))?.[1] ?? '',
  }));
  return { name, states, former: formerDefinitions(name).flatMap(functionsIn) };
});

describe('the manifest', () => {
  it('has a row for each state, and a user for each row', () => {
    expect(gapsBetween(everyFunction, invoking, [sweepSchedule])).toEqual([]);
  });

  const [row] = everyFunction;
  if (row === undefined) throw new Error('the manifest is empty');
  const [first, second] = invoking;
  const lost = { ...row, name: 'Lost' };
  const event = { kind: 'event', events: 'nothing', pattern: { source: [] }, retries: 0 } as const;
  const stray = { state: 'Stray', invokes: 'Nobody' };

  it.each<[string, readonly FunctionRow[], readonly Invoking[], readonly ScheduleRow[], string]>([
    ['a row without a state', [...everyFunction, lost], invoking, [], 'the row Lost is named by nothing'],
    [
      'a row without an event',
      [...everyFunction, { ...lost, trigger: event }],
      invoking,
      [],
      'the row Lost is named by nothing',
    ],
    [
      'a row without a route',
      [...everyFunction, { ...lost, trigger: { kind: 'route', path: '' } }],
      invoking,
      [],
      'the row Lost is named by nothing',
    ],
    [
      'a state without a row',
      everyFunction,
      invoking.map((one) => (one === first ? { ...one, states: [...one.states, stray] } : one)),
      [],
      'the state Stray of rotate-user-key invokes Nobody, which has no row for it',
    ],
    [
      'a state whose row is another machine’s',
      everyFunction,
      invoking.map((one) =>
        one === second ? { ...one, states: [...one.states, { ...stray, invokes: row.name }] } : one,
      ),
      [],
      `the state Stray of sweep-organization invokes ${row.name}, which has no row for it`,
    ],
    [
      'a schedule without a machine',
      everyFunction,
      invoking,
      [{ machine: Object('clean-up') }],
      'the schedule of clean-up starts no machine',
    ],
  ])('is checked by name: %s', (_, rows, machinesThen, schedules, problem) => {
    expect(gapsBetween(rows, machinesThen, schedules)).toEqual([problem]);
  });

  it('deploys every row of the manifest once', () => {
    const written = Object.values(others).filter((one) => 'trigger' in one);
    expect(written.filter((one) => !everyFunction.some(({ name }) => name === one.name))).toEqual([]);
    const names = everyFunction.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a row for each file that exports a handler, and a file for each row', () => {
    expect(handlersIn('tasks/').toSorted()).toEqual(everyFunction.map(entryOf).toSorted());
  });

  it.each(everyFunction.filter(({ trigger }) => trigger.kind !== 'route'))(
    '$name is the task that its file’s handler runs',
    (one) => {
      const source = read(entryOf(one));
      expect(source).toContain(`name: '${one.name}'`);
      const variable = one.name.charAt(0).toLowerCase() + one.name.slice(1);
      expect(source).toContain(`export const handler = lambdaHandler(${variable});`);
    },
  );

  it.each(eventFunctions)('$name, which events invoke, is not a state’s task', ({ name }) => {
    expect(invoking.flatMap(({ states }) => states.filter(({ invokes }) => invokes === name))).toEqual([]);
  });
});

it('no task and no adapter names an IAM action: the table of verbs does', () => {
  const folders = new Set(['aws', ...everyFunction.map(({ folder }) => folder)]);
  const files = [...folders].flatMap((folder) => filesIn(`tasks/${folder}/`));
  const action = /'(iam|secretsmanager|states|s3|ses|organizations|kms):[A-Z]\w+'/;
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((path) => action.test(read(path)))).toEqual([]);
});
