import * as z from 'zod';
import { sameName } from './letter-case.ts';

const tools = ['CloudFormation', 'Terraform', 'OpenTofu', 'Pulumi', 'code'] as const;
type Tool = (typeof tools)[number];

/** Which tool manages a user, and the fact that tells. `isGuess`: the fact is the shape of the name only. */
export const madeByCodeSchema = z.object({
  tool: z.enum(tools),
  because: z.string(),
  isGuess: z.boolean(),
});
export type MadeByCode = z.output<typeof madeByCodeSchema>;

/** The tags by which many teams say what manages a resource. */
const managerTag = /^(managed|created|provisioned|deployed)[ _:.-]?(by|with)$|^(iac|provisioner|tool)$/i;

const toolNames: readonly (readonly [RegExp, Tool])[] = [
  [/cloudformation|\bcfn\b|\b(aws[ _-]?)?cdk\b|\bsam\b/i, 'CloudFormation'],
  [/opentofu|\btofu\b/i, 'OpenTofu'],
  [/terraform|terragrunt/i, 'Terraform'],
  [/pulumi/i, 'Pulumi'],
];
const toolIn = (text: string): Tool | undefined => toolNames.find(([name]) => name.test(text))?.[1];

/**
 * The name that CloudFormation gives a user without one: the stack's, the logical ID, and twelve or thirteen random
 * characters. CloudFormation's own tags tell nothing, because it doesn't put them on IAM users.
 */
const generatedName =
  /^[A-Za-z][A-Za-z0-9-]*-[A-Za-z0-9]+-(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{12,13}$/;

/**
 * Whether a user is managed by infrastructure as code, which may undo a rotation; undefined if nothing suggests it.
 * @param ours the tags that the settings name: `key`, or `key=value`
 */
export function madeByCode(
  { userName, tags }: { readonly userName: string; readonly tags: ReadonlyMap<string, string> },
  ours: readonly string[],
): MadeByCode | undefined {
  for (const [key, value] of tags) {
    if (key.toLowerCase().startsWith('aws:cloudformation:'))
      return { tool: 'CloudFormation', because: `it has the tag ${key}`, isGuess: false };
    const tool = managerTag.test(key) ? toolIn(value) : toolAsKey(key, value);
    const named = ours.some((one) => isNamed(one, key, value));
    if (tool !== undefined || named)
      return { tool: tool ?? toolIn(`${key} ${value}`) ?? 'code', because: said(key, value), isGuess: false };
  }
  if (!generatedName.test(userName)) return undefined;
  return { tool: 'CloudFormation', because: 'its name looks like one that it generates', isGuess: true };
}

/** `terraform`, `terraform=true`, or `terraform:workspace=production`. */
function toolAsKey(key: string, value: string): Tool | undefined {
  if (/^(false|no)$/i.test(value.trim())) return undefined;
  const [first = ''] = key.split(/[:/_.-]/);
  const tool = toolIn(first);
  return tool !== undefined && !key.startsWith('aws:') ? tool : undefined;
}

function isNamed(wanted: string, key: string, value: string): boolean {
  const at = wanted.indexOf('=');
  if (at < 0) return sameName(wanted, key);
  return sameName(wanted.slice(0, at), key) && sameName(wanted.slice(at + 1), value);
}

const said = (key: string, value: string): string =>
  value === '' ? `it has the tag ${key}` : `its tag ${key} is ${value}`;

/** "Terraform manages this user: its tag managed-by is terraform", or that it may. */
export const madeByCodeInWords = ({ tool, because, isGuess }: MadeByCode): string =>
  `${tool === 'code' ? 'Infrastructure as code' : tool} ${isGuess ? 'may manage' : 'manages'} this user: ${because}`;
