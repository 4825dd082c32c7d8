import { createHash } from 'node:crypto';
import * as z from 'zod';
import { accessKeyIdSchema, shortKeyId } from '../keys.ts';
import { accountIdSchema } from '../scope.ts';

/** The version of the events' schema. A field that is added leaves it as it is; any other change is a new version. */
export const eventVersion = '1';

const key = (what: string) => accessKeyIdSchema.describe(what);

/** In every event. */
const common = {
  at: z.iso.datetime().describe('When it happened.'),
  accountId: accountIdSchema.optional().describe("The user's account."),
  userName: z.string().max(64).optional().describe("The user's name when the rotation began."),
  executionArn: z.string().startsWith('arn:').optional().describe("The rotation's execution."),
};

const oldKeyId = key('The key that is being replaced or retired.');
const newKeyId = key('The key that replaces it.');

const about = <Fields extends z.ZodRawShape>(when: string, fields: Fields) =>
  z.strictObject({ ...common, ...fields }).describe(when);

/** The events by name: when each happens, and its fields. */
export const eventSchemas = {
  'Key ready': about("A new key works and is the secret's current version.", { oldKeyId, newKeyId }),
  'Owner asked': about('A mail asked the owner, or reminded.', {
    oldKeyId,
    newKeyId: newKeyId.optional(),
    round: z.int().describe('1, and one more after each rollback in the window.'),
    reminder: z.int().describe('0 in the first mail.'),
    answerBy: z.iso.datetime().describe('When silence becomes final.'),
  }),
  Confirmed: about('The old key can go as soon as it is quiet.', {
    oldKeyId,
    newKeyId: newKeyId.optional(),
    by: z
      .enum(['owner', 'operator', 'newKeyInUse'])
      .describe('What counted as the confirmation. `newKeyInUse`: the user is marked as self-updating.'),
  }),
  'No longer needed': about(
    'An owner says that no key is needed any more: the new key goes, then the old one.',
    {
      oldKeyId,
      newKeyId: newKeyId.optional(),
    },
  ),
  'Taken back': about('An owner took the last answer back, and is asked again.', {
    oldKeyId,
    newKeyId: newKeyId.optional(),
    round: z.int().describe('The round of the answer.'),
  }),
  'Rolled back': about('An owner rolled back, or the inactive key turned out to be needed.', {
    stage: z.enum(['ask', 'window']).describe('`ask`: the new key goes. `window`: a key is active again.'),
    keyId: key('That key; absent if none was made.').optional(),
  }),
  'Key deactivated': about('A key is inactive, and its rollback window has begun.', {
    keyId: key('The key.'),
    confirmation: z
      .enum(['owner', 'operator', 'newKeyInUse', 'leakedKey'])
      .describe('What allowed it. A withdrawn key has that of the rotation.'),
  }),
  'Key deleted': about('A key is gone for good.', { keyId: key('The key.') }),
  Escalated: about('A person must look.', {
    cause: z
      .enum([
        ...(['silence', 'drainDeadline', 'tooManyRollbacks', 'usedNotConfirmed', 'needsPerson'] as const),
        ...(['changedElsewhere', 'deletionRefused', 'reactivationStuck', 'inactiveAndNoRollback'] as const),
        ...(['leakStillActive', 'leakNeedsPerson'] as const),
      ])
      .describe('Why. The mail to the operators says the rest.'),
  }),
  'Key leaked': about('An emergency began for a leaked key.', {
    keyId: key('The key, with its whole ID: nobody is asked to confirm it.'),
  }),
  'Rotation failed': about('A rotation ended with an error; its keys were made safe.', {
    stage: z.string().max(80).describe('The state that failed.'),
    error: z.string().max(256).describe("The error's name."),
  }),
} as const;

type Schemas = typeof eventSchemas;
export type EventName = keyof Schemas;
const eventNames = Object.keys(eventSchemas) as EventName[];

/** A step as the task that took it reports it. No secret, no token, no link, no text that a person wrote. */
export type ReportedStep = {
  [Name in EventName]: { readonly name: Name } & Omit<z.input<Schemas[Name]>, 'at'>;
}[EventName];

/** An event as it is put on the bus. */
export interface KeyturnEvent {
  readonly name: EventName;
  readonly at: Date;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

const reportedSchema = z.looseObject({ name: z.enum(eventNames) });

/**
 * A reported step as an event. Key IDs are shortened: owners confirm by the end of a key's ID, so nobody must be able
 * to read it in a chat. The ID is the same whenever the same step is reported again.
 * @returns undefined if it isn't a valid step
 */
export function toEvent(reported: unknown): KeyturnEvent | undefined {
  const named = reportedSchema.safeParse(reported);
  if (!named.success) return undefined;
  const { name, ...fields } = named.data;
  const parsed = eventSchemas[name].safeParse(fields);
  if (!parsed.success) return undefined;
  const { at, ...said } = parsed.data;
  const id = createHash('sha256')
    .update(JSON.stringify([name, said]))
    .digest('hex')
    .slice(0, 32);
  const shown = name === 'Key leaked' ? said : withoutKeyEnds(said);
  return {
    name,
    at: new Date(at),
    resources: said.executionArn === undefined ? [] : [said.executionArn],
    detail: { version: eventVersion, id, at, ...shown },
  };
}

const keyFields = new Set(['keyId', 'oldKeyId', 'newKeyId']);

const withoutKeyEnds = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      keyFields.has(field) && typeof value === 'string' ? shortKeyId(value) : value,
    ]),
  );
