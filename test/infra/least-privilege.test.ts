import { beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { roleOf } from '../../local/world/lambda.ts';
import { keyUse, neededVerbs, onSecrets } from '../../tasks/domain/secret-access.ts';
import {
  accountReads,
  actionsIn,
  adoptions,
  centralVerbs,
  userChanges,
  userReads,
} from '../../tasks/domain/verbs.ts';
import { everyFunction } from '../../tasks/manifest.ts';
import { Life } from '../workflows/life.ts';
import type { Deployed } from './deployed.ts';
import { actionsOf, type Used, type UsedByRole } from './used.ts';
import { liveThemAll } from './used-actions.ts';

/** Actions that roles are allowed although no life here shows them, with the reason. */
const unseen = new Map([
  ['logs:CreateLogStream', 'Lambda writes a function’s log in its role’s name.'],
  ['logs:PutLogEvents', 'Lambda writes a function’s log in its role’s name.'],
  ['sqs:SendMessage', 'Lambda gives an event up in its function’s role’s name.'],
  ['xray:PutTraceSegments', 'Lambda traces in its function’s role’s name.'],
  ['xray:PutTelemetryRecords', 'Lambda traces in its function’s role’s name.'],
]);

/** The same for one role. */
const unseenOf = new Map([
  // Step Functions encrypts the answer; which machine’s it is only the token tells.
  ['keyturn-owner-pages', ['kms:GenerateDataKey']],
  ['keyturn-handle-mail-events', ['kms:GenerateDataKey']],
  // Lambda gives a delivery up under the queue’s key.
  ['keyturn-publish-events', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ['keyturn-use-canary-key', ['kms:GenerateDataKey', 'kms:Decrypt']],
]);

const documentSchema = z.looseObject({
  Statement: z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) })),
});

type Policies = Deployed['policies'];
const allowedTo = (role: string, policies: Policies): string[] =>
  (policies.find(([name]) => name === role)?.[1] ?? []).flatMap(actionsOf);

describe.each(['central', 'member'] as const)('with secrets in %s storage', (storage) => {
  const { policies } = inject('deployed')[storage];
  let used: UsedByRole;
  // Dozens of whole lives, and the sweeps of an organization.
  beforeAll(async () => {
    used = await liveThemAll(storage);
  }, 600_000);
  const usedBy = (role: string): Used =>
    used.get(role) ?? { central: new Set(), member: new Set(), session: new Set() };

  describe.each(everyFunction)('$name', ({ name, does }) => {
    const role = roleOf(name);

    it('is allowed nothing in the central account that it never does', () => {
      const { central } = usedBy(role);
      const surplus = allowedTo(role, policies).filter(
        (action) => !central.has(action) && !unseen.has(action) && !unseenOf.get(role)?.includes(action),
      );
      expect(surplus).toEqual([]);
    });

    it('has in its sessions all actions of its verbs on a member account, and no others', () => {
      const { session } = usedBy(role);
      const verbs = neededVerbs({ replicaRegions: ['eu-central-1'] }, does);
      const inSecret = [
        ...actionsIn(onSecrets, verbs),
        ...verbs.flatMap((verb) => keyUse[verb] ?? []),
        ...(does.includes('readSecretsKey') ? centralVerbs.readSecretsKey : []),
      ];
      const onUser = actionsIn({ ...userReads, ...userChanges, ...accountReads, ...adoptions }, does);
      expect([...session].filter((action) => ![...onUser, ...inSecret].includes(action))).toEqual([]);
      expect(onUser.filter((action) => !session.has(action))).toEqual([]);
    });

    it('has nothing in its sessions that it never does', () => {
      const { session, member } = usedBy(role);
      expect([...session].filter((action) => !member.has(action))).toEqual([]);
    });
  });

  it('the member roles are allowed nothing that no task ever does', () => {
    const member = new Set([...used.values()].flatMap((by) => [...by.member]));
    const allowed = ['keyturn-member', 'keyturn-member-read'].flatMap((role) => allowedTo(role, policies));
    expect(new Set(allowed)).toEqual(member);
  });
});

const { policies } = inject('deployed').member;

describe('a deployment that lacks a grant', () => {
  const without = (role: string, action: string) =>
    policies.map(([name, documents]): [string, object[]] => [
      name,
      name === role ? documents.map((document) => withoutAction(document, action)) : [...documents],
    ]);

  it.each([
    [roleOf('ClaimUser'), 'organizations:DescribeAccount'],
    ['keyturn-member', 'secretsmanager:CreateSecret'],
    ['keyturn-member', 'iam:CreateAccessKey'],
  ])('is caught by any life: %s without %s', async (role, action) => {
    const life = await Life.begin({ policies: new Map(without(role, action)) });
    await life.start({}, 'by-hand');
    await life.days(1);
    expect(life.rotation.status).toBe('FAILED');
    expect(life.rotation.cause).toContain(action);
  });

  it('can’t enter with a role that the member accounts don’t name', async () => {
    const life = await Life.begin({ settings: { externalId: 'another' } });
    await life.start({}, 'by-hand');
    expect(life.stands).toBe('MemberRoleRefused');
  });
});

describe('every role', () => {
  const all = policies.flatMap(([role, documents]) =>
    documents.flatMap(actionsOf).map((action) => ({ role, action })),
  );

  it('has actions without wildcards', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({ action }) => /[*?]/.test(action))).toEqual([]);
  });

  it('can’t change anybody’s permissions', () => {
    const permissions =
      /^iam:.*Polic|^iam:(?!Get|List).*(Boundary|Role|Group|LoginProfile|MFA)|^sts:(?!(AssumeRole|SetSourceIdentity|GetAccessKeyInfo)$)|^organizations:(?!Describe|List)/;
    expect(all.filter(({ action }) => permissions.test(action))).toEqual([]);
  });

  it.each([...unseen])('%s: %s', (action) => {
    expect(all.some((one) => one.action === action)).toBe(true);
  });
});

/** The same policy, less one action. */
function withoutAction(document: object, action: string): object {
  const { Statement, ...rest } = documentSchema.parse(document);
  const statements = Statement.map((one) => ({
    ...one,
    Action: [one.Action].flat().filter((name) => name !== action),
  }));
  return { ...rest, Statement: statements.filter(({ Action }) => Action.length > 0) };
}
