import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Owner } from '../../local/world/owner.ts';
import { signLink } from '../../tasks/domain/asking/link.ts';
import { accountId, Life } from './life.ts';

const base = 'http://127.0.0.1:4600/answer/';
const partOf = (link: string): string => link.slice(base.length);

let life: Life;
let other: Owner;
/** The link to confirm in the user's own mail. */
let link: string;

beforeEach(async () => {
  life = await Life.begin();
  const user = life.addUser('report-mailer');
  other = new Owner(life.world, accountId, user.name);
  await life.start({ userName: user.name });
  await life.start();
  await life.owner.install();
  link = life.owner.link('confirm');
});

/** After every attempt, the owner's own click still works. */
afterEach(async () => {
  if (life.stands !== 'AskOwner') return;
  expect((await life.owner.confirm({ link })).status).toBe(200);
  await life.world.clock.settle();
  expect(life.stands).toBe('WaitForQuiet');
});

/** Submits the link's form as its owner would. */
async function use(altered: string): Promise<{ readonly status: number; readonly title: string }> {
  const keyEnd = life.user.keys[1]?.id.slice(-4) ?? '';
  const body = new URLSearchParams({ decision: 'confirm', keyEnd });
  const answer = await life.world.ownerApp.request(altered, { method: 'POST', body });
  return { status: answer.status, title: /<h1[^>]*>([^<]*)/.exec(await answer.text())?.[1] ?? '' };
}

const notOurs = { status: 404, title: 'This link is not one of ours' };

describe('a link that was altered', () => {
  it('in any of its bytes is not one of ours, and changes nothing', async () => {
    const part = partOf(link);
    const before = JSON.stringify(life.rotation.variables);
    for (let at = 0; at < part.length; at += 1) {
      const flipped = String.fromCharCode(part.charCodeAt(at) ^ 1);
      const altered = `${base}${part.slice(0, at)}${encodeURIComponent(flipped)}${part.slice(at + 1)}`;
      expect({ at, ...(await use(altered)) }).toEqual({ at, ...notOurs });
    }
    expect(JSON.stringify(life.rotation.variables)).toBe(before);
  });

  it('by being cut anywhere is not one of ours, and changes nothing', async () => {
    for (let length = partOf(link).length - 1; length >= 0; length -= 7) {
      expect({ length, ...(await use(link.slice(0, base.length + length))) }).toEqual({ length, ...notOurs });
    }
  });

  it.each([
    [
      'with another user’s signature',
      () => `${link.split('.').slice(0, -1).join('.')}.${other.link('confirm').split('.').at(-1)}`,
    ],
    ['with another stage written into it', () => rewritten('ask', 'window')],
    ['with another round written into it', () => rewritten('\n1\n', '\n2\n')],
    ['for another answer than it was signed for', () => rewritten('confirm', 'moreTime')],
    ['with a later end', () => rewritten(/\d+$/, (end) => String(Number(end) + 1))],
  ])('%s is not one of ours, and changes nothing', async (_, alter) => {
    await expect(use(alter())).resolves.toEqual(notOurs);
    expect(life.stands).toBe('AskOwner');
  });

  function rewritten(from: string | RegExp, to: string | ((found: string) => string)): string {
    const [payload = '', signature = ''] = partOf(link).split('.');
    const text = Buffer.from(payload, 'base64url').toString();
    const changed = typeof to === 'string' ? text.replace(from, to) : text.replace(from, to);
    expect(changed).not.toBe(text);
    return `${base}${Buffer.from(changed).toString('base64url')}.${signature}`;
  }
});

describe('a link that was signed', () => {
  const signed = (key: string, changes: object = {}): string =>
    `${base}${signLink(
      {
        executionArn: life.rotation.arn,
        stage: 'ask',
        round: 1,
        decision: 'confirm',
        expiresAt: new Date('2026-04-01T00:00:00Z'),
        ...changes,
      },
      Buffer.from(key),
    )}`;

  it('with another key is not one of ours', async () => {
    await expect(use(signed('a key of somebody else, 32 characters or more'))).resolves.toEqual(notOurs);
  });

  it('for a stage that hasn’t come says that it isn’t available yet', async () => {
    const key = linkKey();
    await expect(use(signed(key, { stage: 'window', decision: 'rollBack' }))).resolves.toEqual({
      status: 503,
      title: 'This can&#39;t be answered yet',
    });
    await expect(use(signed(key, { round: 2 }))).resolves.toMatchObject({ status: 503 });
  });

  it('and has expired says until when it was valid', async () => {
    const past = signed(linkKey(), { expiresAt: life.world.clock.now() });
    await expect(use(past)).resolves.toEqual({ status: 410, title: 'This link has expired' });
  });

  it('and was superseded by a leak says so', async () => {
    const leaked = life.oldKey.id;
    await life.start({ action: 'emergency', keyId: leaked });
    await expect(use(link)).resolves.toEqual({ status: 410, title: 'Another rotation has taken its place' });
  });

  it('and was used says what was decided', async () => {
    await life.confirm();
    await expect(use(link)).resolves.toEqual({ status: 409, title: 'Already answered: deploy-bot' });
  });

  it('for another user asks for that user’s key, so this one’s decides nothing', async () => {
    const theirs = other.link('confirm');
    await expect(use(theirs)).resolves.toMatchObject({
      status: 422,
      title: 'Does everything use the new access key of report-mailer?',
    });
    expect(other.user.keys).toHaveLength(2);
  });

  function linkKey(): string {
    const { secrets } = life.world.aws;
    const secret = [...secrets.values()]
      .flatMap((all) => [...all.values()])
      .find(({ name }) => name === 'keyturn/link-key');
    return [...(secret?.versions.values() ?? [])][0]?.text ?? '';
  }
});
