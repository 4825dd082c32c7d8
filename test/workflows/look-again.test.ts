import { describe, expect, it } from 'vitest';
import { hour } from '../../tasks/domain/time.ts';
import { Life } from './life.ts';

const look = (life: Life, link?: string): Promise<Response> => life.owner.lookAgain(link);

/** Every call from now on, with the role that made it. */
function callsOf(life: Life): string[] {
  const calls: string[] = [];
  life.world.aws.onCall(({ service, operation, caller }) => {
    calls.push(`${caller.via ?? caller.roleName}: ${service}:${operation}`);
  });
  return calls;
}

async function asked(options?: Parameters<typeof Life.begin>[0]): Promise<Life> {
  const life = await Life.begin(options);
  await life.start();
  return life;
}

describe('an owner who looks again', () => {
  it('sees the use of the new key as of now, and how late AWS may be', async () => {
    const life = await asked();
    await life.owner.install();
    await life.days(1);
    const link = life.owner.link('confirm');
    expect(await life.owner.open(link)).not.toMatch(/New key last used[\s\S]{0,80}2026-03-03/);
    const response = await look(life, link);
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page).toMatch(/New key last used<\/t[hd]>|New key last used/);
    expect(page).toContain('Looked at 2026-03-03 08:00 UTC');
    expect(page).toContain('AWS reports a use with a delay');
    expect(page).toContain('name="keyEnd"');
  });

  it('sees it of a key that is inactive in its window, too', async () => {
    const life = await Life.inWindow();
    const response = await look(life, life.owner.link('rollBack'));
    expect(await response.text()).toContain('Looked at ');
  });

  it('decides nothing, however often', async () => {
    const life = await asked();
    for (let times = 0; times < 10; times += 1) await look(life);
    await life.world.clock.settle();
    expect(life.stands).toBe('AskOwner');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('has IAM asked by the function that may read, never by the web app', async () => {
    const life = await asked();
    const calls = callsOf(life);
    await look(life);
    expect(calls).toContain('keyturn-owner-pages: lambda:Invoke');
    expect(calls.filter((call) => call.includes('iam:'))).toEqual([
      'keyturn-check-use: iam:GetAccessKeyLastUsed',
      'keyturn-check-use: iam:GetAccessKeyLastUsed',
    ]);
  });

  it('costs at most six looks an hour for each question, whichever link is used', async () => {
    const life = await asked();
    const calls = callsOf(life);
    let last = '';
    for (let times = 0; times < 9; times += 1) {
      const link = life.owner.link(times % 2 === 0 ? 'confirm' : 'rollBack');
      last = await (await look(life, link)).text();
    }
    expect(calls.filter((call) => call.endsWith('lambda:Invoke'))).toHaveLength(6);
    expect(last).toContain('You have looked often within this hour');
    await life.world.clock.advance(hour);
    expect(await (await look(life)).text()).toContain('Looked at 2026-03-02 09:00 UTC');
  });

  it.each(['lambda:InvokeFunction', 'sts:AssumeRole'])(
    'is told if AWS refuses %s, and can still answer',
    async (denied) => {
      const life = await asked();
      life.world.aws.guardrail(denied);
      const response = await look(life);
      expect(response.status).toBe(200);
      const page = await response.text();
      expect(page).toContain('AWS did not answer. The table above is from before.');
      expect(page).toContain('name="keyEnd"');
    },
  );

  it('is told that IAM could not say, which counts as in use', async () => {
    const life = await asked();
    life.world.aws.guardrail('iam:GetAccessKeyLastUsed');
    expect(await (await look(life)).text()).toContain('so it counts as in use');
  });
});

it('opening the page costs no call to IAM and no function, even if a scanner opens every link', async () => {
  const life = await asked();
  const calls = callsOf(life);
  for (const decision of ['confirm', 'moreTime', 'rollBack'] as const) {
    await life.world.ownerApp.request(life.owner.link(decision), { method: 'HEAD' });
    await life.owner.open(life.owner.link(decision));
  }
  expect(calls.filter((call) => /iam:|lambda:|sts:/.test(call))).toEqual([]);
});

it('looking again after the answer shows the answer', async () => {
  const life = await Life.confirmed();
  const response = await look(life);
  expect(response.status).toBe(409);
});
