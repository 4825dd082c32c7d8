import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Dependencies } from '../dependencies.ts';
import { controls, standards } from '../domain/controls/controls.ts';
import { type ControlFinding, findingId } from '../domain/controls/findings.ts';
import { partitionOf } from '../domain/execution-name.ts';
import { oneClient } from './one-client.ts';

const hub = /* @__PURE__ */ oneClient((defaults) => new SecurityHubClient(defaults));

/** At most this many in one call. */
const most = 100;
/** The longest description that the format allows. */
const longest = 1024;

/** A finding as it stands now. */
export interface StandingFinding {
  readonly finding: ControlFinding;
  readonly state: 'ACTIVE' | 'ARCHIVED';
}

/** The findings of keyturn's own account, under its default product. */
export class SecurityHub {
  readonly #partition: string;
  readonly #region: string;
  readonly #account: string;

  /** @param executionArn says in which account and region */
  constructor(
    private readonly dependencies: Pick<Dependencies, 'aws' | 'now'>,
    executionArn: string,
  ) {
    const [, , , region = '', account = ''] = executionArn.split(':');
    [this.#partition, this.#region, this.#account] = [partitionOf(executionArn), region, account];
  }

  /** @returns why findings were refused, by their IDs; sending one again is harmless */
  async import(all: readonly StandingFinding[]): Promise<ReadonlyMap<string, string>> {
    const refused = new Map<string, string>();
    for (let from = 0; from < all.length; from += most) {
      const Findings = all.slice(from, from + most).map((one) => this.#asff(one));
      const { FailedFindings = [] } = await hub(this.dependencies.aws).send(
        new BatchImportFindingsCommand({ Findings }),
      );
      for (const { Id = '', ErrorCode, ErrorMessage } of FailedFindings)
        refused.set(Id, `${ErrorCode}: ${ErrorMessage}`);
    }
    return refused;
  }

  #asff({ finding, state }: StandingFinding): AwsSecurityFinding {
    const control = controls.find(({ id }) => id === finding.control);
    const { cis = [], nist = [], pci = [] } = control?.numbers ?? {};
    const Severity = { Label: control?.severity ?? 'MEDIUM' };
    const Types = ['Software and Configuration Checks/Industry and Regulatory Standards'];
    return {
      SchemaVersion: '2018-10-08',
      Id: findingId(finding),
      ProductArn: `arn:${this.#partition}:securityhub:${this.#region}:${this.#account}:product/${this.#account}/default`,
      GeneratorId: `keyturn/${finding.control}`,
      // With the default product, the caller's own: the user's account is in the resource.
      AwsAccountId: this.#account,
      Types,
      CreatedAt: finding.createdAt.toISOString(),
      UpdatedAt: this.dependencies.now().toISOString(),
      Severity,
      Title: control?.title ?? finding.control,
      Description: finding.description.slice(0, longest),
      Resources: [this.#resourceOf(finding)],
      Compliance: {
        Status: state === 'ACTIVE' ? 'FAILED' : 'PASSED',
        RelatedRequirements: [
          ...cis.map((number) => `${standards.cis}/${number}`),
          ...nist.map((number) => `NIST.800-53.r5 ${number}`),
          ...pci.map((number) => `${standards.pci}/${number}`),
        ],
      },
      ProductFields: {
        'keyturn/account': finding.accountId,
        'keyturn/user': finding.userName,
        'keyturn/control': finding.control,
      },
      RecordState: state,
      // Once a finding exists, severity and types can only be changed here.
      FindingProviderFields: { Severity, Types },
    };
  }

  #resourceOf({ accountId, userName, userPath = '/', control }: ControlFinding) {
    const Partition = this.#partition as 'aws';
    if (control === 'noRootKey') return { Type: 'AwsAccount', Id: `AWS::::Account:${accountId}`, Partition };
    return {
      Type: 'AwsIamUser',
      Id: `arn:${this.#partition}:iam::${accountId}:user${userPath}${userName}`,
      Partition,
      Details: { AwsIamUser: { UserName: userName, Path: userPath } },
    };
  }
}
