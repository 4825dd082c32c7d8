import { describe, expect, it } from 'vitest';
import { leakEvents } from '../../infra/leak-stack.ts';
import { closed, type HealthEventOptions, healthEvent } from './health-event.ts';
import { accountId, Life, type LifeOptions, userName } from './life.ts';

async function hear(life: Life, options: HealthEventOptions): Promise<void> {
  life.world.putEvent('HandleLeak', healthEvent(options));
  await life.world.clock.settle();
}

/** The emergencies that were started for leaked keys, with their inputs, in order. */
const emergencies = (life: Life): readonly (readonly [name: string, input: unknown])[] =>
  [...life.world.engine.executions.values()]
    .filter(({ name }) => name.startsWith('leak-'))
    .map(({ name, input }) => [name, input.value]);

const failing = (life: Life, operation: string, times = Number.POSITIVE_INFINITY): void => {
  let calls = 0;
  life.world.aws.inject((call) => {
    if (call.operation !== operation || call.caller.roleName !== 'keyturn-handle-leak') return undefined;
    calls += 1;
    return calls <= times ? 'denied' : undefined;
  });
};

const actionRequired = (life: Life) =>
  life.world.aws.mails.filter(({ subject }) => /^(Leaked access key may|Access key may)/.test(subject));

/** Who reported it, for the mails. */
const reported = expect.objectContaining({ by: 'AWS Health, AWS_RISK_CREDENTIALS_EXPOSED' });

describe('one event that names several keys', () => {
  it('starts one emergency for a user, which knows all of them', async () => {
    const life = await Life.begin({ situation: 'twoKeysInUse' });
    const [first = '', second = ''] = life.user.keys.map(({ id }) => id);
    await hear(life, { entities: [first, second] });
    const input = { accountId, userName, action: 'emergency', keyId: first, alsoLeaked: [second], reported };
    expect(emergencies(life)).toEqual([[`leak-${first}`, input]]);
  });

  it('starts one for each user', async () => {
    const life = await Life.begin();
    const other = life.addUser('report-mailer');
    const theirs = other.keys[0]?.id ?? '';
    await hear(life, { entities: [life.oldKey.id, theirs] });
    expect(emergencies(life).map(([name]) => name)).toEqual([`leak-${life.oldKey.id}`, `leak-${theirs}`]);
    expect([...life.keys, ...other.keys.map(({ status }) => status)]).toEqual([
      'Inactive',
      'Active',
      'Inactive',
      'Active',
    ]);
  });

  it('handles the others if one of them can’t be handled', async () => {
    const life = await Life.begin();
    await hear(life, { entities: ['ASIAAAAAAAAAAAAAAAAA', 'AKIAAAAAAAAAAAAAAAAA', life.oldKey.id] });
    expect(life.keys).toEqual(['Inactive', 'Active']);
    const told = actionRequired(life).map(({ subject, text }) => `${subject} ${text}`);
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/act now, ASIAAAAAAAAAAAAAAAAA .*temporary credential.*revoke/s);
    expect(told[1]).toMatch(/no user of account 222222222222 has the key AKIAAAAAAAAAAAAAAAAA/);
  });

  it('handles the others if one fails, and is retried for that one', async () => {
    const life = await Life.begin();
    let isAway = true;
    life.world.aws.inject(({ operation, input }) =>
      isAway && operation === 'GetAccessKeyLastUsed' && input.AccessKeyId === 'AKIAAAAAAAAAAAAAAAAA'
        ? 'throttle'
        : undefined,
    );
    await hear(life, { entities: ['AKIAAAAAAAAAAAAAAAAA', life.oldKey.id] });
    expect(life.keys).toEqual(['Inactive', 'Active']);
    expect(actionRequired(life)).toEqual([]);
    isAway = false;
    await life.days(0.1);
    expect(actionRequired(life)).toHaveLength(1);
    expect(emergencies(life)).toHaveLength(1);
  });
});

