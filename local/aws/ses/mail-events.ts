import type { BusEvent } from '../bus-event.ts';
import type { DeliveredMail } from './ses.ts';

/** What becomes of a mail after SES has taken it, if it isn't simply delivered. */
export type MailFate = 'bounce' | 'suppressed' | 'complaint' | 'delay';

/** The addresses of SES's own mailbox simulator, with what becomes of mail to them. */
export const simulator: Readonly<Record<string, MailFate>> = {
  'bounce@simulator.amazonses.com': 'bounce',
  'complaint@simulator.amazonses.com': 'complaint',
};

/** The event that SES sends to EventBridge about a mail that was sent with a configuration set. */
export function mailEvent(
  { id, from, to, subject, sentAt, tags, headers }: DeliveredMail,
  fate: MailFate,
  around: { readonly region: string; readonly accountId: string; readonly at: Date },
): BusEvent {
  const { region, accountId, at } = around;
  const timestamp = at.toISOString();
  const recipients = to.map((emailAddress) => ({ emailAddress }));
  return {
    version: '0',
    id,
    'detail-type': detailTypes[fate],
    source: 'aws.ses',
    account: accountId,
    time: timestamp,
    region,
    resources: [`arn:aws:ses:${region}:${accountId}:configuration-set/${headers[configurationSet]}`],
    detail: {
      eventType: eventTypes[fate],
      mail: {
        timestamp: sentAt.toISOString(),
        source: from,
        sendingAccountId: accountId,
        messageId: id,
        destination: to,
        commonHeaders: { from: [from], to, messageId: id, subject },
        tags: {
          'ses:configuration-set': [headers[configurationSet]],
          ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
        },
      },
      ...details(fate, recipients, timestamp),
    },
  };
}

/** The header of mails whose events are published. */
export const configurationSet = 'X-SES-CONFIGURATION-SET';

const detailTypes = {
  bounce: 'Email Bounced',
  suppressed: 'Email Bounced',
  complaint: 'Email Complaint Received',
  delay: 'Email Delivery Delayed',
} as const;
const eventTypes = {
  bounce: 'Bounce',
  suppressed: 'Bounce',
  complaint: 'Complaint',
  delay: 'DeliveryDelay',
} as const;

function details(
  fate: MailFate,
  recipients: readonly { readonly emailAddress: string }[],
  timestamp: string,
) {
  switch (fate) {
    case 'bounce':
    case 'suppressed': {
      const bouncedRecipients = recipients.map((recipient) => ({
        ...recipient,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode:
          fate === 'bounce'
            ? 'smtp; 550 5.1.1 user unknown'
            : 'Amazon SES did not send the message to this address because it is on the suppression list for your account.',
      }));
      const bounceSubType = fate === 'bounce' ? 'General' : 'OnAccountSuppressionList';
      return { bounce: { bounceType: 'Permanent', bounceSubType, bouncedRecipients, timestamp } };
    }
    case 'complaint':
      return { complaint: { complainedRecipients: recipients, complaintFeedbackType: 'abuse', timestamp } };
    case 'delay':
      return {
        deliveryDelay: { delayType: 'MailboxFull', delayedRecipients: recipients, timestamp },
      };
  }
}
