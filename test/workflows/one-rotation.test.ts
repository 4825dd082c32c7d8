import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { rotationTag } from '../../tasks/domain/tags.ts';
import { accountId, Life, outcomeIn, userName } from './life.ts';

const name = (attempt: number): string => `${accountId}-${userName}-${attempt}`;
/** Days that the withdrawal of a key takes. */
const leaving = 20;
const outcomes = (life: Life): (string | undefined)[] =>
  [...life.world.engine.executions.values()].map(({ output }) => outcomeIn(output)).sort();

describe('one rotation per user', () => {
  it('a start under any name delegates to the execution with the user’s name', async () => {
    const life = await Life.begin();
    await life.start();
    await life.start({}, 'by-hand');
    expect(life.rotations.map((rotation) => rotation.name)).toEqual([name(1)]);
    expect(outcomes(life)).toEqual(['handedOn', 'handedOn', undefined]);
  });

  it('a start under the user’s own name is the rotation', async () => {
    const life = await Life.begin();
    await life.start({}, name(1));
    expect(outcomes(life)).toEqual([undefined]);
    expect(life.stands).toBe('AskOwner');
  });

  it('a second start while one runs names that one and changes nothing', async () => {
    const life = await Life.begin();
    await life.start();
    const keys = life.user.keys.map(({ id }) => id);
    const arn = await life.start();
    const second = life.world.engine.execution(arn);
    expect(JSON.parse(second.output ?? '')).toMatchObject({
      outcome: 'handedOn',
      rotation: life.rotation.arn,
    });
    expect(life.user.keys.map(({ id }) => id)).toEqual(keys);
    expect(life.subjects).toHaveLength(1);
  });

  it('two simultaneous starts become one', async () => {
    const life = await Life.begin();
    const input = JSON.stringify({ accountId, userName });
    const starts = [undefined, undefined, 'a', 'b', name(1)].map((given) =>
      life.operator.send(
        new StartExecutionCommand({
          stateMachineArn: life.world.stateMachineArn,
          input,
          ...(given === undefined ? {} : { name: given }),
        }),
      ),
    );
    await Promise.all(starts);
    await life.world.clock.settle();
    expect(life.rotations.map((rotation) => rotation.name)).toEqual([name(1)]);
    expect(life.user.keys).toHaveLength(2);
  });

  it.each([
    [1, 2],
    [2, 1],
  ])('two simultaneous starts under the names of attempts %i and %i become one', async (first, second) => {
    const life = await Life.begin({ executionLagSeconds: 0 });
    const input = JSON.stringify({ accountId, userName });
    const { stateMachineArn } = life.world;
    await Promise.all(
      [first, second].map((attempt) =>
        life.operator.send(new StartExecutionCommand({ stateMachineArn, input, name: name(attempt) })),
      ),
    );
    await life.days(1 / 24);
    expect(life.rotations).toHaveLength(1);
    expect(life.stands).toBe('AskOwner');
  });

  it('a start with another input while one runs delegates too', async () => {
    const life = await Life.begin();
    await life.start();
    await life.start({ override: { by: 'Jane', reason: 'in a hurry' } });
    expect(life.rotations).toHaveLength(1);
    expect(life.stands).toBe('AskOwner');
  });

  it('a start after a rolled-back one is the next attempt', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.rollBack('not now');
    await life.days(leaving);
    await life.start();
    expect(life.rotations.map((rotation) => rotation.name)).toEqual([name(1), name(2)]);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
  });

  it('a number that skips one starts no second rotation at the same time', async () => {
    const life = await Life.begin();
    await life.start();
    await life.start({}, name(7));
    expect(outcomes(life).filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(life.rotations.map((rotation) => rotation.name)).toEqual([name(1)]);
  });

  it('a name that was freed after 90 days is not used twice: the tag on the user remembers', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.rollBack('not now');
    await life.days(leaving + 91);
    expect(life.world.engine.executions.size).toBe(0);
    await life.start();
    // Perhaps the marked one has only just started: that is cleared up within a minute.
    await life.days(1 / 24);
    expect(life.rotation.name).toBe(name(2));
  });

  it.each([
    'oldKeyInDailyUse',
    // Its retirement makes no key whose description could name it.
    'twoKeysOneUnused',
  ] as const)('if the tag was lost too, the running one is found by its name: %s', async (situation) => {
    const life = await Life.begin({ situation });
    await life.start();
    await life.owner.rollBack('not now');
    await life.days(leaving + 85);
    await life.start();
    await life.days(6);
    life.user.tags.delete(rotationTag);
    await life.start();
    expect(life.rotations.map((rotation) => rotation.name)).toEqual([name(2)]);
    expect(outcomes(life)).toEqual(['handedOn', 'handedOn', undefined]);
    expect(life.stands).toBe('AskOwner');
  });

  it('a rotation that failed before it could mark the user allows the next number', async () => {
    const life = await Life.begin();
    life.world.aws.inject((call) => (call.operation === 'DescribeAccount' ? 'denied' : undefined));
    await life.start({}, name(1));
    await life.days(1);
    life.world.aws.inject(undefined);
    await life.start();
    expect(life.rotations.map((rotation) => rotation.status)).toEqual(['FAILED', 'RUNNING']);
    expect(life.rotation.name).toBe(name(2));
  });
});
