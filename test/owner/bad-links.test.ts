import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../tasks/domain/settings/told.ts';
import { ownerApp } from '../../tasks/owner/app.ts';
import {
  asked,
  changeDependencies,
  confirmed,
  dependencies,
  expectPage,
  get,
  newAppBeforeEach,
  now,
  pathOf,
  post,
  previousSecret,
  s3,
  secret,
  secrets,
  sent,
  settings,
  sfn,
  stage,
} from './an-app.ts';

newAppBeforeEach();

describe('guessing the end of a key', () => {
  const guess = (app: ReturnType<typeof ownerApp>, fields: Record<string, string>) =>
    app.request(pathOf(), { method: 'POST', body: new URLSearchParams(fields) });

  it('is barred for the rest of an hour after thirty wrong ends, and the right one with them', async () => {
    stage(asked());
    let at = now;
    const app = ownerApp({ ...dependencies, now: () => at });
    for (let time = 0; time < 30; time += 1) expect((await guess(app, { keyEnd: 'AAAA' })).status).toBe(422);
    const barred = await guess(app, { keyEnd: 'ZWVK' });
    expect(barred.headers.get('retry-after')).toBe('3600');
    await expectPage(barred, 429, /Nothing was changed.*from 2026-11-23 09:00 UTC\./);
    expect(sent()).toEqual([]);
    at = new Date(now.getTime() + 3_600_000);
    await expectPage(await guess(app, { keyEnd: 'ZWVK' }), 200, /Confirmed/);
  });

  it('counts over all links of a question and all copies of the web app', async () => {
    stage(asked());
    const decisions = ['confirm', 'moreTime', 'rollBack'] as const;
    for (let time = 0; time < 30; time += 1) {
      const link = pathOf({ decision: decisions[time % 3] ?? 'confirm' });
      expect((await post({ decision: 'confirm', keyEnd: 'AAAA' }, link)).status).toBe(422);
    }
    for (const decision of decisions) {
      const barred = await post({ decision: 'confirm', keyEnd: 'ZWVK' }, pathOf({ decision }));
      await expectPage(barred, 429, /Too many wrong attempts/);
    }
    expect(sent()).toEqual([]);
  });

  it('counts those that come at the same moment', async () => {
    stage(asked());
    const guesses = Array.from({ length: 40 }, () => post({ keyEnd: 'AAAA' }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });

  it('bars neither rolling back nor another round, and forms submitted empty are no guesses', async () => {
    stage(asked());
    for (let time = 0; time < 99; time += 1) expect((await post({})).status).toBe(422);
    for (let time = 0; time < 30; time += 1) await post({ keyEnd: 'AAAA' });
    expect((await post({ keyEnd: 'AAAA' })).status).toBe(429);
    stage(asked({ round: 2 }));
    expect((await post({ keyEnd: 'AAAA' }, pathOf({ round: 2 }))).status).toBe(422);
    stage(asked());
    const form = { decision: 'rollBack', reason: 'prod is down', word: 'roll back' };
    await expectPage(await post(form), 200, /Rolled back/);
  });

  it('is not checked where it can’t be counted', async () => {
    stage(asked());
    s3.on(PutObjectCommand).rejects(new Error('denied'));
    await expectPage(await post({ keyEnd: 'ZWVK' }), 503, /Nothing was changed/);
    expect(sent()).toEqual([]);
    changeDependencies({ settings: parseSettings({ ...settings, reportBucket: undefined }) });
    await expectPage(await post({ keyEnd: 'ZWVK' }), 503, /Nothing was changed/);
    expect(sent()).toEqual([]);
  });

  it('leaves nothing of the guess, the link or the user in the bucket', async () => {
    stage(asked());
    await post({ keyEnd: 'AAAA' });
    const [call] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
    expect(call).toMatchObject({ Bucket: 'reports', IfNoneMatch: '*', ExpectedBucketOwner: '999988887777' });
    expect(call?.Key).toMatch(/^guesses\/[0-9a-f]{32}\/2026-11-23T08\/1$/);
    expect(call?.Body).toBe('{"number":1}');
  });
});

describe('a link that is not good', () => {
  it.each([
    ['forged', `${pathOf()}x`],
    ['cut', pathOf().slice(0, -5)],
    ['signed with another key', pathOf({}, 'another key of at least 32 characters')],
    ['nonsense', '/answer/x'],
    ['another page', '/'],
    ['no link', '/answer/'],
  ])('is not one of ours: %s', async (_, path) => {
    await expectPage(await get(path), 404, /This link is not one of ours/);
    await expectPage(await post({ keyEnd: 'ZWVK' }, path), 404, /This link is not one of ours/);
    expect(sfn.calls()).toEqual([]);
  });

  it('has expired', async () => {
    const path = pathOf({ expiresAt: now });
    await expectPage(await get(path), 410, /valid until 2026-11-23 08:00 UTC/);
    stage(asked().answer(confirmed));
    await expectPage(await get(path), 410, /the new key is in use.*Where it stands/s);
    await expectPage(await post({ keyEnd: 'ZWVK' }, path), 410, /has expired/);
    expect(sent()).toEqual([]);
  });

  it('is good when signed with the previous key', async () => {
    stage(asked());
    await expectPage(await get(pathOf({}, previousSecret)), 200, /Does everything use/);
  });
});

describe('the signing secret', () => {
  it('is read once in a few minutes, and again after', async () => {
    stage(asked());
    let at = now;
    changeDependencies({ now: () => at });
    for (const minutes of [0, 1, 2.9]) {
      at = new Date(now.getTime() + minutes * 60_000);
      await get();
    }
    expect(secrets.calls()).toHaveLength(2);
    at = new Date(now.getTime() + 3 * 60_000);
    await get();
    expect(secrets.calls()).toHaveLength(4);
  });

  it('is read again for a link that none of the kept keys signed: it may be signed with a new one', async () => {
    stage(asked());
    let at = now;
    changeDependencies({ now: () => at });
    await get();
    const replaced = 'the key that took its place, 32 characters or more';
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).resolves({ SecretString: replaced });
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' }).resolves({ SecretString: secret });
    at = new Date(now.getTime() + 60_000);
    await expectPage(await get(pathOf({}, replaced)), 200, /Does everything use/);
    await expectPage(await get(), 200, /Does everything use/);
    expect(secrets.calls()).toHaveLength(4);
  });

  it('is not read at will by whoever makes links up, also where reading it fails', async () => {
    stage(asked());
    let at = now;
    changeDependencies({ now: () => at });
    for (let second = 0; second < 60; second += 1) {
      at = new Date(now.getTime() + second * 1000);
      expect((await get(`${pathOf()}x`)).status).toBe(404);
    }
    expect(secrets.calls().length).toBeLessThanOrEqual(2 * 6);
    secrets.on(GetSecretValueCommand).rejects(new Error('throttled'));
    secrets.resetHistory();
    const statuses: number[] = [];
    for (let second = 60; second < 120; second += 1) {
      at = new Date(now.getTime() + second * 1000);
      statuses.push((await get(`${pathOf()}x`)).status);
    }
    expect(secrets.calls().length).toBeLessThanOrEqual(6);
    expect(new Set(statuses)).toEqual(new Set([404, 503]));
    await expectPage(await get(), 200, /Does everything use/);
  });

  it('needs no previous version', async () => {
    stage(asked());
    const missing = new ResourceNotFoundException({ message: 'x', $metadata: {} });
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' }).rejects(missing);
    expect((await get()).status).toBe(200);
  });

  it('is refused where it is too short', async () => {
    secrets.on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).resolves({ SecretString: 'short' });
    await expectPage(await get(), 503, /Nothing was changed/);
  });
});
