import type { GetAccountResponse, SendEmailRequest, SendEmailResponse } from '@aws-sdk/client-sesv2';
import type { Model } from './account.ts';
import { refusal } from './errors.ts';
import { randomUuid } from './ids.ts';
import { notModelled, operation, service } from './operation.ts';
import { AwsError, type Operations } from './types.ts';

/** A mail that was accepted for sending. `html` and `text` are empty where the mail had none. */
export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Record<string, string>;
  readonly sentAt: Date;
  readonly tags: Record<string, string>;
}

export interface MailSystem {
  readonly accept: (mail: Mail) => void;
  /** Whether mail to this recipient is refused. */
  readonly rejects: (recipient: string) => boolean;
}

/** The parts of a mail that are kept; any other would be lost unseen, and is refused. */
const DESTINATION: readonly string[] = ['ToAddresses'];
const CONTENT: readonly string[] = ['Simple'];
const SIMPLE: readonly string[] = ['Subject', 'Body', 'Headers'];
const BODY: readonly string[] = ['Text', 'Html'];

/** SES v2, as far as plain mails go. */
export function sesOperations(model: Model, mails: MailSystem): Operations {
  return service('ses', {
    SendEmail: operation<SendEmailRequest, SendEmailResponse>()(
      ['FromEmailAddress', 'Destination', 'Content'],
      ['EmailTags', 'ReplyToAddresses', 'ConfigurationSetName'],
      (input) => {
        const mail = readMail(model, input);
        refuseRejected(model, mails, mail.to);
        mails.accept(mail);
        return { MessageId: mail.id };
      },
    ),
    GetAccount: operation<object, GetAccountResponse>()([], [], () => ({
      DedicatedIpAutoWarmupEnabled: false,
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 0 },
    })),
  });
}

type Given = Pick<SendEmailRequest, 'EmailTags' | 'ReplyToAddresses' | 'ConfigurationSetName'> & {
  readonly FromEmailAddress: string;
  readonly Destination: NonNullable<SendEmailRequest['Destination']>;
  readonly Content: NonNullable<SendEmailRequest['Content']>;
};

function readMail(model: Model, input: Given): Mail {
  checkMembers('Destination', input.Destination, DESTINATION);
  checkMembers('Content', input.Content, CONTENT);
  const simple = input.Content.Simple;
  if (simple === undefined) throw refusal('ses', 'invalid', 'Content.Simple is missing.');
  checkMembers('Content.Simple', simple, SIMPLE);
  checkMembers('Content.Simple.Body', simple.Body ?? {}, BODY);
  const to = input.Destination.ToAddresses ?? [];
  const text = simple.Body?.Text?.Data ?? '';
  const html = simple.Body?.Html?.Data ?? '';
  if (to.length === 0) throw refusal('ses', 'invalid', 'Destination.ToAddresses is empty.');
  if (to.length > 50) throw refusal('ses', 'invalid', 'Recipient count exceeds 50.');
  if (simple.Subject?.Data === undefined)
    throw refusal('ses', 'invalid', 'Content.Simple.Subject is missing.');
  if (text === '' && html === '') throw refusal('ses', 'invalid', 'Content.Simple.Body is empty.');
  return {
    id: `0102${randomUuid(model.random)}-000000`,
    from: input.FromEmailAddress,
    to: [...to],
    subject: simple.Subject.Data,
    text,
    html,
    headers: readHeaders(input),
    sentAt: model.now(),
    tags: Object.fromEntries((input.EmailTags ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? ''])),
  };
}

/** A configuration set and addresses to reply to are headers too, once the mail is on its way. */
function readHeaders(input: Given): Record<string, string> {
  const given = input.Content.Simple?.Headers ?? [];
  return {
    ...Object.fromEntries(given.map(({ Name, Value }) => [Name ?? '', Value ?? ''])),
    ...(input.ReplyToAddresses?.length ? { 'Reply-To': input.ReplyToAddresses.join(', ') } : {}),
    ...(input.ConfigurationSetName === undefined
      ? {}
      : { 'X-SES-CONFIGURATION-SET': input.ConfigurationSetName }),
  };
}

function refuseRejected(model: Model, mails: MailSystem, to: readonly string[]): void {
  const rejected = to.filter(mails.rejects);
  if (rejected.length === 0) return;
  const which = `The following identities failed the check in region ${model.region.toUpperCase()}: ${rejected.join(', ')}`;
  throw new AwsError('MessageRejected', `Email address is not verified. ${which}`);
}

function checkMembers(where: string, value: object, known: readonly string[]): void {
  for (const [member, given] of Object.entries(value)) {
    const empty = given === undefined || (Array.isArray(given) && given.length === 0);
    if (!empty && !known.includes(member)) throw notModelled('ses', 'SendEmail', `${where}.${member}`);
  }
}
