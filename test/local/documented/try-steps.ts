import type { DocumentedStage } from './stage.ts';
import type { DocumentedStep } from './step.ts';

const accountId = '222222222222';
const name = 'deploy-bot';
const keys = (stage: DocumentedStage) =>
  [...(stage.server.world.aws.accounts.get(accountId)?.users.get(name)?.keys ?? [])].map(({ id }) => id);

/** The commands of `npx keyturn` in README and try.md, in their order. */
export const tryKeyturnSteps = (stage: DocumentedStage): DocumentedStep[] => [
  { command: /^npx keyturn rotate /, says: () => new RegExp(`${accountId}-${name}-1`) },
  {
    command: /^npx keyturn status /,
    says: () => new RegExp(`^${name} in .*${accountId}\\)?\n[^]*${keys(stage).join('[^]*')}`),
  },
  { command: /^npx keyturn ls /, says: () => new RegExp(`${accountId}/${name} +waiting +ask`) },
];

/** Those of the AWS CLI. */
export const tryShellSteps = (stage: DocumentedStage): DocumentedStep[] => [
  {
    command: /^export AWS_ENDPOINT_URL/,
    fill: () => ({ 'http://127.0.0.1:4600': stage.server.url }),
  },
  { command: /^export AWS_ACCESS_KEY_ID=operator/ },
  { command: /^aws configure set/ },
  { command: /^aws stepfunctions start-execution .+:live /, says: () => /"executionArn"/ },
  {
    command: /^aws stepfunctions get-execution-history/,
    says: () => /^\d{4}-\d\d-\d\dT\S+\tTaskStateEntered\tAskOwner$/m,
  },
  { command: /^export \$\(printf/ },
  { command: /^aws iam list-access-keys/, says: () => new RegExp(keys(stage).join('[^]*')) },
  {
    command: /^aws secretsmanager get-secret-value/,
    says: () => new RegExp(keys(stage).at(-1) ?? 'no key'),
    showsSecret: true,
  },
];
