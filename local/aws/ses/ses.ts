import type { GetAccountResponse, SendEmailRequest, SendEmailResponse } from '@aws-sdk/client-sesv2';
import { refusal } from '../errors.ts';
import type { Model } from '../iam/account.ts';
import { randomUuid } from '../ids.ts';
import { AwsError, type Operations } from '../types.ts';
import { notModelled, operation, service } from '../wire/operation.ts';

/** A mail that was accepted for sending. `html` and `text` are empty if the mail had none. */
export interface DeliveredMail {
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

/** How an account may send at the moment; all of it may be changed at any time. */
export interface Sending {
  /** In the sandbox: whether a recipient is verified. Mail to anybody else is refused. */
  sandbox?: ((recipient: string) => boolean) | undefined;
  /** `paused`: by the account's owner or a configuration set's reputation; `suspended`: by AWS, permanently. */
  stopped?: 'paused' | 'suspended' | undefined;
  perSecond?: number | undefined;
  perDay?: number | undefined;
  /** Addresses that bounced before. Mail to them is accepted, never delivered, and bounces. */
  readonly suppressed: Set<string>;
}

export interface MailSystem {
  readonly sending: Sending;
  readonly accept: (mail: DeliveredMail) => void;
  /** Whether mail to this recipient is refused. */
  readonly rejects: (recipient: string) => boolean;
}

/** The modelled parts of a mail; any other is rejected, not silently dropped. */
const DESTINATION: readonly string[] = ['ToAddresses'];
const CONTENT: readonly string[] = ['Simple'];
const SIMPLE: readonly string[] = ['Subject', 'Body', 'Headers'];
const BODY: readonly string[] = ['Text', 'Html'];

/** SES v2's operations to send plain mails. */
export function sesOperations(model: Model, mails: MailSystem): Operations {
  const quotas = new Quotas(model.now);
  return service('ses', {
    SendEmail: operation<SendEmailRequest, SendEmailResponse>()(
      ['FromEmailAddress', 'Destination', 'Content'],
      ['EmailTags', 'ReplyToAddresses', 'ConfigurationSetName'],
      (input) => {
        const mail = readMail(model, input);
        refuseSending(mails.sending);
        quotas.refuse(mails.sending);
        refuseRejected(model, mails, mail.to);
        quotas.note(mail.sentAt);
        mails.accept(mail);
        return { MessageId: mail.id };
      },
    ),
    GetAccount: operation<object, GetAccountResponse>()([], [], () => {
      const { sandbox, stopped, perDay, perSecond } = mails.sending;
      const [daily, rate] = sandbox === undefined ? [50_000, 14] : [200, 1];
      return {
        DedicatedIpAutoWarmupEnabled: false,
        EnforcementStatus: stopped === 'suspended' ? 'SHUTDOWN' : 'HEALTHY',
        ProductionAccessEnabled: sandbox === undefined,
        SendingEnabled: stopped === undefined,
        SendQuota: {
          Max24HourSend: perDay ?? daily,
          MaxSendRate: perSecond ?? rate,
          SentLast24Hours: quotas.sentIn(DAY),
        },
      };
    }),
  });
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** Compares what was sent lately with what may be sent. */
class Quotas {
  #sent: number[] = [];

  constructor(private readonly now: () => Date) {}

  note(at: Date): void {
    const since = at.getTime() - DAY;
    if ((this.#sent[0] ?? since) < since) this.#sent = this.#sent.filter((one) => one > since);
    this.#sent.push(at.getTime());
  }

  sentIn(milliseconds: number): number {
    const since = this.now().getTime() - milliseconds;
    const first = this.#sent.findLastIndex((one) => one <= since);
    return this.#sent.length - first - 1;
  }

  refuse({ perSecond = Infinity, perDay = Infinity }: Sending): void {
    if (this.sentIn(SECOND) >= perSecond)
      throw new AwsError('TooManyRequestsException', 'Maximum sending rate exceeded.', 429);
    if (this.sentIn(DAY) >= perDay)
      throw new AwsError('LimitExceededException', 'Daily message quota exceeded.', 400);
  }
}

function refuseSending({ stopped }: Sending): void {
  if (stopped === 'paused')
    throw new AwsError('SendingPausedException', 'Email sending is disabled for this account.', 400);
  if (stopped === 'suspended') {
    const why = "The account's ability to send email has been permanently restricted.";
    throw new AwsError('AccountSuspendedException', why, 400);
  }
}

type Given = Pick<SendEmailRequest, 'EmailTags' | 'ReplyToAddresses' | 'ConfigurationSetName'> & {
  readonly FromEmailAddress: string;
  readonly Destination: NonNullable<SendEmailRequest['Destination']>;
  readonly Content: NonNullable<SendEmailRequest['Content']>;
};

function readMail(model: Model, input: Given): DeliveredMail {
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
  const { sandbox } = mails.sending;
  const rejected = to.filter((one) => mails.rejects(one) || sandbox?.(one) === false);
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
