import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environmentFrom } from '../tasks/settings.ts';
import { given } from './tasks/given.ts';
import { rotation } from './tasks/ids.ts';
import { calls, changes, mockAws } from './tasks/mocked-aws.ts';
import { settings, writeSettings } from './written-settings.ts';

const aws = mockAws();
const environment = {
  AWS_REGION: 'eu-west-1',
  LAMBDA_TASK_ROOT: writeSettings(),
  ...environmentFrom(settings),
  POWERTOOLS_LOG_LEVEL: 'SILENT',
};
const event = { rotation, request: { accountId: rotation.accountId, userName: rotation.userName } };

/** As a new process loads it: what a function has read once it keeps. */
async function load() {
  vi.resetModules();
  const { handler } = await import('../tasks/rotate-user-key/assess.ts');
  return handler;
}

beforeEach(() => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

describe('a task as a Lambda function', () => {
  it.each([
    ['LAMBDA_TASK_ROOT', '/nowhere', /^\/nowhere\/settings\.json can't be read/],
    ['KEYTURN_RESOURCES', undefined, /^KEYTURN_RESOURCES must be JSON/],
  ])('says at its invocation what is missing if %s is %j, and touches nothing', async (name, value, says) => {
    given(aws);
    vi.stubEnv(name, value);
    const handler = await load();
    const run = async () => handler(event);
    const missing = { name: 'SettingMissing', message: expect.stringMatching(says) };
    await expect(run()).rejects.toMatchObject(missing);
    await expect(run()).rejects.toMatchObject(missing);
    expect(calls(aws)).toEqual([]);
  });

  it('works with the settings beside its code; a misspelt mode is an audit', async () => {
    given(aws);
    vi.stubEnv('KEYTURN_MODE', 'Live');
    const handler = await load();
    await expect(handler(event)).resolves.toEqual({
      act: 'nothing',
      because: expect.stringMatching(/^audit: would rotate/),
    });
    expect(changes(aws)).toEqual([]);
  });
});
