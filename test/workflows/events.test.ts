import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { BusEvent } from '../../local/aws/bus-event.ts';
import { eventSchemas } from '../../tasks/domain/events/event.ts';
import { Life, type LifeOptions } from './life.ts';

const on: LifeOptions = { settings: { events: true } };
const eventsOf = ({ world }: Life): readonly BusEvent[] => world.aws.buses.get('keyturn') ?? [];
const namesOf = (life: Life): string[] => eventsOf(life).map((event) => event['detail-type']);
const detailSchema = z.looseObject({ version: z.literal('1'), id: z.string() });
const detailsOf = (life: Life, name: string) =>
  eventsOf(life)
    .filter((event) => event['detail-type'] === name)
    .map(({ detail }) => detailSchema.parse(detail));

describe('events for other systems', () => {
  it('follow a rotation from its new key to the deletion of the old one', async () => {
    const life = await Life.confirmed(on);
    await life.days(40);
    expect(life.stands).toBe('completed');
    expect(namesOf(life)).toEqual([
      'Key ready',
      'Owner asked',
      'Confirmed',
      'Key deactivated',
      'Key deleted',
    ]);
    const [event] = eventsOf(life);
    const executionArn = life.rotation.arn;
    expect(event).toMatchObject({ source: 'keyturn', resources: [executionArn], account: '111111111111' });
    expect(event?.detail).toMatchObject({
      ...{ version: '1', accountId: '222222222222', userName: 'deploy-bot', executionArn },
    });
  });

  it('have no link, no task token and no end of a key’s ID', async () => {
    const life = await Life.confirmed(on);
    const ids = life.user.keys.map(({ id }) => id);
    await life.days(40);
    const text = JSON.stringify(eventsOf(life));
    expect(text).toContain('…');
    expect(text).not.toMatch(/https?:|token|answer\//i);
    for (const id of ids) expect(text).not.toContain(id.slice(-4));
  });

  it('follow a rollback in the window', async () => {
    const life = await Life.inWindow(on);
    await life.rollBack('the nightly job broke');
    await life.days(1);
    expect(namesOf(life).slice(-2)).toEqual(['Rolled back', 'Owner asked']);
    expect(detailsOf(life, 'Rolled back')).toMatchObject([{ stage: 'window' }]);
    expect(detailsOf(life, 'Owner asked')).toMatchObject([{ round: 1 }, { round: 2 }]);
    expect(JSON.stringify(eventsOf(life))).not.toContain('nightly');
  });

  it('follow a rollback before anything was deactivated, until the new key is gone', async () => {
    const life = await Life.begin(on);
    await life.start();
    await life.rollBack('not this month');
    await life.days(40);
    expect(namesOf(life)).toEqual([
      'Key ready',
      'Owner asked',
      'Rolled back',
      'Key deactivated',
      'Key deleted',
    ]);
    expect(detailsOf(life, 'Rolled back')).toMatchObject([{ stage: 'ask' }]);
  });

  it('say that nobody answered', async () => {
    const life = await Life.begin(on);
    await life.start();
    await life.days(40);
    expect(detailsOf(life, 'Owner asked').map(({ reminder }) => reminder)).toEqual([0, 1, 2, 3, 4]);
    expect(detailsOf(life, 'Escalated')).toMatchObject([{ cause: 'silence' }]);
  });

  it('say that a key has leaked, and that it is inactive', async () => {
    const life = await Life.begin(on);
    const leaked = life.oldKey.id;
    await life.start({ action: 'emergency', keyId: leaked });
    await life.days(1);
    expect(namesOf(life)).toEqual(expect.arrayContaining(['Key leaked', 'Key ready', 'Key deactivated']));
    expect(detailsOf(life, 'Key leaked')[0]).toMatchObject({ keyId: leaked });
  });

  it('say that a leaked key is still active', async () => {
    const life = await Life.begin({ ...on, expectViolations: true });
    life.world.aws.guardrail('iam:UpdateAccessKey');
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    await life.days(2);
    expect(detailsOf(life, 'Escalated')).toContainEqual(
      expect.objectContaining({ cause: 'leakStillActive' }),
    );
  });

  it('say who approved instead of the owner, but not by which name', async () => {
    const life = await Life.begin(on);
    await life.start({ override: { by: 'carla.rossi', reason: 'the team is gone' } });
    await life.days(1);
    expect(detailsOf(life, 'Confirmed')).toMatchObject([{ by: 'operator' }]);
    expect(JSON.stringify(eventsOf(life))).not.toContain('carla');
  });

  it('say that a rotation failed, in which state and by which error', async () => {
    const life = await Life.begin({ ...on, unrestricted: true });
    life.world.aws.guardrail('iam:CreateAccessKey');
    await life.start();
    await life.days(1);
    expect(detailsOf(life, 'Rotation failed')).toMatchObject([
      { stage: 'ProvisionNewKey', userName: 'deploy-bot', error: expect.any(String) },
    ]);
  });

  it('of a failure pass on only the valid parts of the input', async () => {
    const life = await Life.begin(on);
    await life.start({ userName: 'a b <script>' });
    await life.days(1);
    const [failed] = detailsOf(life, 'Rotation failed');
    expect(failed).toMatchObject({ accountId: '222222222222', error: 'InvalidInput' });
    expect(failed).not.toHaveProperty('userName');
  });

  it('are each valid by the schema of their name', async () => {
    const life = await Life.inWindow(on);
    await life.rollBack('no');
    await life.days(60);
    for (const { 'detail-type': name, detail } of eventsOf(life)) {
      expect(Object.keys(eventSchemas)).toContain(name);
      expect(Object.keys(detail)).toEqual(expect.arrayContaining(['version', 'id', 'at', 'accountId']));
    }
  });
});

describe('without the setting', () => {
  it('there are no events, no calls and no lines for them', async () => {
    const life = await Life.begin();
    const services = new Set<string>();
    life.world.aws.onCall(({ service }) => void services.add(service));
    await life.start();
    await life.confirm();
    await life.days(40);
    expect(eventsOf(life)).toEqual([]);
    expect(services.has('events')).toBe(false);
  });
});

describe('an event bus that refuses events', () => {
  it('delays and fails no rotation, and what was lost is in the dead letters', async () => {
    const life = await Life.begin(on);
    life.world.aws.guardrail('events:PutEvents');
    await life.start();
    await life.confirm();
    await life.days(40);
    expect(life.stands).toBe('completed');
    expect(eventsOf(life)).toEqual([]);
    expect(life.world.deadLetters.map(({ functionName }) => functionName)).toEqual(
      Array.from({ length: 5 }, () => 'PublishEvents'),
    );
  });

  it('gets them a minute later once it accepts them again, under the same IDs', async () => {
    const life = await Life.begin(on);
    const end = life.world.aws.guardrail('events:PutEvents');
    await life.start();
    await life.world.clock.advance(20_000);
    end();
    await life.days(1);
    expect(namesOf(life)).toEqual(['Key ready', 'Owner asked']);
    expect(life.world.deadLetters).toEqual([]);
  });
});
