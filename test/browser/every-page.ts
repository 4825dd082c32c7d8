import type * as z from 'zod';
import { Owner } from '../../local/world/owner.ts';
import { createWorld, type World } from '../../local/world/world.ts';
import { brandSchema } from '../../tasks/domain/settings/brand.ts';
import type { Page } from '../../tasks/messages/document.ts';
import { pagesFor } from '../../tasks/messages/pages.ts';
import { renderPage } from '../../tasks/presentation/page.ts';
import { executionArn } from '../tasks/ids.ts';

const accountId = '222222222222';

async function start(world: World, userName: string, request: object = {}): Promise<Owner> {
  const owner = new Owner(world, accountId, userName);
  const { stateMachineArn } = world;
  const input = JSON.stringify({ accountId, userName, ...request });
  world.engine.startExecution({ stateMachineArn, input });
  await world.clock.settle();
  return owner;
}

/** Every page that an owner can come to, as the web app sends it, and the one that a sweep writes for an auditor. */
export async function everyPage(brand: z.input<typeof brandSchema> = {}): Promise<Record<string, string>> {
  const world = await createWorld({ organization: { accounts: 2, users: 3 }, settings: { brand } });
  const report = await reportOf(world);
  return {
    ...(await pagesOfOneLife(world)),
    ...(await pagesOfNoKeyNeeded(world)),
    ...(await pagesOfLeak(world)),
    ...fixedPages(),
    report,
  };
}

async function reportOf(world: World): Promise<string> {
  const input = JSON.stringify({ audit: true });
  world.engine.startExecution({ stateMachineArn: world.sweepMachineArn, input });
  await world.clock.advance(3_600_000);
  const objects = world.aws.buckets.get(world.settings.reportBucket ?? '')?.objects ?? [];
  const [, page] = [...objects].find(([key]) => key.endsWith('/index.html')) ?? [];
  if (page === undefined) throw new Error('the sweep wrote no page');
  return page.body.text;
}

async function pagesOfOneLife(world: World): Promise<Record<string, string>> {
  const owner = await start(world, 'deploy-bot');
  const confirm = owner.link('confirm');
  const text = async (response: Promise<Response>): Promise<string> => (await response).text();
  const settled = async (response: Promise<Response>): Promise<string> => {
    const page = await text(response);
    await world.clock.settle();
    return page;
  };
  const form = { decision: 'moreTime', postponed: '0', days: '7', reason: 'on holiday' };
  const asked = {
    confirm: await owner.open(confirm),
    moreTime: await owner.open(owner.link('moreTime')),
    rollBack: await owner.open(owner.link('rollBack')),
    wrongEnd: await text(owner.submit(confirm, { decision: 'confirm', keyEnd: 'WRNG' })),
    noReason: await text(owner.submit(confirm, { decision: 'rollBack' })),
    noWord: await text(owner.submit(confirm, form)),
    noDays: await text(owner.submit(confirm, { ...form, days: '' })),
    lookedAgain: await text(owner.lookAgain(confirm)),
    notOurs: await owner.open(`${confirm}x`),
    postponed: await settled(owner.askForTime(14, 'on holiday')),
    usedUp: await owner.open(owner.link('moreTime')),
  };
  await owner.install();
  const confirmed = await settled(owner.confirm({ link: confirm }));
  const answered = await owner.open(confirm);
  await world.clock.advance(9 * 86_400_000);
  const window = await owner.open(owner.link('rollBack'));
  const rolledBack = await settled(owner.rollBack('the nightly job has the old key'));
  return { ...asked, confirmed, answered, window, rolledBack };
}

/** From the answer that no key is needed, taken back once, to the end. */
async function pagesOfNoKeyNeeded(world: World): Promise<Record<string, string>> {
  const owner = await start(world, 'backup-agent', { policy: { quietDays: 1, windowDays: 1 } });
  const link = owner.link('notNeeded');
  const settled = async (response: Promise<Response>): Promise<string> => {
    const page = await (await response).text();
    await world.clock.settle();
    return page;
  };
  const asked = {
    notNeeded: await owner.open(link),
    notNeededWrongEnd: await settled(owner.notNeeded({ keyId: 'WRNG' })),
    notNeededSaid: await settled(owner.notNeeded()),
    notNeededAnswered: await owner.open(link),
    notTakenBack: await settled(owner.submit(link, { decision: 'takeBack' })),
    takenBack: await settled(owner.takeBack({ link, reason: 'the archive needs it' })),
    takenBackBefore: await owner.open(link),
  };
  for (const usage of owner.user.usages) usage.until = world.clock.now();
  await settled(owner.notNeeded());
  await world.clock.advance(2 * 86_400_000);
  const newKeyInactive = await owner.open(owner.link('rollBack'));
  await world.clock.advance(6 * 86_400_000);
  return { ...asked, newKeyInactive, ended: await owner.open(owner.link('notNeeded')) };
}

async function pagesOfLeak(world: World): Promise<Record<string, string>> {
  const keyId = world.aws.accounts.get(accountId)?.users.get('report-mailer')?.keys[0]?.id;
  const owner = await start(world, 'report-mailer', { action: 'emergency', keyId });
  return { leaked: await owner.open(owner.link('rollBack')) };
}

function fixedPages(): Record<string, string> {
  const pages = pagesFor({ support: 'ops@example.com' }, () => new Date('2026-11-25T08:00:00Z'));
  const brand = brandSchema.parse({ footer: 'Acme Ltd' });
  const at = new Date('2026-11-25T08:00:00Z');
  const reference = { executionArn, stage: 'ask', round: 1, decision: 'confirm', expiresAt: at } as const;
  const made: Record<string, Page> = {
    closed: pages.closed({ why: 'over', because: 'The rotation has ended.' }),
    superseded: pages.closed({ why: 'superseded', because: 'The key has leaked.' }),
    askedAnew: pages.closed({ why: 'notNow', because: 'Try again in a minute.' }),
    expired: pages.expired(reference),
    tooManyTries: pages.tooManyTries(at),
    unavailable: pages.unavailable(true),
    tooLarge: pages.tooLarge(),
    wrongMethod: pages.wrongMethod(),
  };
  return Object.fromEntries(Object.entries(made).map(([name, page]) => [name, renderPage(page, brand)]));
}
