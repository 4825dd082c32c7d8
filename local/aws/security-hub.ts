import type {
  AwsSecurityFinding,
  BatchImportFindingsRequest,
  BatchImportFindingsResponse,
} from '@aws-sdk/client-securityhub';
import type { Model } from './iam/account.ts';
import { AwsError, type Operations } from './types.ts';
import { operation, service } from './wire/operation.ts';

const MOST = 100;
const LARGEST = 240 * 1024;
/** Of a whole call. */
const LARGEST_CALL = 6 * 1024 * 1024;
const REQUIRED = [
  ...([
    'SchemaVersion',
    'Id',
    'ProductArn',
    'GeneratorId',
    'AwsAccountId',
    'CreatedAt',
    'UpdatedAt',
  ] as const),
  ...(['Title', 'Description', 'Resources'] as const),
] as const satisfies readonly (keyof AwsSecurityFinding)[];

/** Security Hub in the central account. */
export interface Hub {
  isEnabled: boolean;
  /** By ID. */
  readonly findings: Map<string, AwsSecurityFinding>;
  /** Why a finding is refused although it is valid, for tests. */
  refuse: (finding: AwsSecurityFinding) => string | undefined;
}

export const newHub = (): Hub => ({ isEnabled: true, findings: new Map(), refuse: () => undefined });

/** Security Hub's operation that takes findings. It may accept some of a call's findings and refuse others. */
export function securityHubOperations(model: Model, hub: Hub): Operations {
  return service('securityhub', {
    BatchImportFindings: operation<BatchImportFindingsRequest, BatchImportFindingsResponse>()(
      ['Findings'],
      [],
      ({ Findings }, { accountId }) => {
        if (!hub.isEnabled) {
          const message = `Account ${accountId} is not subscribed to AWS Security Hub`;
          throw new AwsError('InvalidAccessException', message, 401);
        }
        const size = JSON.stringify(Findings).length;
        if (Findings.length < 1 || Findings.length > MOST || size > LARGEST_CALL) {
          throw new AwsError(
            'InvalidInputException',
            `Invalid parameter 'Findings': a call takes 1 to ${MOST} findings, and at most 6 MB.`,
          );
        }
        const failed = Findings.flatMap((finding) => {
          const because = whyRefused(finding, accountId, model) ?? hub.refuse(finding);
          if (because === undefined) keep(finding, hub);
          return because === undefined
            ? []
            : [{ Id: finding.Id, ErrorCode: 'InvalidInput', ErrorMessage: because }];
        });
        const SuccessCount = Findings.length - failed.length;
        return { FailedCount: failed.length, SuccessCount, FailedFindings: failed };
      },
    ),
  });
}

function whyRefused(finding: AwsSecurityFinding, accountId: string, model: Model): string | undefined {
  const missing = REQUIRED.find((name) => finding[name] === undefined);
  if (missing !== undefined) return `Finding does not adhere to Amazon Finding Format: ${missing} is missing`;
  const product = `arn:${model.partition}:securityhub:${model.region}:${accountId}:product/${accountId}/default`;
  if (finding.ProductArn !== product) return 'The product is not the account’s own.';
  // With the default product, an account can only report about itself.
  if (finding.AwsAccountId !== accountId) return 'AwsAccountId is not the calling account.';
  if (JSON.stringify(finding).length > LARGEST) return 'The finding is larger than 240 KB.';
  if ((finding.Title?.length ?? 0) > 256 || (finding.Description?.length ?? 0) > 1024)
    return 'Title or Description is too long.';
  return undefined;
}

/** An update can't change what belongs to the customer or, outside of `FindingProviderFields`, to Security Hub. */
function keep(finding: AwsSecurityFinding, { findings }: Hub): void {
  const id = finding.Id ?? '';
  const before = findings.get(id);
  const { Workflow, Severity, Types } = before ?? { ...finding, Workflow: { Status: 'NEW' as const } };
  findings.set(id, { ...finding, Workflow, Severity, Types });
}
