import { describe, expect, it } from 'vitest';
import { centralAccountId } from '../../local/world/organization.ts';
import { linksIn } from '../../local/world/owner.ts';
import { accountId, Life } from './life.ts';

/** Everything that people or machines can read about a life, by its place. */
async function everythingReadable(life: Life): Promise<Map<string, string>> {
  const { engine, aws, logs, ownerApp, watcher } = life.world;
  const texts = new Map<string, string>();
  for (const { name, history, input, output, cause, variables } of engine.executions.values()) {
    texts.set(`execution ${name}`, JSON.stringify([history, input, output, cause, variables]));
  }
  aws.mails.forEach((mail, index) => {
    texts.set(`mail ${index} ${mail.subject}`, JSON.stringify(mail) + mail.text + mail.html);
  });
  logs.forEach((line, index) => {
    texts.set(`log ${index} ${line.message}`, JSON.stringify(line));
  });
  for (const [index, { url }] of aws.mails.flatMap((mail) => linksIn(mail)).entries()) {
    const page = await ownerApp.request(url);
    texts.set(`page ${index}`, `${url} ${JSON.stringify([...page.headers])} ${await page.text()}`);
  }
  for (const { tags } of life.user.keys.length > 0 ? [life.user] : [])
    texts.set('tags', JSON.stringify([...tags]));
  texts.set('violations', JSON.stringify(watcher.violations));
  return texts;
}

/** Lives in which secrets are made, lost, withdrawn and asked about, and in which things go wrong. */
const lives: readonly [string, (life: Life) => Promise<void>][] = [
  [
    'confirmed, rolled back in the window, confirmed again',
    async (life) => {
      await life.start();
      await life.confirm();
      await life.days(9);
      await life.owner.rollBack('it broke');
      await life.days(1);
      await life.confirm();
    },
  ],
  [
    'whose create call was answered to nobody',
    async (life) => {
      let lost = false;
      life.world.aws.inject((call) => {
        if (call.operation !== 'CreateAccessKey' || lost) return undefined;
        lost = true;
        return 'lostAnswer';
      });
      await life.start();
      await life.days(1);
    },
  ],
  [
    'whose secret could not be stored',
    async (life) => {
      life.world.aws.inject((call) => (call.operation === 'PutSecretValue' ? 'denied' : undefined));
      await life.start();
      await life.days(1);
    },
  ],
  [
    'whose new key was refused for long',
    async (life) => {
      life.world.aws.inject((call) => (call.operation === 'GetCallerIdentity' ? 'denied' : undefined));
      await life.start();
      await life.days(1);
    },
  ],
  [
    'that nobody answered',
    async (life) => {
      await life.start();
      await life.days(20);
    },
  ],
  [
    'of a leaked key',
    async (life) => {
      await life.start({ action: 'emergency', keyId: life.oldKey.id });
      await life.days(3);
      await life.rollBack('production is down');
    },
  ],
];

describe.each(lives)('in a rotation %s', (_, live) => {
  it.each(['central', 'member'] as const)(
    'with %s storage no secret access key and, outside the history, no task token can be read anywhere',
    async (storage) => {
      const life = await Life.begin({ settings: { storage } });
      await live(life);
      expect(life.secret?.accountId).toBe(storage === 'member' ? accountId : centralAccountId);
      const { secrets } = life.world.watcher;
      expect(secrets.size).toBeGreaterThan(0);
      const texts = await everythingReadable(life);
      expect(texts.size).toBeGreaterThan(5);
      const tokens = tokensOf(life);
      for (const [where, text] of texts) {
        for (const secret of secrets) expect(text.includes(secret), `a secret in ${where}`).toBe(false);
        if (where.startsWith('execution')) continue;
        for (const token of tokens) expect(text.includes(token), `a task token in ${where}`).toBe(false);
      }
    },
  );
});

it('the search finds a secret and a token if there is one', async () => {
  const life = await Life.begin({ expectViolations: true });
  await life.start();
  const [secret = ''] = life.world.watcher.secrets;
  const stored = [...life.world.aws.secrets.values()].flatMap((secrets) => [...secrets.values()]);
  const values = stored.flatMap(({ versions }) => [...versions.values()].map(({ text }) => text));
  expect(values.some((text) => text.includes(secret))).toBe(true);
  expect(tokensOf(life)).toHaveLength(1);
  life.world.watcher.read('a test', `x${secret}y`);
  expect(life.world.watcher.violations.map(({ promise }) => promise)).toEqual(['P5']);
});

function tokensOf(life: Life): string[] {
  const histories = [...life.world.engine.executions.values()].flatMap(({ history }) => history);
  return histories.flatMap(({ taskScheduledEventDetails }) => {
    const token = /"taskToken":"([^"]+)"/.exec(taskScheduledEventDetails?.parameters ?? '')?.[1];
    return token === undefined ? [] : [token];
  });
}
