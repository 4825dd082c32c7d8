import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { formatMachine } from '../../statemachines/format.ts';
import { allFunctions, eventFunctions, kebabCase, type MachineName } from '../../tasks/manifest.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

interface Handled {
  readonly Comment?: string;
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: string;
  readonly Next?: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number | string;
  readonly Retry?: readonly Handled[];
  readonly Catch?: readonly Handled[];
  readonly Next?: string;
  readonly Default?: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Choices?: readonly {
    readonly Next: string;
    readonly Assign?: Readonly<Record<string, unknown>>;
  }[];
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly ItemProcessor?: Graph;
}

interface Graph {
  readonly States: Readonly<Record<string, State>>;
}

interface Machine extends Graph {
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
}

/** Those inside of a Map too. */
const statesOf = ({ States }: Graph): [string, State][] =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);

/** A machine, and all that the contract looks at in it. */
function contractOf(name: MachineName) {
  const text = read(`statemachines/${name}.asl.json`);
  const machine: Machine = JSON.parse(text);
  const states = statesOf(machine);
  const ofType = (type: string) => states.filter(([, state]) => state.Type === type);
  const taskStates = ofType('Task');
  const tokenWaits = taskStates.filter(([, { Resource = '' }]) => Resource.endsWith('.waitForTaskToken'));
  const rows = allFunctions.filter(({ trigger }) => trigger.kind === 'state' && trigger.machine === name);
  const names = rows.map((row) => row.name).toSorted();
  return { name, folder: `tasks/${name}/`, text, machine, states, ofType, taskStates, tokenWaits, names };
}

const rotation = contractOf('rotate-user-key');
const sweep = contractOf('sweep-organization');
const machines = [rotation, sweep];
const allStates = machines.flatMap(({ states }) => states);

/** What executions that began under an older version still end under. */
const formerDefinitions = (machine: MachineName): string[] =>
  readdirSync(new URL('test/upgrades/', root), { withFileTypes: true })
    .map(({ name }) => `test/upgrades/${name}/${machine}.asl.json`)
    .filter((path) => existsSync(new URL(path, root)))
    .map(read);

/** The functions that a definition names, each once. */
const functionsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/"FunctionName": "\$\{(\w+)\}"/g)].map(([, name]) => name ?? '')),
];

const errorsIn = (handlers: readonly Handled[] = []) => handlers.flatMap(({ ErrorEquals }) => ErrorEquals);

/** Whether an error is tried again: the first retrier that names it decides, and one without attempts says no. */
function isRetried(error: string, retry: readonly Handled[] = []): boolean {
  const first = retry.find(({ ErrorEquals }) =>
    ErrorEquals.some(
      (name) =>
        name === error ||
        name === 'States.ALL' ||
        // Amazon's wildcard for all but a time-out: what ends a wait by its name, it takes too.
        (name === 'States.TaskFailed' && error !== 'States.Timeout'),
    ),
  );
  return first !== undefined && first.MaxAttempts !== 0;
}

