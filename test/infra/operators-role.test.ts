import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, inject, it } from 'vitest';
import { answerCommand } from '../../cli/acting/answer.ts';
import { auditCommand } from '../../cli/acting/audit.ts';
import { leakCommand } from '../../cli/acting/leak.ts';
import { rollbackCommand } from '../../cli/acting/rollback.ts';
import { rotateCommand } from '../../cli/acting/rotate.ts';
import { stopCommand } from '../../cli/acting/stop.ts';
import { ownerCommand } from '../../cli/acting/tags.ts';
import type { CommandSpec, OptionValues } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { clientDefaults } from '../../local/world/lambda.ts';
import { centralAccountId } from '../../local/world/organization.ts';
import { accountId, Life, userName } from '../workflows/life.ts';
import { example } from './synthesized.ts';
import { actionsOf } from './used.ts';

const role = 'keyturn-operator';
const who = { by: 'Jane Doe', reason: 'INC-4711', yes: true };

/** Runs a command in a session of the operators' role, and nothing else. */
async function run(life: Life, spec: CommandSpec, args: readonly string[], options: OptionValues = {}) {
  const { world } = life;
  const aws = clientDefaults(world.aws, world.settings.region, role);
  const context: Context = {
    deployment: parseDeployment({ ...example, account: centralAccountId, region: 'eu-west-1', mode: 'live' }),
    ...{
      from: 'keyturn.json',
      partition: 'aws',
      caller: role,
      local: undefined,
      assume: undefined,
      isDryRun: false,
    },
    access: () => aws,
    aws,
    stepFunctions: new SFNClient(aws),
    machines: {
      rotation: world.stateMachineArn.replace(/:live$/, ''),
      sweep: world.sweepMachineArn.replace(/:live$/, ''),
    },
    now: () => Promise.resolve(world.clock.now()),
    sleep: () => world.clock.advance(1000),
    during: (_, work) => work(() => {}),
    terminal: { stdout: { write: () => true }, stderr: { write: () => true } },
  };
  const { result } = await spec.run({ context, args, options, say: () => {} });
  await world.clock.settle();
  return result;
}

describe('the operators’ role', () => {
  const policies = inject('deployed').member.policies.find(([name]) => name === role)?.[1] ?? [];
  const allowed = policies.flatMap(actionsOf);
  const at = `${accountId}/${userName}`;

  it('is enough for the commands that act, and is allowed little that they never do', async () => {
    const life = await Life.begin();
    const used = new Set<string>();
    life.world.aws.onCall(({ service, operation, caller, implied }) => {
      if (caller.roleName === role) for (const one of [`${service}:${operation}`, ...implied]) used.add(one);
    });
    expect(await run(life, rotateCommand, [at])).toMatchObject({ state: 'started' });
    expect(await run(life, answerCommand, [at, 'confirm'], who)).toMatchObject({ state: 'taken' });
    expect(await run(life, stopCommand, [at], who)).toMatchObject({ state: 'stopped' });
    const change = { by: 'Jane Doe' };
    expect(await run(life, ownerCommand, [at, 'per@example.com'], change)).toMatchObject({
      state: 'changed',
    });
    expect(await run(life, rollbackCommand, [at], who)).toMatchObject({ state: 'nothing' });
    const leaked = life.oldKey.id;
    expect(await run(life, leakCommand, [leaked], { user: userName })).toMatchObject({ state: 'inactive' });
    expect(await run(life, auditCommand, [], { wait: '1' })).toMatchObject({ state: 'done' });
    const reading = ['s3:GetObject', 's3:ListBucket'];
    expect(allowed.filter((action) => !used.has(action) && !reading.includes(action))).toEqual([]);
  });

  it('may do nothing to a key, a user or a secret, nor enter another account', () => {
    expect(
      allowed.filter((action) => /^(iam|secretsmanager|organizations):|^sts:Assume/.test(action)),
    ).toEqual([]);
  });
});
