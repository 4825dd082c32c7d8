import * as z from 'zod';
import type { Call } from '../aws/types.ts';
import type { AskedKey, MailText, Watched } from './watched.ts';

/** The keys that an emergency is about; none for any other request. */
export const leakedKeysOf = ({ request }: Pick<Watched, 'request'>): string[] =>
  request.action === 'emergency' ? [request.keyId ?? [], request.alsoLeaked ?? []].flat() : [];

const data = z.object({ Data: z.string() });
const contentSchema = z.object({ Simple: z.object({ Subject: data, Body: z.object({ Text: data }) }) });

/** A mail as SES was asked to send it. */
export function mailIn({ input, at }: Pick<Call, 'input' | 'at'>): MailText {
  const { Simple } = contentSchema.parse(input.Content);
  return { subject: Simple.Subject.Data, text: Simple.Body.Text.Data, sentAt: at };
}

const newsSchema = z.object({ keyIds: z.array(z.string()) });

/** The leaked keys that an emergency learns of through the failure of its waiting task; none for any other failure. */
export const toldKeysIn = ({ input }: Pick<Call, 'input'>): string[] =>
  input.error === 'AnotherKeyLeaked' ? newsSchema.parse(JSON.parse(String(input.cause))).keyIds : [];

const createdSchema = z.object({
  AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }),
});

/** The key in CreateAccessKey's answer. */
export const createdKeyIn = (output: unknown): { readonly id: string; readonly secret: string } => {
  const { AccessKey } = createdSchema.parse(output);
  return { id: AccessKey.AccessKeyId, secret: AccessKey.SecretAccessKey };
};

/** What an owner is asked; nothing by the news that a leaked key is still active, which can't be answered. */
export function asksOwner(parameters: string): AskedKey | undefined {
  const asked = askingSchema.safeParse(JSON.parse(parameters)).data?.Payload;
  if (asked === undefined) return undefined;
  const { stage, leaving, newKeyId, plan } = asked;
  return { stage, keyId: (leaving === 'newKey' ? newKeyId : undefined) ?? plan.oldKeyId };
}

const askingSchema = z.object({
  Payload: z.object({
    stage: z.enum(['ask', 'window']),
    leaving: z.string().optional(),
    newKeyId: z.string().optional(),
    plan: z.object({ oldKeyId: z.string() }),
  }),
});

/** The task token that a task was called with; undefined if none. */
export function tokenIn(parameters: string): string | undefined {
  const { Payload }: { Payload?: { taskToken?: unknown } | null } = JSON.parse(parameters);
  return typeof Payload?.taskToken === 'string' ? Payload.taskToken : undefined;
}