describe('an event that is sent again', () => {
  it('starts nothing while the emergency runs, or after it has completed', async () => {
    const life = await Life.begin();
    const { id } = life.oldKey;
    const again = async () => {
      await hear(life, { entities: [id] });
      await hear(life, { entities: [id], detail: closed });
    };
    await again();
    await again();
    await life.days(12);
    expect(life.stands).toBe('completed');
    const before = life.subjects.length;
    await again();
    await life.days(1);
    expect(life.subjects).toHaveLength(before);
    expect(emergencies(life)).toHaveLength(1);
  });

  it('tries again if the first try failed', async () => {
    const life = await Life.begin();
    const { id } = life.oldKey;
    life.world.aws.inject(({ operation, caller }) =>
      operation === 'AssumeRole' && caller.roleName === 'keyturn-claim-user' ? 'denied' : undefined,
    );
    await hear(life, { entities: [id] });
    await life.days(1);
    expect(life.keys).toEqual(['Active']);
    for (const { arn, status } of life.rotations)
      if (status === 'RUNNING') life.world.engine.stopExecution(arn);
    life.world.aws.inject(undefined);
    await hear(life, { entities: [id] });
    await life.days(1);
    expect(emergencies(life).map(([name]) => name)).toEqual([`leak-${id}`, `leak-${id}-2`]);
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });

  it('with one key more than before starts an emergency for that key', async () => {
    const life = await Life.begin({ situation: 'twoKeysInUse' });
    const [first = '', second = ''] = life.user.keys.map(({ id }) => id);
    await hear(life, { entities: [first] });
    await hear(life, { entities: [first, second] });
    const [, next] = emergencies(life);
    expect(next).toEqual([
      `leak-${second}`,
      { accountId, userName, action: 'emergency', keyId: second, reported },
    ]);
  });

  it('sends no mail about a deleted key if AWS has closed the matter', async () => {
    const life = await Life.begin();
    await hear(life, { entities: ['AKIAAAAAAAAAAAAAAAAA'], detail: closed });
    await hear(life, { entities: ['ASIAAAAAAAAAAAAAAAAA'], detail: closed });
    await hear(life, { entities: [], detail: closed });
    expect(life.subjects).toEqual([]);
  });

  it('from a second region at the same moment starts no second emergency', async () => {
    const life = await Life.begin();
    life.world.putEvent('HandleLeak', healthEvent({ entities: [life.oldKey.id] }));
    await hear(life, { entities: [life.oldKey.id], detail: { backupEvent: 'true' } });
    await life.days(1);
    expect(emergencies(life)).toHaveLength(1);
    expect(life.stands).toBe('OfferRollback');
  });
});

describe('every code about credentials', () => {
  it.each(['AWS_RISK_CREDENTIALS_COMPROMISED', 'AWS_RISK_IAM_QUARANTINE'])(
    '%s starts an emergency',
    async (code) => {
      const life = await Life.begin();
      await hear(life, { entities: [life.oldKey.id], code });
      expect(life.keys).toEqual(['Inactive', 'Active']);
    },
  );

  it.each([
    'AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
    'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
    'AWS_RISK_OF_NEXT_YEAR',
  ])('%s asks a person and changes nothing', async (code) => {
    const life = await Life.begin();
    const { id } = life.oldKey;
    await hear(life, { entities: [id], code });
    expect(emergencies(life)).toEqual([]);
    const [mail] = actionRequired(life);
    expect(mail?.subject).toBe(`Access key may have leaked: decide now, ${id} in ${accountId}`);
    expect(mail?.text).toContain(code);
    expect(mail?.text).toContain(
      `aws iam update-access-key --user-name ${userName} --access-key-id ${id} --status Inactive`,
    );
    await hear(life, { entities: [id], code, detail: closed });
    expect(actionRequired(life)).toHaveLength(1);
  });

  it('a suspicion is mailed even if IAM can’t be reached', async () => {
    const life = await Life.begin();
    failing(life, 'AssumeRole');
    await hear(life, { entities: [life.oldKey.id], code: 'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED' });
    expect(actionRequired(life)).toHaveLength(1);
  });

  it('a quarantine that names no key asks a person', async () => {
    const life = await Life.begin();
    const entities = ['arn:aws:iam::222222222222:user/deploy-bot'];
    await hear(life, { entities, code: 'AWS_RISK_IAM_QUARANTINE' });
    expect(actionRequired(life)[0]?.text).toContain('names no access key');
  });

  it('an event that isn’t about a risk is ignored', async () => {
    const life = await Life.begin();
    await hear(life, { entities: [life.oldKey.id], code: 'AWS_IAM_OPERATIONAL_ISSUE' });
    expect(emergencies(life)).toEqual([]);
    expect(life.subjects).toEqual([]);
  });

  it.each([
    'AWS_RISK_CREDENTIALS_EXPOSED',
    'AWS_RISK_CREDENTIALS_COMPROMISED',
    'AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
    'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
    'AWS_RISK_IAM_QUARANTINE',
  ])('the rule lets %s through', (code) => {
    const { detail }: { detail?: { eventTypeCode?: unknown[] } } = leakEvents;
    expect(detail?.eventTypeCode).toContain(code);
  });
});

