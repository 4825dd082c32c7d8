import { isPassing } from '../aws/passing.ts';
import type { Dependencies } from '../dependencies.ts';
import { LeakDelayed, MemberRoleRefused, SecretRefused, UnknownUser } from '../domain/errors.ts';
import type { Rotation } from '../domain/rotation.ts';
import { hour } from '../domain/time.ts';

/** An emergency tries a state for this long; within the hour people must hear that the key is still active. */
const patience = 0.75 * hour;

/**
 * Runs what an emergency does, and once it has been tried for most of an hour gives up with an error that isn't tried
 * again: people are told, and then it is tried again.
 * @param enteredAt when the state was entered, however often it was tried since
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
 * What merely informs an emergency: if it can't be had, it is logged and done without. A user that isn't there, or a
 * role that lets nobody in, isn't done without.
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
    log.warn('an emergency goes on without it', { ...rotation, because });
    return otherwise;
  }
}
