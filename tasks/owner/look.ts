import * as z from 'zod';
import { useNow } from '../aws/use-check.ts';
import type { Dependencies } from '../dependencies.ts';
import type { KnownQuestion } from '../domain/asking/find-question.ts';
import type { Looked } from '../messages/look-again.ts';
import type { Guesses } from './guesses.ts';

const lookSchema = z.object({ look: z.literal('again') });

/** Whether a form asks how the keys are used now. It decides nothing, so it needs nothing that a person types. */
export const asksToLook = (form: unknown): boolean => lookSchema.safeParse(form).success;

/**
 * Looks at the use of both keys as of now, at most a few times an hour for each question. If that fails, the page is
 * shown with what is known, and says so.
 */
export async function lookFor(
  { question }: Pick<KnownQuestion, 'question'>,
  { dependencies, guesses }: { readonly dependencies: Dependencies; readonly guesses: Guesses },
): Promise<Looked> {
  const until = await guesses.countLook(question);
  if (until !== undefined) return { until };
  try {
    return { evidence: await useNow(question, dependencies) };
  } catch (error) {
    const because = error instanceof Error ? error.name : 'no answer';
    dependencies.log.warn('could not look at the use of both keys', { ...question.rotation, because });
    return { failed: true };
  }
}
