import { expect } from 'vitest';
import type { Call, Fault } from '../../local/aws/types.ts';
import { isStored } from '../../local/watcher/secrets.ts';
import { Life, type LifeOptions } from './life.ts';

/** Calls by the machine's tasks; the owners' web app is no task, and nothing tries it again but its reader. */
const isByTask = ({ caller }: Call): boolean =>
  caller.kind === 'role' && /^keyturn-(?!owner-pages$)/.test(caller.roleName ?? '');

/** Calls that leave something changed. */
const isChange = ({ operation }: Call): boolean =>
  /^(Create|Delete|Put|Send|Start|Tag|Untag|Update)/.test(operation);

/** Where secrets are kept, and which calls it is about. */
interface Setting {
  readonly options: LifeOptions;
  readonly isMeant: (call: Call) => boolean;
}

/** As short as they may be, for every look of a day makes each of the lives longer. */
const tags = { 'keyturn:quiet-days': '2', 'keyturn:window-days': '3' };

const everyCall: Setting = { options: { tags }, isMeant: isByTask };

/** Whether the answer to any other call is lost or a refusal, nothing was done. */
const everyChange: Setting = { options: { tags }, isMeant: (call) => isByTask(call) && isChange(call) };

/** The calls for the user's secret where it is kept centrally. */
const secretInCentral: Setting = {
  options: { tags, settings: { storage: 'central' } },
  isMeant: (call) =>
    isByTask(call) && call.service === 'secretsmanager' && call.input.SecretId !== 'keyturn/link-key',
};

/** A life with everything in it: asked, confirmed, rolled back in the window, confirmed again, deleted. */
async function live(life: Life): Promise<void> {
  await life.start({}, 'by-hand');
  await life.days(4);
  await answer(life, async () => {
    await life.owner.install();
    return life.owner.confirm();
  });
  await life.days(4);
  await answer(life, () => life.owner.rollBack('the nightly job broke'));
  await life.days(2);
  await answer(life, () => life.owner.confirm());
  await life.days(12);
}

/** An owner who can't answer, because no mail came or the page failed, doesn't. */
async function answer(life: Life, act: () => Promise<Response>): Promise<void> {
  await Promise.resolve()
    .then(act)
    .catch(() => undefined);
  await life.world.clock.settle();
}

/** A fault that lasts for so many calls; four are one more than the SDK tries. */
export interface Trouble {
  readonly fault: Fault;
  readonly calls: 1 | 4;
}

/** Runs that life with the trouble from the so-manieth call on that a task makes. */
async function liveWith(
  { fault, calls: length }: Trouble,
  at: number,
  { options, isMeant }: Setting,
): Promise<Life> {
  const life = await Life.begin({ consistencySeconds: 5, ...options });
  let calls = 0;
  life.world.aws.inject((call) => {
    if (!isMeant(call)) return undefined;
    calls += 1;
    return calls >= at && calls < at + length ? fault : undefined;
  });
  await live(life);
  life.world.aws.inject(undefined);
  return life;
}

/**
 * Where to make trouble: at every call, but between two changes at the first and the last that one role makes of an
 * operation. Between them are only the looks of the days between, which find the world as the first one did.
 * @returns numbers of calls, counted from 1, in order
 */
async function placesIn({ options, isMeant }: Setting): Promise<number[]> {
  const life = await Life.begin({ consistencySeconds: 5, ...options });
  const firstAndLast = new Map<string, [first: number, last: number]>();
  let calls = 0;
  let changes = 0;
  life.world.aws.onCall((call) => {
    if (isMeant(call)) {
      calls += 1;
      const kind = [changes, call.caller.roleName, call.service, call.operation].join(' ');
      firstAndLast.set(kind, [firstAndLast.get(kind)?.[0] ?? calls, calls]);
    }
    if (isChange(call)) changes += 1;
  });
  await live(life);
  expect(life.stands).toBe('completed');
  return [...new Set([...firstAndLast.values()].flat())].sort((a, b) => a - b);
}

/** What holds after any fault: the promise, a working application, no orphan, no silence, and a way on. */
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
    await answer(life, async () => {
      await life.owner.install();
      return life.owner.confirm();
    });
    await life.days(20);
  }
  expect(life.stands, where).toBe('completed');
  expect(watcher.violations, where).toEqual([]);
  expect(life.keys, where).toEqual(['Active']);
}

/** Lives that life once for every place in it, with the trouble there. */
export const surviveEverywhere = (trouble: Trouble): Promise<void> => survive(trouble, everyCall, 60);

/** The same for the calls that change something. */
export const surviveAtChanges = (trouble: Trouble): Promise<void> => survive(trouble, everyChange, 20);

/** The same in central storage, for the calls that this storage makes otherwise. */
export const surviveInCentralStorage = (trouble: Trouble): Promise<void> =>
  survive(trouble, secretInCentral, 20);

async function survive(trouble: Trouble, setting: Setting, least: number): Promise<void> {
  const places = await placesIn(setting);
  expect(places.length).toBeGreaterThan(least);
  for (const at of places) {
    const life = await liveWith(trouble, at, setting);
    await expectUnharmed(life, `${trouble.calls} x ${trouble.fault} at call ${at}`);
  }
}