/** Every file under a folder, with its path from the repository's root. */
const filesIn = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}${path}`);

const handlersIn = (folder: string): string[] =>
  filesIn(folder).filter((path) => /^export const handler\b/m.test(read(path)));
function expectHandler(folder: string, name: string): void {
  const source = read(`${folder}${kebabCase(name)}.ts`);
  expect(source).toContain(`name: '${name}'`);
  const variable = name.charAt(0).toLowerCase() + name.slice(1);
  expect(source).toContain(`export const handler = lambdaHandler(${variable});`);
}

describe.each(machines)(
  'the machine $name and its functions',
  ({ name: machineName, folder, text, taskStates, names }) => {
    it('names each function that has a row for it, and no other', () => {
      const named = functionsIn(text);
      const onlyFormer = formerDefinitions(machineName).flatMap(functionsIn);
      expect([...new Set([...named, ...onlyFormer])].toSorted()).toEqual(names);
      expect(named.filter((name) => !names.includes(name))).toEqual([]);
    });

    it('has a file for each function, called as it is', () => {
      expect(handlersIn(folder).toSorted()).toEqual(
        names.map((name) => `${folder}${kebabCase(name)}.ts`).toSorted(),
      );
    });

    it.each(names)('%s is what its file’s handler runs', (name) => {
      expectHandler(folder, name);
    });

    it.each(eventFunctions)('$name, which events invoke, is no state', ({ folder: home, name }) => {
      expectHandler(`tasks/${home}/`, name);
      expect(text).not.toContain(`\${${name}}`);
    });

    it.each(taskStates)('%s invokes a function by its placeholder only', (_, { Resource, Arguments }) => {
      expect(Resource).toMatch(/^arn:\$\{Partition\}:states:::lambda:invoke(\.waitForTaskToken)?$/);
      expect(names.map((name) => `\${${name}}`)).toContain(Arguments?.FunctionName);
    });

    it('holds no literal account, region or partition', () => {
      expect(text).not.toMatch(/\d{12}/);
      expect(text).not.toMatch(/\b[a-z]{2}(-gov)?-(north|south|east|west|central)[a-z]*-\d/);
      expect(text).not.toMatch(/arn:aws/);
    });
  },
);

describe('the machines and their errors', () => {
  const source = read('tasks/domain/errors.ts');
  const classes = [...source.matchAll(/^export class (\w+) extends KeyturnError/gm)].map(
    ([, name]) => name ?? '',
  );
  const handled = [
    ...new Set(allStates.flatMap(([, { Retry, Catch }]) => [...errorsIn(Retry), ...errorsIn(Catch)])),
  ];
  /** Step Functions' own, Lambda's, and how Lambda reports a process that ran out of time. */
  const foreign = [
    'States.ALL',
    'States.TaskFailed',
    'States.Timeout',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ResourceNotReadyException',
    'Lambda.ENINotReadyException',
    'Lambda.EC2ThrottledException',
    'Lambda.ENILimitReachedException',
    'Lambda.SubnetIPAddressLimitReachedException',
    'Lambda.Unknown',
    'Runtime.ExitError',
    'Runtime.OutOfMemory',
    'Sandbox.Timedout',
  ];

  it('handles no error that isn’t AWS’s or a class of ours', () => {
    const known = [...foreign, ...classes];
    expect(handled.filter((name) => !known.includes(name))).toEqual([]);
    expect(foreign.filter((name) => !handled.includes(name))).toEqual([]);
  });

  it.each(classes)('%s is thrown by a task, under that very name', (name) => {
    expect(source).toMatch(
      new RegExp(`class ${name} extends KeyturnError \\{\\s+override readonly name = '${name}';`),
    );
    const others = filesIn('tasks/').filter((path) => path !== 'tasks/domain/errors.ts');
    expect(others.filter((path) => read(path).includes(`new ${name}(`))).not.toEqual([]);
  });

  const taskStates = machines.flatMap((one) => one.taskStates);
  const catching = [...taskStates, ...machines.flatMap(({ ofType }) => ofType('Map'))];

  it.each(catching)('%s catches what nobody foresaw', (_, { Catch }) => {
    expect(errorsIn(Catch?.slice(-1))).toEqual(['States.ALL']);
  });

  /** What only 0.1.0's machine is told, which may still run: it has one way on for everything. */
  const ofFormerMachines = ['OldKeyBackInUse', 'RollbackWindowOpen'];
  /** The secret may be right again a minute later: tried a few times, as what nobody foresaw. */
  const ofTheSecret = ['SecretUnreadable', 'SecretNotMoved'];

  it('handle every class of ours by its name', () => {
    const unnamed = classes.filter((name) => !handled.includes(name));
    expect(unnamed.toSorted()).toEqual([...ofFormerMachines, ...ofTheSecret].toSorted());
  });

  const wildcards = ['States.ALL', 'States.TaskFailed'];
  const passing = [...foreign.filter((one) => !wildcards.includes(one)), 'AwsUnavailable'].toSorted();
  const ours = (name: string): boolean => classes.includes(name) && name !== 'AwsUnavailable';
  const triesOf = ({ Retry = [] }: State) => Retry.filter(({ MaxAttempts }) => MaxAttempts !== 0);
  const isWait = (name: string): boolean =>
    machines.some(({ tokenWaits }) => tokenWaits.some(([wait]) => wait === name));

  // A wildcard that stands alone takes in all that passes.
  it.each(taskStates.filter(([, state]) => triesOf(state).length > 1))(
    '%s tries again what passes by itself, by every name that AWS has for it',
    (name, state) => {
      const [among, ...more] = triesOf(state).filter(({ ErrorEquals }) =>
        ErrorEquals.includes('AwsUnavailable'),
      );
      expect(more).toEqual([]);
      const names = (among?.ErrorEquals ?? []).filter((one) => !ours(one));
      // A wait for a person ends by its time-out, which is no failure.
      expect(names.toSorted()).toEqual(
        isWait(name) ? passing.filter((one) => one !== 'States.Timeout') : passing,
      );
    },
  );

  it.each(taskStates)('%s tries what nobody foresaw a few times before it counts', (name, { Retry = [] }) => {
    const last = Retry.at(-1);
    expect(last?.ErrorEquals).toEqual([isWait(name) ? 'States.TaskFailed' : 'States.ALL']);
    expect(last?.MaxAttempts).toBeGreaterThan(0);
  });

  /** What a state tries again, in the words of its retriers. */
  const reasonsOf = ({ Retry = [] }: State): string => Retry.map(({ Comment = '' }) => Comment).join(' / ');

  /** States that try again unlike the others of their machine, by kind; their retriers say why. */
  const unlike: Readonly<Record<string, readonly string[]>> = {
    first: ['ClaimUser', 'Assess', 'TakeOver'],
    create: ['ProvisionNewKey'],
    wait: ['AskOwner'],
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
    account: ['SurveyAccount', 'RecordFailure'],
  };
  const kindOf = (state: string): string =>
    Object.entries(unlike).find(([, states]) => states.includes(state))?.[0] ?? 'usual';

  it.each(machines)(
    'say why each error of $name is tried again or not, and mean the same by the same words',
    (one) => {
      const retriers = one.taskStates.flatMap(([, { Retry = [] }]) => Retry);
      for (const { Comment = '' } of retriers) expect(Comment).toMatch(/^[A-Z].{10,}\.$/);
      const alike = new Map(retriers.map((retrier) => [JSON.stringify(retrier), retrier.Comment]));
      expect([...alike.values()].toSorted()).toEqual([...new Set(alike.values())].toSorted());
    },
  );

  it.each(machines)('try again alike in $name, but for the kinds that differ by what they say', (one) => {
    const byKind = new Map<string, Set<string>>();
    for (const [state, definition] of one.taskStates) {
      const reasons = byKind.get(kindOf(state)) ?? new Set();
      byKind.set(kindOf(state), reasons.add(reasonsOf(definition)));
    }
    for (const [kind, reasons] of byKind) expect([...reasons], kind).toHaveLength(1);
    const all = [...byKind.values()].flatMap((reasons) => [...reasons]);
    expect(new Set(all).size).toBe(byKind.size);
  });

  it('name no state among the kinds that isn’t there', () => {
    const named = taskStates.map(([state]) => state);
    expect(
      Object.values(unlike)
        .flat()
        .filter((state) => !named.includes(state)),
    ).toEqual([]);
  });
});

describe.each(machines)('the machine $name', ({ text, states, ofType, taskStates }) => {
  it('is valid by Amazon’s language', () => {
    const load = createRequire(import.meta.url);
    // The package brings no types.
    const validate: (definition: object) => { errorsText(): string } = load('asl-validator');
    // It checks ARNs, and writes into what it checks.
    const filled: object = JSON.parse(text.replaceAll(/\$\{\w+\}/g, 'aws'));
    expect(validate(filled).errorsText()).toBe('');
    expect(validate({ ...filled, StartAt: 'Nowhere' }).errorsText()).not.toBe('');
  });

  it.each(states)('%s says why it is there', (_, { Comment = '' }) => {
    expect(Comment).toMatch(/^[A-Z].{10,}[.?]$/);
  });

  it.each(ofType('Choice'))('%s is a question', (_, { Comment = '' }) => {
    expect(Comment).toContain('?');
  });

  it.each(taskStates)('%s has a time-out', (_, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeDefined();
    if (typeof TimeoutSeconds === 'number') expect(TimeoutSeconds).toBeLessThanOrEqual(900);
  });

  it('is laid out as all are: npm run format:machines', () => {
    expect(text).toBe(formatMachine(text));
  });

  it('ends by itself', () => {
    const { machine } = machines.find((one) => one.text === text) ?? rotation;
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });
});

describe('the sweep', () => {
  it('is over before the next day’s begins', () => {
    expect(sweep.machine.TimeoutSeconds).toBeLessThan(24 * 3600);
  });

  it.each(sweep.ofType('Map'))('%s says how many simultaneously, and how many may fail', (_, map) => {
    // The deployment puts a number in: what is safe depends on the account's Lambda concurrency.
    expect(map.MaxConcurrency).toMatch(/^\{% \$\{Surveys\} %\}$/);
    expect(map.ToleratedFailurePercentage).toBeGreaterThan(0);
    expect(map.ToleratedFailurePercentage).toBeLessThan(100);
  });

  it('waits for nobody', () => {
    expect(sweep.tokenWaits).toEqual([]);
  });
});

describe('the rotation', () => {
  const { machine, text, states, taskStates, tokenWaits } = rotation;

  it('waits for a token in three places, and only there for days', () => {
    expect(tokenWaits.map(([name]) => name).toSorted()).toEqual([
      'AskAboutLeak',
      'AskOwner',
      'OfferRollback',
    ]);
    const byExpression = taskStates.filter(([, { TimeoutSeconds }]) => typeof TimeoutSeconds === 'string');
    expect(byExpression).toEqual(tokenWaits);
  });

  const byName = ['OwnerUnreachable', 'AnotherKeyLeaked'];

  it.each(tokenWaits)(
    '%s ends by itself: its time-out leads on, and is no error to be tried again',
    (_, { Catch = [], Retry }) => {
      expect(Catch[0]?.ErrorEquals).toEqual(['States.Timeout']);
      expect(['MakeSafe', 'IsItALeak']).not.toContain(Catch[0]?.Next);
      expect(isRetried('States.Timeout', Retry)).toBe(false);
    },
  );

  it.each(tokenWaits)('%s isn’t entered again for what ends it by name', (_, { Retry, Catch }) => {
    for (const name of byName) expect(isRetried(name, Retry), name).toBe(false);
    expect(errorsIn(Catch).filter((name) => byName.includes(name))).not.toEqual([]);
  });

  it.each(tokenWaits)(
    '%s is told how long to wait whichever way it is entered',
    (name, { TimeoutSeconds }) => {
      const [, variable = ''] = /^\{% \$(\w+) %\}$/.exec(String(TimeoutSeconds)) ?? [];
      if (Object.hasOwn(machine.States.Begin?.Assign ?? {}, variable)) return;
      const entering = states.flatMap(([from, { Type, Next, Default, Assign, Choices = [], Catch = [] }]) => [
        ...[...Choices, ...Catch].filter((exit) => exit.Next === name).map((exit) => ({ from, ...exit })),
        ...(Next === name || (Type === 'Choice' && Default === name) ? [{ from, Assign }] : []),
      ]);
      expect(entering.length).toBeGreaterThan(1);
      for (const { from, Assign } of entering) expect(Object.keys(Assign ?? {}), from).toContain(variable);
    },
  );

  const ofOwners = tokenWaits.filter(([, { Catch }]) => errorsIn(Catch).includes('OwnerUnreachable'));

  it('asks an owner in two places', () => {
    expect(ofOwners.map(([name]) => name)).toEqual(['AskOwner', 'OfferRollback']);
  });

  it.each(ofOwners)('%s asks others if the mail came back, and comes back to itself', (name, { Catch }) => {
    const next = Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('OwnerUnreachable'))?.Next ?? '';
    expect(machine.States[next]?.Arguments?.FunctionName).toBe(`\${KeepAsking}`);
    expect(machine.States[next]?.Next).toBe(name);
  });

  it('doesn’t create again before IAM shows what the last try did: a minute at least, without jitter', () => {
    const { Retry = [] } = machine.States.ProvisionNewKey ?? {};
    expect(Retry).not.toEqual([]);
    for (const { IntervalSeconds, JitterStrategy } of Retry.filter(({ MaxAttempts }) => MaxAttempts !== 0)) {
      expect(IntervalSeconds).toBeGreaterThanOrEqual(60);
      expect(JitterStrategy ?? 'NONE').toBe('NONE');
    }
  });

  it('creates in one state, and deletes in one', () => {
    const invoking = (name: string) =>
      taskStates
        .filter(([, { Arguments }]) => Arguments?.FunctionName === `\${${name}}`)
        .map(([state]) => state);
    expect(invoking('ProvisionNewKey')).toEqual(['ProvisionNewKey']);
    expect(invoking('DeleteOldKey')).toEqual(['DeleteOldKey']);
    expect(invoking('DeactivateOldKey')).toEqual(['DeactivateOldKey']);
  });

  it('hands no secret and no token on but to whoever waits for it', () => {
    expect(text).not.toMatch(/secretAccessKey/i);
    const withToken = states.filter(([, state]) => JSON.stringify(state).includes('Task.Token'));
    expect(withToken).toEqual(tokenWaits);
  });
});
