import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { eventFunctions, kebabCase, rotationFunctions, sweepFunctions } from '../../tasks/manifest.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

interface Handled {
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
function contractOf(name: string, functions: readonly { readonly name: string }[]) {
  const text = read(`statemachines/${name}.asl.json`);
  const machine: Machine = JSON.parse(text);
  const states = statesOf(machine);
  const ofType = (type: string) => states.filter(([, state]) => state.Type === type);
  const taskStates = ofType('Task');
  const tokenWaits = taskStates.filter(([, { Resource = '' }]) => Resource.endsWith('.waitForTaskToken'));
  const names = functions.map((each) => each.name).toSorted();
  return { name, folder: `tasks/${name}/`, text, machine, states, ofType, taskStates, tokenWaits, names };
}

const rotation = contractOf('rotate-user-key', rotationFunctions);
const sweep = contractOf('sweep-organization', sweepFunctions);
const machines = [rotation, sweep];
const allStates = machines.flatMap(({ states }) => states);

const errorsIn = (handlers: readonly Handled[] = []) => handlers.flatMap(({ ErrorEquals }) => ErrorEquals);

/** Whether an error is tried again: the first retrier that names it decides, and one without attempts says no. */
function isRetried(error: string, retry: readonly Handled[] = []): boolean {
  const first = retry.find(({ ErrorEquals }) =>
    ErrorEquals.some((name) => name === error || name === 'States.ALL'),
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

describe.each(machines)('the machine $name and its functions', ({ folder, text, taskStates, names }) => {
  it('names each function that there is, and no other', () => {
    const placeholders = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const named = new Set(placeholders.filter((name) => !['Partition', 'Surveys'].includes(name)));
    expect([...named].toSorted()).toEqual(names);
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
});

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

  const passing = [...foreign.filter((one) => one !== 'States.ALL'), 'AwsUnavailable'].toSorted();
  const ours = (name: string): boolean => classes.includes(name) && name !== 'AwsUnavailable';

  it.each(taskStates)(
    '%s tries again what passes by itself, by every name that AWS has for it',
    (name, { Retry }) => {
      const [among, ...more] = (Retry ?? []).filter(({ ErrorEquals }) =>
        ErrorEquals.includes('AwsUnavailable'),
      );
      expect(more).toEqual([]);
      const names = (among?.ErrorEquals ?? []).filter((one) => !ours(one));
      // A wait for an owner ends by its time-out, which is no failure.
      const waits = machines.some(({ tokenWaits }) => tokenWaits.some(([wait]) => wait === name));
      expect(names.toSorted()).toEqual(waits ? passing.filter((one) => one !== 'States.Timeout') : passing);
    },
  );

  it.each(taskStates)('%s tries what nobody foresaw a few times before it counts', (_, { Retry = [] }) => {
    const last = Retry.at(-1);
    expect(last?.ErrorEquals).toEqual(['States.ALL']);
    expect(last?.MaxAttempts).toBeGreaterThan(0);
  });

  /** States whose retriers differ from the others', and why. */
  const unlike: Readonly<Record<string, string>> = {
    ProvisionNewKey: 'A create is sent again only once IAM shows what the last one did.',
    AskOwner: 'Its time-out is the next reminder’s.',
    OfferRollback: 'Its time-out is the window’s end.',
    SurveyAccount: 'The other accounts wait for it, and the next sweep comes tomorrow.',
    RecordFailure: 'The other accounts wait for it.',
  };

  it('try again alike in each machine, but for the states that say why not', () => {
    for (const { name, taskStates } of machines) {
      const alike = taskStates.filter(([state]) => !Object.hasOwn(unlike, state));
      const kinds = new Set(alike.map(([, { Retry }]) => JSON.stringify(Retry)));
      expect(kinds.size, name).toBe(1);
      const others = taskStates.filter(([state]) => Object.hasOwn(unlike, state));
      for (const [state, { Retry }] of others) expect(kinds, state).not.toContain(JSON.stringify(Retry));
    }
    const named = taskStates.map(([state]) => state);
    expect(Object.keys(unlike).filter((state) => !named.includes(state))).toEqual([]);
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

  it('ends by itself', () => {
    const { machine } = machines.find((one) => one.text === text) ?? rotation;
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });
});

describe('the sweep', () => {
  it('is over before the next day’s begins', () => {
    expect(sweep.machine.TimeoutSeconds).toBeLessThan(24 * 3600);
  });

  it.each(sweep.ofType('Map'))('%s says how many at once, and how many may fail', (_, map) => {
    expect(map.MaxConcurrency).toBeLessThanOrEqual(1000);
    expect(map.ToleratedFailurePercentage).toBeGreaterThan(0);
    expect(map.ToleratedFailurePercentage).toBeLessThan(100);
  });

  it('waits for nobody', () => {
    expect(sweep.tokenWaits).toEqual([]);
  });
});

describe('the rotation', () => {
  const { machine, text, states, taskStates, tokenWaits } = rotation;

  it('waits for a token in two places, and only there for days', () => {
    expect(tokenWaits.map(([name]) => name)).toEqual(['AskOwner', 'OfferRollback']);
    const byExpression = taskStates.filter(([, { TimeoutSeconds }]) => typeof TimeoutSeconds === 'string');
    expect(byExpression).toEqual(tokenWaits);
  });

  it.each(tokenWaits)(
    '%s ends by itself: its time-out leads on, and is no error to be tried again',
    (_, state) => {
      const { Catch = [], Retry, TimeoutSeconds } = state;
      expect(TimeoutSeconds).toBe('{% $waitSeconds %}');
      expect(Catch[0]?.ErrorEquals).toEqual(['States.Timeout']);
      expect(Catch[0]?.Next).not.toBe('MakeSafe');
      expect(isRetried('States.Timeout', Retry)).toBe(false);
      expect(isRetried('OwnerUnreachable', Retry)).toBe(false);
    },
  );

  it.each(tokenWaits)('%s is told how long to wait wherever it is entered', (name) => {
    const entering = states.flatMap(([from, { Type, Next, Default, Assign, Choices = [], Catch = [] }]) => [
      ...[...Choices, ...Catch].filter((exit) => exit.Next === name).map((exit) => ({ from, ...exit })),
      ...(Next === name || (Type === 'Choice' && Default === name) ? [{ from, Assign }] : []),
    ]);
    expect(entering.length).toBeGreaterThan(1);
    for (const { from, Assign } of entering) expect(Object.keys(Assign ?? {}), from).toContain('waitSeconds');
  });

  it.each(tokenWaits)(
    '%s asks others where the mail came back, and comes back to itself',
    (name, { Catch }) => {
      const next = Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('OwnerUnreachable'))?.Next ?? '';
      expect(machine.States[next]?.Arguments?.FunctionName).toBe(`\${KeepAsking}`);
      expect(machine.States[next]?.Next).toBe(name);
    },
  );

  it('doesn’t create again before IAM shows what the last try did: a minute at least, without jitter', () => {
    const { Retry = [] } = machine.States.ProvisionNewKey ?? {};
    expect(Retry).not.toEqual([]);
    for (const { IntervalSeconds, JitterStrategy } of Retry) {
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