describe('what only informs', () => {
  it.each([
    ['Organizations out of reach', 'DescribeAccount'],
    ['a list of keys that IAM denies', 'ListAccessKeys'],
    ['executions that can’t be described', 'DescribeExecution'],
  ])('keeps no emergency from being started: %s', async (_, operation) => {
    const life = await Life.begin();
    failing(life, operation);
    await hear(life, { entities: [life.oldKey.id] });
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });

  it.each<[string, LifeOptions['settings']]>([
    ['in audit mode', { mode: 'audit' }],
    ['in an account out of scope', { scope: { exclude: [accountId] } }],
  ])('the emergency itself reports what it may not do: %s', async (_, settings) => {
    const life = await Life.begin({ settings: settings ?? {} });
    await hear(life, { entities: [life.oldKey.id] });
    expect(emergencies(life)).toHaveLength(1);
    expect(life.keys).toEqual(['Active']);
  });
});

describe('a leak that keyturn can’t handle', () => {
  it('an event without a key', async () => {
    const life = await Life.begin();
    await hear(life, { entities: ['arn:aws:iam::222222222222:user/deploy-bot'] });
    expect(actionRequired(life)[0]?.text).toContain('names no access key');
  });

  it.each([
    ['an account without the role', accountId],
    ['an account that isn’t the organization’s', '999999999999'],
  ])('%s: the operators are told immediately, and it is tried again', async (_, affectedAccount) => {
    const life = await Life.begin();
    const account = life.world.aws.accounts.get(accountId);
    if (account !== undefined) account.memberRole = false;
    await hear(life, { entities: [life.oldKey.id], detail: { affectedAccount } });
    const [mail] = actionRequired(life);
    expect(mail?.to).toEqual(['operators@example.com']);
    expect(mail?.text).toContain('MemberRoleRefused');
    await life.days(1);
    expect(actionRequired(life)).toHaveLength(3);
    expect(life.world.watcher.changes).toEqual([]);
  });

  it('a role that is away for a minute: a mail, and then the emergency', async () => {
    const life = await Life.begin();
    failing(life, 'AssumeRole', 1);
    await hear(life, { entities: [life.oldKey.id] });
    expect(actionRequired(life)).toHaveLength(1);
    await life.days(0.1);
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });

  it('a start that is refused', async () => {
    const life = await Life.begin();
    failing(life, 'StartExecution');
    await hear(life, { entities: [life.oldKey.id] });
    const [mail] = actionRequired(life);
    expect(mail?.subject).toBe(
      `Leaked access key may still be active: act now, ${life.oldKey.id} in ${accountId}`,
    );
    expect(mail?.text).toContain('AccessDenied');
    expect(mail?.text).toContain(`--user-name ${userName}`);
  });
});

it('a session that looks up a key’s user can do nothing else', async () => {
  const life = await Life.begin();
  const policies: unknown[] = [];
  life.world.aws.onCall(({ operation, caller, input }) => {
    if (operation === 'AssumeRole' && caller.roleName === 'keyturn-handle-leak')
      policies.push(JSON.parse(String(input.Policy)).Statement);
  });
  await hear(life, { entities: [life.oldKey.id] });
  const Action = ['iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys'];
  expect(policies).toEqual([[{ Effect: 'Allow', Action, Resource: `arn:aws:iam::${accountId}:user/*` }]]);
});
