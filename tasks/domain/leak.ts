import * as z from 'zod';
import { accountIdSchema } from './scope.ts';

/** As much of an AWS Health event as bears on a leak; whatever else AWS adds to it doesn't matter. */
export const leakEventSchema = z.looseObject({
  account: accountIdSchema,
  resources: z.array(z.string()).catch([]),
  detail: z.looseObject({
    eventTypeCode: z.literal('AWS_RISK_CREDENTIALS_EXPOSED'),
    /** Whose it is, where the event comes through another account of the organization. */
    affectedAccount: accountIdSchema.optional(),
    affectedEntities: z
      .array(z.looseObject({ entityValue: z.string() }).catch({ entityValue: '' }))
      .catch([]),
  }),
});
export type LeakEvent = z.output<typeof leakEventSchema>;

const keyIds = /\bA[A-Z]IA[A-Z0-9]{12,124}\b/g;

/** What an event says: whose keys, and which. An entity may be a key's ID alone, or have it somewhere inside. */
export function leakIn({ account, resources, detail }: LeakEvent): {
  readonly accountId: string;
  readonly keyIds: readonly string[];
} {
  const texts = [...detail.affectedEntities.map(({ entityValue }) => entityValue), ...resources];
  const found = texts.flatMap((text) => [...text.matchAll(keyIds)].map(([id]) => id));
  return { accountId: detail.affectedAccount ?? account, keyIds: [...new Set(found)] };
}

/** The name under which a leaked key's emergency is asked for: hearing of it again asks for nothing new. */
export const leakExecutionName = (keyId: string): string => `leak-${keyId}`.slice(0, 80);
