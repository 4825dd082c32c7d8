import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { formatMachine } from '../../statemachines/format.ts';
import {
  classes,
  errorsIn,
  filesIn,
  foreign,
  isRetried,
  machines,
  read,
  rotation,
  sweep,
} from './machines.ts';

const allStates = machines.flatMap(({ states }) => states);

describe.each(machines)('the machine $name and its functions', ({ text, taskStates, names }) => {
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
  const handled = [
    ...new Set(allStates.flatMap(([, { Retry, Catch }]) => [...errorsIn(Retry), ...errorsIn(Catch)])),
  ];
  it('handle no error that isn’t AWS’s or a class of ours', () => {
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

  it.each(catching)('%s catches unexpected errors', (_, { Catch }) => {
    expect(errorsIn(Catch?.slice(-1))).toEqual(['States.ALL']);
  });

  /** Errors that only 0.1.0's machine gets, which may still run: it treats all of them alike. */
  const ofFormerMachines = ['OldKeyBackInUse', 'RollbackWindowOpen'];
  /** The secret may be right again a minute later: it is tried a few times, like unexpected errors. */
  const ofTheSecret = ['SecretUnreadable', 'SecretNotMoved'];

  it('handle every class of ours by its name', () => {
    const unnamed = classes.filter((name) => !handled.includes(name));
    expect(unnamed.toSorted()).toEqual([...ofFormerMachines, ...ofTheSecret].toSorted());
  });
});

describe.each(machines)('the machine $name', ({ text, states, ofType, taskStates }) => {
  it('is valid Amazon States Language', () => {
    const load = createRequire(import.meta.url);
    // The package brings no types.
    const validate: (definition: object) => { errorsText(): string } = load('asl-validator');
    // It checks ARNs, and modifies what it checks.
    const filled: object = JSON.parse(text.replaceAll(/\$\{\w+\}/g, 'aws'));
    expect(validate(filled).errorsText()).toBe('');
    expect(validate({ ...filled, StartAt: 'Nowhere' }).errorsText()).not.toBe('');
  });

  it.each(states)('%s says why it is there', (_, { Comment = '' }) => {
    expect(Comment).toMatch(/^[A-Z].{10,}[.?]$/);
  });

  it.each(ofType('Choice'))('%s has a question for a comment', (_, { Comment = '' }) => {
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

  it.each(sweep.ofType('Map'))(
    '%s says how many children run simultaneously, and how many may fail',
    (_, map) => {
      // The deployment puts a number in: what is safe depends on the account's Lambda concurrency.
      expect(map.MaxConcurrency).toMatch(/^\{% \$\{Surveys\} %\}$/);
      expect(map.ToleratedFailurePercentage).toBeGreaterThan(0);
      expect(map.ToleratedFailurePercentage).toBeLessThan(100);
    },
  );

  it('waits for no person', () => {
    expect(sweep.tokenWaits).toEqual([]);
  });
});

describe('the rotation', () => {
  const { machine, text, states, taskStates, tokenWaits } = rotation;

  it('waits for a token in four places, and for days only there', () => {
    expect(tokenWaits.map(([name]) => name).toSorted()).toEqual([
      'AskAboutLeak',
      'AskOwner',
      'OfferRollback',
      'WaitForQuiet',
    ]);
    const byExpression = taskStates.filter(([, { TimeoutSeconds }]) => typeof TimeoutSeconds === 'string');
    expect(byExpression).toEqual(tokenWaits);
  });

  const byName = ['OwnerUnreachable', 'AnotherKeyLeaked'];

  it.each(tokenWaits)(
    '%s ends by itself: its time-out continues the rotation and is never retried',
    (_, { Catch = [], Retry }) => {
      expect(Catch[0]?.ErrorEquals).toEqual(['States.Timeout']);
      expect(['MakeSafe', 'IsItALeak']).not.toContain(Catch[0]?.Next);
      expect(isRetried('States.Timeout', Retry)).toBe(false);
    },
  );

  // Nothing is mailed by the wait of a draining key, so nothing bounces; and no emergency drains.
  const endedByName = tokenWaits.filter(([name]) => name !== 'WaitForQuiet');

  it.each(endedByName)('%s isn’t retried for the errors that end it by name', (_, { Retry, Catch }) => {
    for (const name of byName) expect(isRetried(name, Retry), name).toBe(false);
    expect(errorsIn(Catch).filter((name) => byName.includes(name))).not.toEqual([]);
  });

  it.each(tokenWaits)('%s is told how long to wait, on every way into it', (name, { TimeoutSeconds }) => {
    // The check right before this wait says it in its result.
    if (TimeoutSeconds === '{% $checked.waitSeconds %}') return;
    const [, variable = ''] = /^\{% \$(\w+) %\}$/.exec(String(TimeoutSeconds)) ?? [];
    if (Object.hasOwn(machine.States.Begin?.Assign ?? {}, variable)) return;
    const entering = states.flatMap(([from, { Type, Next, Default, Assign, Choices = [], Catch = [] }]) => [
      ...[...Choices, ...Catch].filter((exit) => exit.Next === name).map((exit) => ({ from, ...exit })),
      ...(Next === name || (Type === 'Choice' && Default === name) ? [{ from, Assign }] : []),
    ]);
    expect(entering.length).toBeGreaterThan(1);
    for (const { from, Assign } of entering) expect(Object.keys(Assign ?? {}), from).toContain(variable);
  });

  const ofOwners = tokenWaits.filter(([, { Catch }]) => errorsIn(Catch).includes('OwnerUnreachable'));

  it('asks an owner in two places', () => {
    expect(ofOwners.map(([name]) => name)).toEqual(['AskOwner', 'OfferRollback']);
  });

  it.each(ofOwners)('%s asks others if the mail bounced, and then waits again', (name, { Catch }) => {
    const next = Catch?.find(({ ErrorEquals }) => ErrorEquals.includes('OwnerUnreachable'))?.Next ?? '';
    expect(machine.States[next]?.Arguments?.FunctionName).toBe(`\${KeepAsking}`);
    expect(machine.States[next]?.Next).toBe(name);
  });

  it('doesn’t create again before IAM shows what the last try did: after at least a minute, without jitter', () => {
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

  it('passes no secret on, and a token only to the task that waits for it', () => {
    expect(text).not.toMatch(/secretAccessKey/i);
    const withToken = states.filter(([, state]) => JSON.stringify(state).includes('Task.Token'));
    expect(withToken).toEqual(tokenWaits);
  });
});
