import { listSecrets } from '../aws/adoptable-secrets.ts';
import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { candidatesAmong, isAdoptedAlready } from '../domain/adopting/candidates.ts';

/**
 * The secrets of an account that say that they hold a user's key and aren't adopted, each as a sentence. They are
 * named in the report, and nothing else happens to them. None unless secrets may be adopted.
 */
export async function secretsToAdopt(
  { accountId, executionArn }: { readonly accountId: string; readonly executionArn: string },
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
): Promise<string[]> {
  const { adopts, secretPrefix } = dependencies.settings;
  if (!adopts) return [];
  try {
    const listed = await listSecrets(dependencies, { accountId, executionArn });
    const { candidates, left } = candidatesAmong(listed, { accountId, secretPrefix });
    const ready = candidates.filter(({ secret }) => !isAdoptedAlready(secret));
    return [
      ...left.map(({ secret, because }) => `the secret ${secret} can't be adopted: ${because}`),
      ...ready.map(
        ({ secret, userName }) =>
          `the secret ${secret.name} holds a key of ${userName} and isn't adopted: npx keyturn adopt ${accountId}/${userName}`,
      ),
    ];
  } catch (error) {
    if (isPassing(error) || !(error instanceof Error)) throw error;
    return [`which secrets could be adopted isn't known: ${error.name}`];
  }
}
