import { expect, it } from 'vitest';
import { makeAccount, makeKey, makeUser, type User, type UserKey } from '../../local/aws/iam/account.ts';
import { firstMorning } from '../../local/world/options.ts';
import { makeOrganization } from '../../local/world/organization.ts';
import { Owner } from '../../local/world/owner.ts';
import { randomStream } from '../../local/world/random.ts';
import { sampleSecretName } from '../../tasks/domain/adopting/candidates.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { storedBySample } from './sample-world.ts';
import { lifted, payments, Swept } from './swept.ts';

const random = randomStream(7, 'the sample');

/** A key that was made that many days ago. */
const keyOf = (days: number, status: UserKey['status'] = 'Active'): UserKey =>
  makeKey(random, {
    createdAt: later(firstMorning, -days * day),
    createdBy: `arn:aws:sts::${payments}:assumed-role/asa-iam-key-rotation-lambda-assumed-role/rotation`,
    status,
  });

/** A user whose application uses one of its keys every four hours. */
function userOf(name: string, keys: readonly UserKey[], ...used: readonly UserKey[]): User {
  return makeUser(random, {
    accountId: payments,
    name,
    createdAt: later(firstMorning, -500 * day),
    tags: { contact: `${name}@example.com` },
    keys: [...keys],
    usages: used.map((key) => ({
      keyId: key.id,
      from: later(key.createdAt, 3_600_000),
      everyHours: 4,
      service: 's3',
      region: 'eu-west-1',
    })),
  });
}

/** What a year of the sample leaves: its users, and what is in each one's secret, in the order of its versions. */
const gone = keyOf(450);
const [fresh, due, exempt] = [keyOf(30), keyOf(95), keyOf(300)];
const [day97, day97New] = [keyOf(97), keyOf(6)];
const [day100, day100New] = [keyOf(104, 'Inactive'), keyOf(13)];
const [live, orphan] = [keyOf(93), keyOf(3)];
const [stuckOld, stuckNew] = [keyOf(300), keyOf(200)];
const left = [
  { user: userOf('fresh', [fresh], fresh), stored: [gone, fresh] },
  { user: userOf('due', [due], due), stored: [gone, due] },
  { user: userOf('exempt', [exempt], exempt), stored: [exempt] },
  { user: userOf('day-97', [day97, day97New], day97), stored: [day97, day97New] },
  { user: userOf('day-100', [day100, day100New], day100New), stored: [day100, day100New] },
  { user: userOf('orphan', [live, orphan], live), stored: [live] },
  { user: userOf('stuck', [stuckOld, stuckNew], stuckOld, stuckNew), stored: [gone] },
];
const nameOf = (userName: string): string => sampleSecretName(payments, userName);

async function begin(): Promise<Swept> {
  const organization = makeOrganization({ accounts: 1, users: 0 }, random, firstMorning);
  for (const account of organization) account.rootKeys = 0;
  const users = left.map(({ user }) => user);
  const account = makeAccount({
    ...{ id: payments, name: 'Payments', email: 'aws+payments@example.com' },
    ...{ path: 'o-keyturn/r-root/', users },
  });
  account.groups.set('no-rotation', new Set(['exempt']));
  const swept = await Swept.begin({
    organization: [...organization, account],
    settings: {
      ...{ adopts: true, ownerTag: 'contact', ...lifted },
      exemptGroup: { name: 'no-rotation', until: '2030-01-31', reason: 'the sample’s exemption group' },
    },
  });
  for (const { user, stored } of left) {
    await storedBySample(swept.world, payments, user, stored);
  }
  return swept;
}

const secretOf = ({ world }: Swept, userName: string) =>
  world.aws.secrets.get(payments)?.get(nameOf(userName));
const currentOf = (swept: Swept, userName: string): unknown => {
  const versions = secretOf(swept, userName)?.versions.values() ?? [];
  return JSON.parse([...versions].find(({ stages }) => stages.has('AWSCURRENT'))?.text ?? '{}').AccessKeyId;
};

