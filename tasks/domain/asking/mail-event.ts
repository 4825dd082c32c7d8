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
  if (because === undefined) return nothing(`${detail.eventType}, which is transient or needs nothing`);
  const tags = Object.entries(detail.mail.tags).map(([name, [value = '']]) => [name, value]);
  const origin = readOrigin(Object.fromEntries(tags));
  const [address = ''] = detail.mail.destination;
  return origin === undefined
    ? nothing('the mail is not about a rotation')
    : { act: 'lost', address, because, origin };
}

/**
 * Why the operators don't have a mail: then somebody must be woken by other means, whatever the mail was about. More
 * counts than for an owner, whom reminders reach: a mail to a full mailbox is as lost.
 */
export function whyOperatorsMissIt({ detail }: MailEvent, operators: string): string | undefined {
  if (!detail.mail.destination.some((address) => address.toLowerCase() === operators.toLowerCase())) {
    return undefined;
  }
  return whyLost(detail) ?? whyNotRead(detail);
}

/** A bounce that passes, other than the `Transient` `General` one that an out-of-office answer is. */
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
