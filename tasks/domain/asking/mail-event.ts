import * as z from 'zod';
import { type MailOrigin, readOrigin } from './mail-origin.ts';

/** An event about a mail, as SES sends it to EventBridge; only the fields that are used. */
export const mailEventSchema = z.object({
  detail: z.object({
    eventType: z.string(),
    mail: z.object({
      messageId: z.string(),
      destination: z.array(z.string()).min(1),
      tags: z.record(z.string(), z.array(z.string())).default({}),
    }),
    bounce: z.object({ bounceType: z.string(), bounceSubType: z.string().default('General') }).optional(),
    complaint: z.object({ complaintFeedbackType: z.string().nullish() }).optional(),
  }),
});
export type MailEvent = z.output<typeof mailEventSchema>;

export type MailNews =
  /**
   * The mail won't be read: it bounced permanently, or its reader complained. Each of our mails has one recipient.
   */
  | {
      readonly act: 'lost';
      readonly address: string;
      readonly because: string;
      readonly origin: MailOrigin;
    }
  | { readonly act: 'nothing'; readonly because: string };

const nothing = (because: string): MailNews => ({ act: 'nothing', because });

/** What an event means. Delays, full mailboxes and other transient problems are ignored: reminders follow. */
export function readMailEvent({ detail }: MailEvent): MailNews {
  const because = whyLost(detail);
  if (because === undefined) return nothing(`${detail.eventType}, which is transient or needs nothing`);
  const tags = Object.entries(detail.mail.tags).map(([name, [value = '']]) => [name, value]);
  const origin = readOrigin(Object.fromEntries(tags));
  const [address = ''] = detail.mail.destination;
  return origin === undefined
    ? nothing('the mail is not about a rotation')
    : { act: 'lost', address, because, origin };
}

/**
 * Why the operators didn't receive a mail; whatever the mail is about, an alarm must reach them another way. Stricter
 * than for owners, who get reminders: a full mailbox counts as lost too.
 */
export function whyOperatorsMissIt({ detail }: MailEvent, operators: string): string | undefined {
  if (!detail.mail.destination.some((address) => address.toLowerCase() === operators.toLowerCase())) {
    return undefined;
  }
  return whyLost(detail) ?? whyNotRead(detail);
}

/** A transient bounce, except `Transient` `General`, which is how out-of-office replies are reported. */
function whyNotRead({ eventType, bounce }: MailEvent['detail']): string | undefined {
  const isAnswer = bounce?.bounceType === 'Transient' && bounce.bounceSubType === 'General';
  if (eventType !== 'Bounce' || bounce === undefined || isAnswer) return undefined;
  return `a bounce (${bounce.bounceType}, ${bounce.bounceSubType})`;
}

function whyLost({ eventType, bounce, complaint }: MailEvent['detail']): string | undefined {
  if (eventType === 'Bounce' && bounce?.bounceType === 'Permanent') {
    return `a permanent bounce (${bounce.bounceSubType})`;
  }
  if (eventType === 'Complaint' && complaint?.complaintFeedbackType !== 'not-spam') {
    return 'a complaint: its reader marked it as spam';
  }
  return undefined;
}
