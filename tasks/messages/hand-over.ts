import { type MadeByCode, madeByCodeInWords } from '../domain/made-by-code.ts';
import type { Plan } from '../domain/rotation.ts';
import type { Block } from './document.ts';

const cloudFormation =
  'If the key itself is in the template (AWS::IAM::AccessKey), give it DeletionPolicy: Retain, deploy, then take it out and deploy again.';
const terraform = (command: string): string =>
  `If the key itself is in the code (aws_iam_access_key), take it out of the state with “${command} state rm”, or by a removed block with destroy = false, and out of the code.`;

const steps: Readonly<Record<MadeByCode['tool'], string>> = {
  CloudFormation: cloudFormation,
  Terraform: terraform('terraform'),
  OpenTofu: terraform('tofu'),
  Pulumi:
    'If the key itself is in the program (aws.iam.AccessKey), set retainOnDelete, run pulumi up, then take it out.',
  code: 'If the key itself is in the code, take it out without deleting it.',
};

/** What the next deployment may do, and how to keep it from doing so; nothing unless code manages the user. */
export function handOver({ madeByCode }: Pick<Plan, 'madeByCode'>): Block[] {
  if (madeByCode === undefined) return [];
  return [
    { kind: 'heading', text: 'Infrastructure as code' },
    {
      kind: 'text',
      text: `${madeByCodeInWords(madeByCode)}. Its next run may undo this: make another key, make this one active again, or remove tags. ${steps[madeByCode.tool]} The user may stay in it.`,
    },
  ];
}
