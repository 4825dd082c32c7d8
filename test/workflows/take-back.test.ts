import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { clientDefaults } from '../../local/world/lambda.ts';
import { lambdaFaults } from '../../local/world/lambda-faults.ts';
import { linksIn } from '../../local/world/owner.ts';
import { accountId, Life } from './life.ts';

const settled = async (life: Life, answer: Promise<Response>): Promise<Response> => {
  const response = await answer;
  await life.world.clock.settle();
  return response;
};

describe('a confirmation that is taken back while the old key is active', () => {
  it('counts within seconds, changes no key, and the owner is asked again', async () => {
    const life = await Life.confirmed();
    await life.days(2);
    const before = life.world.clock.now();
    const response = await settled(life, life.owner.takeBack({ reason: 'the nightly job has the old key' }));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/Taken back: deploy-bot.*You are asked again/s);
    expect(life.stands).toBe('AskOwner');
    expect(life.world.clock.now().getTime() - before.getTime()).toBeLessThan(60_000);
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toBe('install the new access key');
    expect(life.owner.mails.at(-1)?.text).toContain('This is round 2');
    await life.days(60);
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.stands).toBe('escalated');
  });

  it('leads to a new confirmation, after which the quiet period starts again', async () => {
    const life = await Life.confirmed();
    await life.days(6);
    await settled(life, life.owner.takeBack());
    await life.confirm();
    await life.days(5);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(25);
    expect(life.stands).toBe('completed');
  });

  it('leaves the old mail’s link saying what was decided, by whom, and where it stands', async () => {
    const life = await Life.begin();
    await life.start();
    const link = life.owner.link('confirm');
    await life.confirm();
    expect(await life.owner.open(link)).toMatch(/the new key is in use.*goes inactive once.*Take it back/s);
    await settled(life, life.owner.takeBack({ link }));
    const page = await life.owner.open(link);
    expect(page).toMatch(/the new key is in use.*Taken back by.*being asked again.*newest mail/s);
    expect((await settled(life, life.owner.confirm({ link }))).status).toBe(409);
    expect(life.stands).toBe('AskOwner');
  });

  it('is taken back once if the form is sent twice, and a scanner takes nothing back', async () => {
    const life = await Life.confirmed();
    const link = life.owner.link('confirm');
    for (const fields of [{}, { word: 'test' }, { word: 'take back' }])
      expect((await settled(life, life.owner.submit(link, { decision: 'takeBack', ...fields }))).status).toBe(
        422,
      );
    const form = { decision: 'takeBack', reason: '', word: 'ask again' };
    for (let time = 0; time < 2; time += 1)
      expect((await settled(life, life.owner.submit(link, form))).status).toBe(200);
    expect(life.rotation.variables.round).toBe(2);
  });

  it('can’t be taken back by this form once the old key is inactive: the page says when, and which link to use', async () => {
    const life = await Life.inWindow();
    const response = await life.owner.takeBack();
    expect(response.status).toBe(409);
    expect(await response.text()).toMatch(/is inactive since.*Deleted on.*by the link in the mail/s);
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });

  it('asks the operators to help if it happens in every round', async () => {
    const life = await Life.begin();
    await life.start();
    for (const _ of [1, 2, 3]) {
      await life.confirm();
      await settled(life, life.owner.takeBack());
    }
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('ends a retirement, and the key stays', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.owner.confirm({ keyId: life.oldKey.id });
    await life.days(2);
    await settled(life, life.owner.takeBack());
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });
});

describe('what else can be undone while a key drains', () => {
  it('a rollback: readers of the secret get the new key again, and the owner is asked again', async () => {
    const life = await Life.begin();
    await life.start();
    const made = life.user.keys[1]?.id;
    await life.rollBack('the vendor is on holiday');
    await life.days(3);
    expect((await settled(life, life.owner.takeBack())).status).toBe(200);
    expect(life.stands).toBe('AskOwner');
    expect(life.current?.keyId).toBe(made);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
  });

  it('silence: an owner who comes late is asked again', async () => {
    const life = await Life.begin();
    await life.start();
    await life.days(18);
    expect(life.stands).toBe('WaitForQuiet');
    expect(await life.owner.open(life.owner.link('confirm'))).toContain('Ask me again');
    expect((await settled(life, life.owner.takeBack())).status).toBe(200);
    expect(life.stands).toBe('AskOwner');
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
  });
});

