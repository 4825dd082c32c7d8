import { CfnOutput, Duration } from 'aws-cdk-lib';
import { AccountRootPrincipal, Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { executionVerbs, type Verb } from '../tasks/domain/verbs.ts';
import { except, exceptResource } from './exceptions.ts';
import { type Granted, startsMachine, statementsOf } from './grants.ts';
import {
  executionsOf,
  machineArn,
  recordObjects,
  roleName,
  rotationMachineName,
  sweepMachineName,
  sweepObjects,
} from './names.ts';
import type { Deployment } from './settings.ts';

/** What `npx keyturn` does with rotations and reports; the tasks that it starts act under their own roles. */
const does = [
  'startRotation',
  'describeRotation',
  'listRotations',
  'stopRotation',
  'readHistory',
  'answerWait',
  'readReport',
  'findReport',
  'readRecord',
  'readLease',
] as const satisfies readonly Verb[];

/**
 * The role for people who operate keyturn by its command line: start, answer, stop and look, and nothing on a key, a
 * user or a secret. Whoever administrates the account decides who may assume it.
 */
export class OperatorsRole extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { deployment, granted }: { readonly deployment: Deployment; readonly granted: Granted },
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName: roleName(deployment, 'operator'),
      description: 'keyturn: for operators who use its command line',
      assumedBy: new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(8),
    });
    const rotations = new Policy(this, 'Rotations', {
      roles: [role],
      statements: [
        ...statementsOf({ does }, deployment, granted),
        new PolicyStatement({ sid: 'WhoseKey', actions: ['sts:GetAccessKeyInfo'], resources: ['*'] }),
      ],
    });
    except(rotations, 'IAM5[Resource::*]', 'An answer has no resource but its token; a key ID is none.');
    exceptResource(
      rotations,
      executionsOf(deployment, rotationMachineName),
      'Executions of this one machine.',
    );
    exceptResource(rotations, sweepObjects(deployment), 'Each sweep has its own report.');
    exceptResource(rotations, recordObjects(deployment), 'Each rotation has its own record.');
    const sweeps = new Policy(this, 'Sweeps', {
      roles: [role],
      statements: sweepStatements(deployment, granted),
    });
    exceptResource(sweeps, executionsOf(deployment, sweepMachineName), 'Executions of this one machine.');
    new CfnOutput(this, 'RoleArn', { value: role.roleArn, description: 'The role for operators' });
  }
}

const sweepStatements = (deployment: Deployment, { dataKeyArn }: Granted): PolicyStatement[] => [
  ...startsMachine(sweepMachineName, deployment, dataKeyArn),
  new PolicyStatement({
    sid: 'Sweeps',
    actions: [
      ...executionVerbs.describeRotation,
      ...executionVerbs.stopRotation,
      ...executionVerbs.readHistory,
    ],
    resources: [executionsOf(deployment, sweepMachineName)],
  }),
  new PolicyStatement({
    sid: 'ListSweeps',
    actions: [...executionVerbs.listRotations],
    resources: [machineArn(deployment, sweepMachineName)],
  }),
];
