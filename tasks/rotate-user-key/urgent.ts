import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { LeakDelayed, MemberRoleRefused, SecretRefused, UnknownUser } from '../domain/errors.ts';
import type { Rotation } from '../domain/rotation.ts';
import { hour } from '../domain/time.ts';

/**
 * How long an emergency retries a state. Up to four states can be in its way, and people must be told within the hour
 * that the key is still active.
 */
const patience = hour / 5;

/**
 * Runs an emergency's action. After twelve minutes of retries, throws an error that isn't retried: people are told,
 * and then it is tried again.
 * @param enteredAt when the state was first entered; retries don't change it
 * @throws {LeakDelayed}
 */
export async function inTime<T>(
  enteredAt: Date | undefined,
  { now }: Pick<Dependencies, 'now'>,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isLate = enteredAt !== undefined && now().getTime() - enteredAt.getTime() >= patience;
    const isTriedAgain = isPassing(error) || error instanceof MemberRoleRefused;
    if (!isLate || !isTriedAgain) throw error;
    throw new LeakDelayed(`${error.name}: ${error.message}`, { cause: error });
  }
}

/**
 * Runs something that an emergency can do without: errors are logged and the default is returned. A missing user or
 * an inaccessible role still throws.
 */
export async function tolerably<T>(
  run: () => Promise<T>,
  otherwise: T,
  { log }: Pick<Dependencies, 'log'>,
  rotation: Rotation,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isShutOut = error instanceof MemberRoleRefused && !(error instanceof SecretRefused);
    if (error instanceof UnknownUser || isShutOut) throw error;
    const because = error instanceof Error ? `${error.name}: ${error.message}` : 'no answer';
    log.warn('an emergency continues after an error', { ...rotation, because });
    return otherwise;
  }
}
