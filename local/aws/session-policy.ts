import { AwsError } from './types.ts';

/** A session policy, read: what it allows. Whatever no statement allows is denied. */
export interface SessionPolicy {
  readonly allows: (action: string, resource: string) => boolean;
}

interface Statement {
  readonly actions: readonly RegExp[];
  readonly resources: readonly RegExp[];
}

const POLICY_ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Statement']);
const STATEMENT_ELEMENTS: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Action', 'Resource']);

/**
 * Reads the session policies that are modelled: Allow statements of Action and Resource, with `*` and `?`.
 * @throws AwsError MalformedPolicyDocument, naming any other element.
 */
export function readSessionPolicy(text: string): SessionPolicy {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('The policy is not JSON.');
  }
  const policy = readElements(document, POLICY_ELEMENTS);
  if (policy.Version !== '2012-10-17') throw malformed('Version must be 2012-10-17.');
  const listed = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  const statements = listed.map(readStatement);
  return {
    allows: (action, resource) =>
      statements.some(
        ({ actions, resources }) =>
          actions.some((glob) => glob.test(action)) && resources.some((glob) => glob.test(resource)),
      ),
  };
}

function readStatement(value: unknown): Statement {
  const statement = readElements(value, STATEMENT_ELEMENTS);
  if (statement.Effect !== 'Allow') throw malformed('Only statements with Effect Allow are modelled here.');
  return {
    actions: readGlobs('Action', statement.Action, 'i'),
    resources: readGlobs('Resource', statement.Resource, ''),
  };
}

function readElements(value: unknown, known: ReadonlySet<string>): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('Syntax error in policy.');
  const elements = Object.fromEntries(Object.entries(value));
  const other = Object.keys(elements).find((name) => !known.has(name));
  if (other !== undefined) throw malformed(`The policy element ${other} is not modelled here.`);
  return elements;
}

function readGlobs(element: string, value: unknown, flags: string): RegExp[] {
  const globs: unknown[] = Array.isArray(value) ? value : [value];
  if (globs.length === 0) throw malformed(`${element} is empty.`);
  return globs.map((glob) => {
    if (typeof glob !== 'string') throw malformed(`${element} is missing or not a string.`);
    if (glob.includes('${')) throw malformed(`The policy variable in ${element} is not modelled here.`);
    const pattern = glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${pattern}$`, flags);
  });
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}
