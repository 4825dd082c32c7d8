import { main } from '../cli/main.ts';
import { type RunningServer, startServer } from '../local/console/serve.ts';
import { demo } from '../local/demo/command-line.ts';
import { Owner } from '../local/world/owner.ts';
import { createWorld, type World } from '../local/world/world.ts';
import { launchChromium } from './chromium.ts';
import { terminalPage } from './terminal-page.ts';

/** A picture as it is kept under docs/screenshots/. */
interface Shot {
  readonly name: string;
  readonly html: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
}

const accountId = '222222222222';
const wide = 680;
/** GitHub's column. */
const column = 900;
const phone = 360;

/** One rotation, always the same one, up to its window; the pictures on its way. */
async function shotsOfOneLife(world: World): Promise<Shot[]> {
  const owner = await begin(world);
  const newest = (): string => owner.mails.at(-1)?.html ?? '';
  const settled = async (answer: Promise<Response>): Promise<string> => {
    const html = await (await answer).text();
    await world.clock.settle();
    return html;
  };
  const ready = newest();
  const confirm = owner.link('confirm');
  const asked = await owner.open(confirm);
  const moreTime = await owner.open(owner.link('moreTime'));
  const postponed = await settled(owner.askForTime(7, 'the next release is on Thursday'));
  await owner.install();
  const confirmed = await settled(owner.confirm({ link: confirm }));
  await world.clock.advance(9 * 86_400_000);
  return [
    { name: 'mail-new-key', html: ready, width: wide, height: 980 },
    { name: 'mail-new-key-phone', html: ready, width: phone, height: 760, colorScheme: 'dark' },
    { name: 'page-confirm', html: asked, width: wide, height: 1120 },
    { name: 'page-more-time-phone', html: moreTime, width: phone, height: 900 },
    { name: 'page-postponed', html: postponed, width: wide, height: 660, colorScheme: 'dark' },
    { name: 'page-confirmed', html: confirmed, width: wide, height: 640 },
    { name: 'mail-inactive', html: newest(), width: wide, height: 960 },
    { name: 'page-roll-back', html: await owner.open(owner.link('rollBack')), width: wide, height: 1120 },
  ];
}

async function brandedShot(): Promise<Shot> {
  const brand = {
    name: 'Acme Key Desk',
    accent: '#7a1fa2',
    footer: 'Acme Ltd, Platform Security',
    support: 'https://wiki.example.com/keys',
  };
  const owner = await begin(await makeWorld({ brand }));
  return { name: 'mail-branded', html: owner.mails[0]?.html ?? '', width: wide, height: 480 };
}

/** The demo on a terminal, about halfway: a row for each rotation, and the log below. */
async function demoShot(): Promise<Shot> {
  const size = { columns: 110, rows: 36 };
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text), isTTY: true, ...size };
  let at = 0;
  let halfway = '';
  const sleep = async (pause: number): Promise<void> => {
    at += pause;
    if (at > 10_500 && halfway === '') halfway = written.join('');
  };
  await demo([], { stdout: output, stderr: output, env: {} }, { now: () => at, sleep });
  return { name: 'demo', html: await terminalPage(halfway, size), width: column, height: 715 };
}

/** `npm start`, three days into a rotation's drain. */
async function withDrain(take: (server: RunningServer) => Promise<Shot>): Promise<Shot> {
  const server = await startServer(
    { port: 0, seed: 1, accounts: 4, users: 3, paused: true },
    { realTime: () => 0, onFailure: fail, onError: fail },
  );
  const owner = await begin(server.world);
  await owner.install();
  await owner.confirm();
  await server.world.clock.advance(3 * 86_400_000);
  const shot = await take(server);
  await server.close();
  return shot;
}

/** A rotation's page as `npm start` serves it; a still picture needs no script. */
async function consoleShot({ url }: RunningServer): Promise<Shot> {
  const page = await (await fetch(`${url}/rotations/${accountId}-deploy-bot-1`)).text();
  const html = page.replace(/<script>.*<\/script>/s, '');
  return { name: 'console', html, width: 1120, height: 1000 };
}

/** What `npx keyturn status` shows of the same rotation. */
async function statusShot({ url }: RunningServer): Promise<Shot> {
  const written = ['$ npx keyturn status deploy-bot --local\n\n'];
  const stream = { write: (text: string) => written.push(text) };
  await main(['status', `${accountId}/deploy-bot`, '--local', url], { stdout: stream, stderr: stream });
  const size = { columns: 104, rows: written.join('').split('\n').length };
  return {
    name: 'status',
    html: await terminalPage(written.join(''), size),
    width: column,
    height: size.rows * 19 + 32,
  };
}

const fail = (error: unknown): never => {
  throw error;
};

const makeWorld = (settings: object = {}): Promise<World> =>
  createWorld({ seed: 1, organization: { accounts: 2, users: 1 }, settings });

async function begin(world: World): Promise<Owner> {
  const owner = new Owner(world, accountId, 'deploy-bot');
  const input = JSON.stringify({ accountId, userName: 'deploy-bot' });
  world.engine.startExecution({ stateMachineArn: world.stateMachineArn, input });
  await world.clock.settle();
  return owner;
}

async function take(shots: readonly Shot[]): Promise<void> {
  const { context, close } = await launchChromium();
  const page = await context.newPage();
  for (const { name, html, width, height, colorScheme = 'light' } of shots) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await page.setContent(html);
    await page.screenshot({ path: new URL(`screenshots/${name}.png`, import.meta.url).pathname });
  }
  await close();
}

/** By the names to ask for: `npm run screenshots -- demo` takes that picture alone. */
const shots: Readonly<Record<string, () => Promise<readonly Shot[]>>> = {
  life: async () => shotsOfOneLife(await makeWorld()),
  brand: async () => [await brandedShot()],
  demo: async () => [await demoShot()],
  console: async () => [await withDrain(consoleShot)],
  status: async () => [await withDrain(statusShot)],
};

const wanted = process.argv.slice(2);
for (const [name, make] of Object.entries(shots)) {
  if (wanted.length === 0 || wanted.includes(name)) await take(await make());
}
