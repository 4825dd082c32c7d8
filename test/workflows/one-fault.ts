import { expect } from 'vitest';
import type { Fault } from '../../local/aws/types.ts';
import { isStored } from '../../local/watcher/secrets.ts';
import type { Life } from './life.ts';
import { answer, isByTask, isChange, liveWith, type Path, placesIn, sampled, shortDays } from './places.ts';

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

/** Checks that a crash after the first call of a group and one after the last leave the same, for a sample of groups. */
export async function expectSameCrashes(): Promise<void> {
  // What a stale read shows is drawn for each read, so it differs by how many there were.
  const path = { ...everyCall, options: { tags, consistencySeconds: 0 }, live };
  const { crashes } = await placesIn(path);
  const groups = crashes.filter(({ length }) => length > 1);
  expect(groups.length).toBeGreaterThan(20);
  for (const group of sampled(groups, 4)) {
    const [first, last] = [group[0], group.at(-1)];
    const lives = [first, last].map((at) =>
      liveWith(path, (number) => (number === at ? 'crashAfter' : undefined)),
    );
    const [one, other] = await Promise.all(lives.map(async (life) => whatHappenedIn(await life)));
    expect(one, `crashes after the calls ${first} and ${last}`).toEqual(other);
  }
}

/** Every event with its time, and every mail; not the keys' IDs, which are random. */
const whatHappenedIn = ({ rotations, world }: Life) => ({
  events: rotations.map(({ history }) => history.map(({ type, timestamp }) => [type, timestamp])),
  mails: world.aws.mails.map(({ subject, sentAt }) => [subject, sentAt]),
  violations: world.watcher.violations,
});

async function survive({ fault, calls }: RepeatedFault, setting: Setting, least: number): Promise<void> {
  const path = { ...setting, live };
  const { places, crashes, life: undisturbed } = await placesIn(path);
  expect(undisturbed.stands).toBe('completed');
  expect(places.length).toBeGreaterThan(least);
  const tried = fault === 'crashAfter' ? crashes.map(([first]) => first) : places;
  for (const at of tried) {
    if (at === undefined) continue;
    const life = await liveWith(path, (number) => (number >= at && number < at + calls ? fault : undefined));
    await expectUnharmed(life, `${calls} x ${fault} at call ${at}`);
  }
}