it('an organization that the AWS sample has run for a year is audited, adopted and rotated to its end', async () => {
  const swept = await begin();
  const { world } = swept;
  const mailsTo = (address: string) => world.aws.mails.filter(({ to }) => to.includes(address));

  const audit = await swept.sweep({ audit: true });
  expect(
    Object.fromEntries(left.map(({ user }) => [user.name, swept.decisions(audit, payments, user.name)])),
  ).toEqual({
    fresh: ['notDue'],
    due: ['due'],
    exempt: ['exempt'],
    'day-97': ['due', 'due'],
    'day-100': ['inactive', 'notDue'],
    orphan: ['due', 'due'],
    stuck: ['due', 'due'],
  });

  expect(swept.report(audit).overview.problems).toContain(
    `${payments}: the secret ${nameOf('due')} holds a key of due and isn't adopted: npx keyturn adopt ${payments}/due`,
  );

  const execution = world.engine.startExecution({
    stateMachineArn: world.stateMachineArn,
    input: JSON.stringify({ accountId: payments, adopt: { by: 'Jane Doe', apply: true } }),
  });
  await world.clock.settle();
  const { secrets }: { secrets: { userName: string; act: string; because: string }[] } = JSON.parse(
    execution.output ?? '{}',
  );
  expect(Object.fromEntries(secrets.map(({ userName, act }) => [userName, act]))).toEqual({
    ...{ fresh: 'adopt', due: 'adopt', exempt: 'adopt', orphan: 'adopt' },
    ...{ 'day-97': 'adopt', 'day-100': 'adopt', stuck: 'leave' },
  });
  expect(secrets.find(({ userName }) => userName === 'day-97')?.because).toContain(
    `which was made to replace ${day97.id} (active)`,
  );

  const sweep = await swept.sweep();
  // What is left: the one that holds a key that is gone.
  expect(swept.report(sweep).overview.problems.filter((one) => one.includes('adopted'))).toEqual([
    expect.stringContaining(nameOf('stuck')),
  ]);
  const rotations = swept.rotations.filter((name) => name.startsWith(payments));
  expect(rotations).toEqual(['day-97', 'due', 'orphan', 'stuck'].map((name) => `${payments}-${name}-1`));
  // What can be read in two ways, a person is asked: nobody knows that the sample lost the orphan's secret.
  const asked = world.aws.mails.filter(({ subject }) => subject.startsWith('A person must decide'));
  expect(asked.map(({ text }) => /\b(orphan|stuck)\b/.exec(text)?.[1]).toSorted()).toEqual([
    'orphan',
    'stuck',
  ]);
  const owners = ['due', 'day-97'].map((name) => new Owner(world, payments, name));
  for (const owner of owners) {
    expect(mailsTo(`${owner.userName}@example.com`)).toHaveLength(1);
    await owner.install();
    await owner.confirm();
  }
  await world.clock.advance(9 * day);
  expect(day97.status).toBe('Inactive');
  // An operator answers for the orphan: its key is retired, and the one in use stays.
  world.engine.startExecution({
    stateMachineArn: world.stateMachineArn,
    input: JSON.stringify({
      ...{ accountId: payments, userName: 'orphan', action: 'retire', keyId: orphan.id },
      override: { by: 'Jane Doe', reason: 'nobody has its secret' },
    }),
  });
  // The inactive key of day 100 goes by the same states, after its own mail and window.
  world.engine.startExecution({
    stateMachineArn: world.stateMachineArn,
    input: JSON.stringify({ accountId: payments, userName: 'day-100' }),
  });
  await world.clock.settle();
  expect(mailsTo('day-100@example.com')).not.toHaveLength(0);
  const inactive = new Owner(world, payments, 'day-100');
  await inactive.confirm({ keyId: day100.id });
  await world.clock.advance(30 * day);

  const active = (name: string) =>
    left.find(({ user }) => user.name === name)?.user.keys.map(({ id, status }) => [id, status]);
  expect(active('day-97')).toEqual([[day97New.id, 'Active']]);
  expect(active('day-100')).toEqual([[day100New.id, 'Active']]);
  expect(active('orphan')).toEqual([[live.id, 'Active']]);
  expect(active('due')).toHaveLength(1);
  expect(active('exempt')).toEqual([[exempt.id, 'Active']]);
  expect(active('stuck')).toHaveLength(2);
  for (const name of ['fresh', 'due', 'day-97', 'day-100', 'orphan'])
    expect([name, currentOf(swept, name)]).toEqual([name, active(name)?.[0]?.[0]]);
  // Everything is where it always was.
  expect([...(world.aws.secrets.get(payments)?.keys() ?? [])]).toEqual(
    left.map(({ user }) => nameOf(user.name)),
  );
});
