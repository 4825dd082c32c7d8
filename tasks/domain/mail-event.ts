import * as z from 'zod';
import { type MailOrigin, readOrigin } from './mail-origin.ts';

/** An event about a mail, as SES hands it to EventBridge; as much of it as is read. */
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
  /** The mail won't be read: it came back for good, or its reader wants none. Each of ours has one recipient. */
  | {
      readonly act: 'lost';
      readonly address: string;
      readonly because: string;
      readonly origin: MailOrigin;
    }
  | { readonly act: 'nothing'; readonly because: string };

const nothing = (because: string): MailNews => ({ act: 'nothing', because });

/** What an event means. A delay, a full mailbox and whatever else passes mean nothing: reminders follow. */
export function readMailEvent({ detail }: MailEvent): MailNews {
  const because = whyLost(detail);
  if (because === undefined) return nothing(`${detail.eventType}, which passes or asks for nothing`);
  const tags = Object.entries(detail.mail.tags).map(([name, [value = '']]) => [name, value]);
  const origin = readOrigin(Object.fromEntries(tags));
  const [address = ''] = detail.mail.destination;
  return origin === undefined
    ? nothing('the mail is not about a rotation')
    : { act: 'lost', address, because, origin };
}

function whyLost({ eventType, bounce, complaint }: MailEvent['detail']): string | undefined {
  if (eventType === 'Bounce' && bounce?.bounceType === 'Permanent') {
    return `a permanent bounce (${bounce.bounceSubType})`;
  }
  if (eventType === 'Complaint' && complaint?.complaintFeedbackType !== 'not-spam') {
    return 'a complaint: its reader says that it is spam';
  }
  return undefined;
}
