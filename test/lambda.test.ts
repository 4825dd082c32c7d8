import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { calls, changes, given, mockAws, rotation } from './tasks/setting-up.ts';

const aws = mockAws();
const environment = {
  AWS_REGION: 'eu-west-1',
  KEYTURN_MAIL_FROM: 'keyturn@example.com',
  KEYTURN_OPERATORS: 'ops@example.com',
  KEYTURN_LINK_BASE: 'https://keyturn.example.com',
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
  it('says at its invocation which setting is missing, and touches nothing', async () => {
    given(aws);
    vi.stubEnv('KEYTURN_OPERATORS', undefined);
    const handler = await load();
    const run = async () => handler(event);
    await expect(run()).rejects.toThrow('operators');
    await expect(run()).rejects.toThrow('operators');
    expect(calls(aws)).toEqual([]);
  });

  it('works with its settings in the environment; a misspelt mode is an audit', async () => {
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
