import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../local/aws/access/policy.ts';
import { roleOf } from '../../../local/world/lambda.ts';
import { Life } from '../../workflows/life.ts';

const allow = (Action: string | readonly string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

describe('a world whose roles have policies', () => {
  it('refuses a task what its role doesn’t allow, and the rotation fails with that error', async () => {
    const life = await Life.begin({
      policies: new Map([[roleOf('TellOperators'), [allow('ses:SendEmail')]]]),
    });
    await life.start({}, '222222222222-deploy-bot-1');
    await life.days(1);
    expect(life.stands).toBe('AccessDeniedException');
    expect(life.said).toContain('organizations:DescribeAccount');
    expect(life.subjects).toEqual(['Rotation failed, AccessDeniedException in ClaimUser']);
  });

  it('gets as far as they allow', async () => {
    const policies = new Map([
      [
        roleOf('ClaimUser'),
        [
          allow([
            'organizations:DescribeAccount',
            'sts:AssumeRole',
            'sts:SetSourceIdentity',
            'states:*',
            'kms:*',
          ]),
        ],
      ],
      ['keyturn-member', [allow('iam:*')]],
      ['keyturn-member-read', [allow(['iam:*', 'secretsmanager:DescribeSecret'])]],
    ]);
    const life = await Life.begin({ policies });
    await life.start({}, '222222222222-deploy-bot-1');
    expect(life.rotation.history.map(({ stateEnteredEventDetails: entered }) => entered?.name)).toContain(
      'Assess',
    );
    expect(life.user.tags.get('keyturn:rotation')).toBe(life.rotation.arn);
  });

  it('admits nobody to a member account whom the member role doesn’t trust', async () => {
    const trust = { Effect: 'Allow', Principal: { AWS: '333333333333' }, Action: 'sts:AssumeRole' };
    const nobody = { Version: '2012-10-17', Statement: [trust] };
    const memberTrusts = { 'keyturn-member': nobody, 'keyturn-member-read': nobody };
    const life = await Life.begin({ memberTrusts });
    await life.start({}, '222222222222-deploy-bot-1');
    expect(life.stands).toBe('MemberRoleRefused');
  });
});
