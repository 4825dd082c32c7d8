import { type AccessPolicy, type PolicyDocument, readPolicy } from './policy.ts';

/**
 * The trust policies of member roles, by the roles' names; undefined if none are given.
 * @throws AwsError MalformedPolicyDocument
 */
export function trustsOf(
  documents: Readonly<Record<string, PolicyDocument>> | undefined,
): ReadonlyMap<string, AccessPolicy> | undefined {
  if (documents === undefined) return undefined;
  const read = Object.entries(documents).map(([role, document]): [string, AccessPolicy] => [
    role,
    readPolicy(document, 'trust'),
  ]);
  return new Map(read);
}
