import { describe, expect, it } from 'vitest';
import { madeByCode, madeByCodeInWords } from '../../tasks/domain/made-by-code.ts';

const told = (userName: string, tags: Record<string, string> = {}, ours: readonly string[] = []) => {
  const found = madeByCode({ userName, tags: new Map(Object.entries(tags)) }, ours);
  return found && `${found.tool}${found.isGuess ? '?' : ''}: ${found.because}`;
};

describe('a user that infrastructure as code manages', () => {
  it.each<[string, Record<string, string>, string[], string | undefined]>([
    ['deploy-bot', { ManagedBy: 'Terraform' }, [], 'Terraform: its tag ManagedBy is Terraform'],
    ['deploy-bot', { 'managed-by': 'terragrunt' }, [], 'Terraform: its tag managed-by is terragrunt'],
    ['deploy-bot', { created_with: 'pulumi' }, [], 'Pulumi: its tag created_with is pulumi'],
    ['deploy-bot', { iac: 'OpenTofu 1.9' }, [], 'OpenTofu: its tag iac is OpenTofu 1.9'],
    ['deploy-bot', { terraform: 'true' }, [], 'Terraform: its tag terraform is true'],
    ['deploy-bot', { 'terraform:workspace': 'prod' }, [], 'Terraform: its tag terraform:workspace is prod'],
    ['deploy-bot', { terraform: 'false' }, [], undefined],
    ['deploy-bot', { 'managed-by': 'cdk' }, [], 'CloudFormation: its tag managed-by is cdk'],
    [
      'deploy-bot',
      { 'aws:cloudformation:stack-name': 'shop' },
      [],
      'CloudFormation: it has the tag aws:cloudformation:stack-name',
    ],
    ['deploy-bot', { repo: 'infra' }, ['Repo=Infra'], 'code: its tag repo is infra'],
    ['deploy-bot', { repo: 'shop' }, ['repo=infra'], undefined],
    ['deploy-bot', { Stack: '' }, ['stack'], 'code: it has the tag Stack'],
    ['deploy-bot', { 'managed-by': 'anna.lind@example.com' }, [], undefined],
    ['deploy-bot', { purpose: 'runs terraform apply' }, [], undefined],
    ['shop-DeployUser-1A2B3C4D5E6F', {}, [], 'CloudFormation?: its name looks like one that it generates'],
    [
      'shop-prod-DeployUser-aB3dE5fG7hJ9',
      {},
      [],
      'CloudFormation?: its name looks like one that it generates',
    ],
    ['shop-deploy-automation12', {}, [], undefined],
    ['deploy-bot', {}, [], undefined],
  ])('is known, or guessed, by %s with %j, if the settings name %j: %s', (name, tags, ours, expected) => {
    expect(told(name, tags, ours)).toBe(expected);
  });

  it('is told as what it is: known, or a guess', () => {
    const because = 'its tag managed-by is terraform';
    expect(madeByCodeInWords({ tool: 'Terraform', because, isGuess: false })).toBe(
      `Terraform manages this user: ${because}`,
    );
    expect(madeByCodeInWords({ tool: 'code', because, isGuess: true })).toBe(
      `Infrastructure as code may manage this user: ${because}`,
    );
  });
});