describe('the wait of a draining key', () => {
  it('goes on without anybody’s answer if it can’t be offered', async () => {
    const life = await Life.begin();
    life.world.failInvocations((name) => (name === 'WaitForQuiet' ? lambdaFaults.throttled : undefined));
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
  });
});

describe('a rollback in the window of a first rotation', () => {
  it('says which key is where, and its command puts the old pair into the secret for good', async () => {
    const life = await Life.inWindow();
    const old = life.oldKey;
    const offer = life.owner.mails.at(-1)?.text ?? '';
    expect(offer).toMatch(/Asks only for the words “roll back”; a reason is optional/);
    expect(offer).toMatch(/New key.*active; readers of the secret get it/);
    await life.rollBack('');
    const mail = life.owner.mails.find(({ subject }) => subject.includes('rolled back'))?.text ?? '';
    expect(mail).toMatch(/Old key.*active\n.*New key.*active\n.*AWSCURRENT of the secret: the new key/);
    const [, SecretId, ClientRequestToken] =
      /put-secret-value --secret-id (\S+) --client-request-token (\w{64})/.exec(mail) ?? [];
    const { aws, settings } = life.world;
    const client = new SecretsManagerClient(clientDefaults(aws, settings.region, 'developer', accountId));
    const SecretString = JSON.stringify({ accessKeyId: old.id, secretAccessKey: old.secret });
    await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString }));
    expect(life.current).toEqual({ keyId: old.id, complete: true });
    life.owner.switchTo(old.id, life.world.clock.now());
    await life.owner.rollBack('the new key is not for us');
    await life.days(20);
    expect(life.stands).toBe('rolledBack');
    expect(life.current).toEqual({ keyId: old.id, complete: true });
  });
});

describe('an operator’s approval', () => {
  const override = { by: 'Jane Doe', reason: 'INC-4711' };

  it('is taken back by the link in its mail, and the owner is asked; opening the link decides nothing', async () => {
    const life = await Life.begin();
    await life.start({ override });
    await life.days(1);
    const mail = life.owner.mails.findLast(({ text }) => text.includes('approved on your behalf'));
    const link = linksIn(mail ?? { html: '' }).find(({ text }) => text === 'I object')?.url ?? '';
    const page = await life.owner.open(link);
    expect(page).toMatch(/An operator confirmed on your behalf.*goes inactive once.*Take it back/s);
    const empty = await settled(life, life.owner.submit(link, { decision: 'takeBack' }));
    expect(empty.status).toBe(422);
    expect(life.stands).toBe('WaitForQuiet');
    const response = await settled(life, life.owner.takeBack({ link }));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Taken back: deploy-bot');
    expect(life.stands).toBe('AskOwner');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('is told without a link if the key that signs links can’t be read', async () => {
    const life = await Life.begin();
    life.world.aws.inject(({ operation, caller }) =>
      operation === 'GetSecretValue' && caller.roleName === 'keyturn-tell-owner' ? 'denied' : undefined,
    );
    await life.start({ override });
    expect(life.owner.mails.at(-1)?.text).toContain('If this is wrong, contact Jane Doe');
    expect(life.stands).toBe('WaitForQuiet');
  });

  it('says that it is too late once the key is inactive', async () => {
    const life = await Life.begin();
    await life.start({ override });
    const link = linksIn(life.owner.mails.at(-1) ?? { html: '' })[0]?.url ?? '';
    life.owner.switchTo(life.user.keys[1]?.id ?? '', life.world.clock.now());
    await life.days(9);
    expect(life.stands).toBe('OfferRollback');
    expect(await life.owner.open(link)).not.toContain('Take it back');
  });
});
