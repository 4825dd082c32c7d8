import { expect } from 'vitest';
import type { Fault } from '../../local/aws/types.ts';
import { isStored } from '../../local/watcher/secrets.ts';
import type { Life } from './life.ts';
import { answer, isByTask, isChange, liveWith, type Path, placesIn, shortDays } from './places.ts';

type Setting = Omit<Path, 'live'>;

const tags = shortDays;

const everyCall: Setting = { options: { tags }, isMeant: isByTask };

/** Every call that changes something: for any other call, a lost answer is the same as a refusal. */
const everyChange: Setting = { options: { tags }, isMeant: (call) => isByTask(call) && isChange(call) };

/** The calls for the user's secret in central storage. */
const secretInCentral: Setting = {
  options: { tags, settings: { storage: 'central' } },
  isMeant: (call) =>
    isByTask(call) && call.service === 'secretsmanager' && call.input.SecretId !== 'keyturn/link-key',
};

/** A rotation with everything in it: asked, confirmed, rolled back in the window, confirmed again, deleted. */
async function live(life: Life): Promise<void> {
  await life.start({}, 'by-hand');
  await life.days(4);
  await answer(life, () => life.confirm());
  await life.days(4);
  await answer(life, () => life.owner.rollBack('the nightly job broke'));
  await life.days(2);
  await answer(life, () => life.owner.confirm());
  await life.days(12);
}

/** A fault that lasts for that many calls; four are one more than the SDK tries. */
export interface RepeatedFault {
  readonly fault: Fault;
  readonly calls: 1 | 4;
}

/** Checks what holds after any fault: the promise, a working application, no orphan, no silence, and a way to continue. */
async function expectUnharmed(life: Life, where: string): Promise<void> {
  const { watcher, aws } = life.world;
  expect(watcher.violations, where).toEqual([]);
  const installed = life.user.usages.findLast(({ until }) => until === undefined)?.keyId;
  expect(life.user.keys.find(({ id }) => id === installed)?.status, `${where}: the application's key`).toBe(
    'Active',
  );
  const made = life.user.keys.filter(({ createdBy }) => createdBy.includes('keyturn-member'));
  for (const key of made) expect(isStored(key, aws), `${where}: ${key.id} is stored`).toBe(true);
  if (life.stands !== 'completed') {
    expect(life.subjects.join(), where).toMatch(/Rotation failed|Needs attention/);
    await life.start({}, 'again');
    await life.days(1);
    await answer(life, () => life.confirm());
    await life.days(20);
  }
  expect(life.stands, where).toBe('completed');
  expect(watcher.violations, where).toEqual([]);
  expect(life.keys, where).toEqual(['Active']);
}

/** Runs that rotation once for every place in it, with the trouble there. */
export const surviveEverywhere = (trouble: RepeatedFault): Promise<void> => survive(trouble, everyCall, 60);

/** Runs it for the calls that change something. */
export const surviveAtChanges = (trouble: RepeatedFault): Promise<void> => survive(trouble, everyChange, 20);

/** Runs it in central storage, for the calls that differ there. */
export const surviveInCentralStorage = (trouble: RepeatedFault): Promise<void> =>
  survive(trouble, secretInCentral, 20);

async function survive({ fault, calls }: RepeatedFault, setting: Setting, least: number): Promise<void> {
  const path = { ...setting, live };
  const { places, life: undisturbed } = await placesIn(path);
  expect(undisturbed.stands).toBe('completed');
  expect(places.length).toBeGreaterThan(least);
  for (const at of places) {
    const life = await liveWith(path, (number) => (number >= at && number < at + calls ? fault : undefined));
    await expectUnharmed(life, `${calls} x ${fault} at call ${at}`);
  }
}
