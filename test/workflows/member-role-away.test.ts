import { describe, expect, inject, it } from 'vitest';
import { trustOf } from '../../infra/member-role.ts';
import { type Deployment, parseDeployment } from '../../infra/settings.ts';
import { accountId, Life, type LifeOptions } from './life.ts';

const hour = 3_600_000;
const { member: deployed } = inject('deployed');

/** Why the accounts refuse keyturn for a while: what begins it, what ends it, and how long it takes. */
interface Absence {
  readonly hours: number;
  readonly begin: (life: Life) => void;
  readonly end: (life: Life) => void;
  /** The permissions that the functions' roles have by then. */
  readonly policies?: typeof deployed.policies;
}

const deployment: Deployment = parseDeployment({
  ...{ account: '111111111111', region: 'eu-west-1', mode: 'live' },
  organization: { id: 'o-exampleorgid', rootId: 'r-root', managementAccount: '111111111111' },
  mail: { from: 'keyturn@example.com', operators: 'operators@example.com' },
});

/** The roles' trust policies in a deployment with these settings. */
function trusts(changes: Partial<Deployment> = {}): Record<string, object> {
  const changed = { ...deployment, ...changes };
  const role = `${changed.rolePrefix}-member`;
  const all = { [role]: trustOf(changed, 'write', 'aws'), [`${role}-read`]: trustOf(changed, 'read', 'aws') };
  // The organization that the local accounts are in.
  return JSON.parse(JSON.stringify(all).replaceAll('o-exampleorgid', 'o-keyturn'));
}

const rename = (text: string): string => text.replace(/^keyturn-/, 'security-');
const renamedPolicies = deployed.policies.map(([name, documents]): [string, object[]] => [
  rename(name),
  JSON.parse(JSON.stringify(documents).replaceAll(':role/keyturn-', ':role/security-')),
]);

/** A release in which each task has another name. */
const othersTrusted: Record<string, object> = JSON.parse(
  JSON.stringify(trusts()).replaceAll(':role/keyturn-', ':role/keyturn-former-'),
);

const member = (life: Life) => {
  const account = life.world.aws.accounts.get(accountId);
  if (account === undefined) throw new Error('there is no such account');
  return account;
};

/** A deployment reaches the functions immediately, and the accounts hours later. */
const absences: Readonly<Record<string, Absence>> = {
  'the roles are taken away for an hour': {
    hours: 1,
    begin: (life) => {
      member(life).memberRole = false;
    },
    end: (life) => {
      member(life).memberRole = true;
    },
  },
  'a deployment changes the external ID': {
    hours: 4,
    begin: ({ world }) => void Object.assign(world.settings, { externalId: 'another-id' }),
    end: ({ world }) => world.aws.deployMemberRoles(trusts({ externalId: 'another-id' })),
  },
  'a deployment changes the prefix of the roles’ names': {
    hours: 4,
    begin: ({ world }) => {
      const names = { memberRole: 'security-member', provisionRole: 'security-provision-new-key' };
      Object.assign(world.settings, names);
    },
    end: ({ world }) => world.aws.deployMemberRoles(trusts({ rolePrefix: 'security' })),
    policies: renamedPolicies,
  },
  'a deployment changes whom the roles trust': {
    hours: 4,
    begin: ({ world }) => world.aws.deployMemberRoles(othersTrusted),
    end: ({ world }) => world.aws.deployMemberRoles(trusts()),
  },
};

type Course = (life: Life) => Promise<unknown>;

async function untilItStands(life: Life, state: string): Promise<void> {
  for (let days = 0; life.stands !== state && days < 40; days += 1) await life.days(1);
}

const confirmed: Course = async (life) => {
  await life.start();
  await life.days(1);
  await life.confirm();
  await life.days(25);
};

const rolledBackInItsWindow: Course = async (life) => {
  await life.start();
  await life.confirm();
  await untilItStands(life, 'OfferRollback');
  await life.owner.rollBack('the nightly job broke');
  await life.days(1);
  await life.owner.confirm();
  await life.days(25);
};

const takenBack: Course = async (life) => {
  await life.start();
  await life.owner.rollBack('not now');
  await life.days(30);
};

const updatesItself: Course = async (life) => {
  await life.start();
  await life.days(1);
  life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
  await life.days(30);
};

const leaked: Course = async (life) => {
  await life.start({ action: 'emergency', keyId: life.oldKey.id });
  await life.days(15);
};

const selfUpdating = { 'keyturn:self-updating': 'true' };

interface Stage {
  readonly state: string;
  readonly ends?: string;
  readonly course?: Course;
  readonly options?: LifeOptions;
}

/** Every state that enters an account after Assess, and how to get there. */
const stages: readonly Stage[] = [
  { state: 'ProvisionNewKey' },
  { state: 'AskOwner' },
  { state: 'CheckNewKey', course: updatesItself, options: { tags: selfUpdating } },
  { state: 'PromoteNewKey' },
  { state: 'CheckOldKey' },
  { state: 'DeactivateOldKey' },
  { state: 'ReactivateOldKey', course: rolledBackInItsWindow },
  { state: 'PointBackToOldKey', course: takenBack, ends: 'rolledBack' },
  { state: 'DeleteOldKey' },
];

interface Lived {
  readonly life: Life;
  /** The roles that were refused in the meantime. */
  readonly refused: readonly string[];
}

/** A life in which the absence begins when a rotation first enters the state. */
async function liveThrough(absence: Absence, state: string, options: LifeOptions = {}): Promise<Lived> {
  let hasBegun = false;
  const refused: string[] = [];
  const life: Life = await Life.begin({
    ...options,
    policies: new Map([...deployed.policies, ...(absence.policies ?? [])]),
    onEvent: (_, { type, stateEnteredEventDetails: entered }) => {
      if (hasBegun || type !== 'TaskStateEntered' || entered?.name !== state) return;
      hasBegun = true;
      absence.begin(life);
      const { clock } = life.world;
      clock.at(new Date(clock.now().getTime() + absence.hours * hour), () => absence.end(life));
    },
  });
  life.world.aws.onCall(({ operation, input }, answer) => {
    if (operation === 'AssumeRole' && 'error' in answer) refused.push(String(input.RoleArn));
  });
  return { life, refused };
}

it('the roles in these tests are the deployed ones', () => {
  expect(trusts()).toEqual(deployed.memberTrusts);
});

describe.each(Object.entries(absences))('%s', (_, absence) => {
  it.each(stages)('a rotation that is at $state continues', async (stage) => {
    const { state, ends = 'completed', course = confirmed, options } = stage;
    const { life, refused } = await liveThrough(absence, state, options);
    await course(life);
    expect(refused).not.toEqual([]);
    expect(life.stands).toBe(ends);
    expect(life.rotations).toHaveLength(1);
    expect(life.keys).toEqual(['Active']);
  });

  it.each(['ProvisionNewKey', 'DeactivateOldKey'])(
    'an emergency that is at %s continues',
    async (state) => {
      const { life, refused } = await liveThrough(absence, state);
      await leaked(life);
      expect(refused).not.toEqual([]);
      expect(life.stands).toBe('completed');
      expect(life.keys).toEqual(['Active']);
    },
  );

  it('a rotation that is started in the meantime changes nothing, and can be started again', async () => {
    const { life } = await liveThrough(absence, 'ClaimUser');
    await life.start();
    expect(life.stands).toBe('MemberRoleRefused');
    expect(life.keys).toEqual(['Active']);
    await life.days(1);
    await confirmed(life);
    expect(life.stands).toBe('completed');
  });
});
