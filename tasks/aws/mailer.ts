import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Dependencies } from '../dependencies.ts';
import { conversationOf, type MailOrigin, writeOrigin } from '../domain/asking/mail-origin.ts';
import { defined } from '../domain/defined.ts';
import { AwsUnavailable, MailRefused } from '../domain/errors.ts';
import { addressOf } from '../domain/settings/sender.ts';
import type { RenderedMail } from '../presentation/mail.ts';
import { oneClient } from './one-client.ts';
import { isPassing } from './passing.ts';

const ses = /* @__PURE__ */ oneClient((defaults) => new SESv2Client(defaults));

type Sending = Pick<Dependencies, 'aws' | 'settings' | 'log' | 'metrics' | 'now' | 'sleep'>;

/**
 * The pauses between tries for addresses that SES throttled, in milliseconds. The SES sandbox accepts one mail per
 * second; in sum they stay well below the function's time-out.
 */
const pauses = [1000, 1500, 2000, 2500, 3000, 3000, 3000, 3000];
const longest = 20_000;

/** An address that wasn't reached. `isPassing`: transient, another try may succeed; otherwise SES refused it. */
interface Missed {
  readonly address: string;
  readonly error: Error;
  readonly isPassing: boolean;
}

interface Sent {
  readonly reached: readonly string[];
  readonly missed: readonly Missed[];
}

/**
 * Sends one mail per address, so that a refused or throttled address doesn't affect the others. Reaching one is
 * enough: if one recipient has the mail, it isn't sent again because another doesn't. If all are refused, it goes to
 * `instead`.
 * @param about what the mail refers to, for bounces; if omitted, bounces are ignored
 * @returns the addresses that SES accepted, at least one
 * @throws {AwsUnavailable} if nobody was reached and another try may succeed: nothing was sent
 * @throws {MailRefused} if SES refused every address: nothing was sent
 */
export async function mailTo(
  dependencies: Sending,
  to: readonly string[],
  mail: RenderedMail,
  instead: readonly string[] = [],
  about?: MailOrigin,
): Promise<string[]> {
  const until = dependencies.now().getTime() + longest;
  const meant = await sendEach(dependencies, [...new Set(to)], mail, { about, until });
  if (meant.reached.length > 0 || meant.missed.some((missed) => missed.isPassing)) {
    return conclude(dependencies, mail, meant);
  }
  const others = [...new Set(instead)].filter((address) => !to.includes(address));
  const inPlace = await sendEach(dependencies, others, mail, { about, until });
  return conclude(dependencies, mail, {
    reached: inPlace.reached,
    missed: [...meant.missed, ...inPlace.missed],
  });
}

/** Tries each address until SES accepts or refuses it, or the time is up. */
async function sendEach(
  dependencies: Sending,
  addresses: readonly string[],
  mail: RenderedMail,
  { about, until }: { readonly about: MailOrigin | undefined; readonly until: number },
): Promise<Sent> {
  const { now, sleep } = dependencies;
  const reached: string[] = [];
  const refused: Missed[] = [];
  let busy: Missed[] = [];
  let left = addresses;
  for (const pause of [...pauses, undefined]) {
    busy = [];
    for (const address of left) {
      const missed = await send(dependencies, address, mail, about);
      if (missed === undefined) reached.push(address);
      else (missed.isPassing ? busy : refused).push(missed);
    }
    left = busy.map(({ address }) => address);
    if (left.length === 0 || pause === undefined || now().getTime() >= until) break;
    await sleep(pause);
  }
  return { reached, missed: [...refused, ...busy] };
}

async function send(
  { aws, settings }: Sending,
  address: string,
  { subject, text, html }: RenderedMail,
  about: MailOrigin | undefined,
): Promise<Missed | undefined> {
  const tags = Object.entries(about === undefined ? {} : writeOrigin(about));
  const command = new SendEmailCommand({
    FromEmailAddress: settings.mailFrom,
    Destination: { ToAddresses: [address] },
    Content: {
      Simple: {
        Subject: { Data: subject, Charset: 'UTF-8' },
        Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
        Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }, ...threadHeaders(about, settings)],
      },
    },
    ...defined({ ConfigurationSetName: settings.mailConfigurationSet }),
    ...(tags.length === 0 ? {} : { EmailTags: tags.map(([Name, Value]) => ({ Name, Value })) }),
  });
  try {
    await ses(aws).send(command);
    return undefined;
  } catch (error) {
    // Anything that is neither a response from SES nor a time-out is an error of ours.
    if (!(error instanceof Error && (isPassing(error) || '$metadata' in error))) throw error;
    return { address, error, isPassing: isPassing(error) && !isQuota(error) };
  }
}

/** SES's limit for a header. */
const longestHeader = 995;

/**
 * SES gives every mail a Message-ID of its own, so the mails of a conversation refer to a common ID that no mail has.
 * One that asks several questions belongs to the conversation of each, as far as there is room.
 */
function threadHeaders(about: MailOrigin | undefined, { mailFrom }: Sending['settings']) {
  if (about === undefined) return [];
  const address = addressOf(mailFrom);
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const [first = '', ...others] = [about.executionArn, ...(about.also ?? [])].map(
    (executionArn) => `<${conversationOf({ ...about, executionArn })}@${domain}>`,
  );
  const all = others.reduce(
    (ids, id) => (ids.length + id.length < longestHeader ? `${ids} ${id}` : ids),
    first,
  );
  return [
    { Name: 'In-Reply-To', Value: first },
    { Name: 'References', Value: all },
  ];
}

/**
 * The sender's quota for 24 hours: SES reports it as a throttle, but retrying within the next hours can't succeed.
 */
const isQuota = ({ message }: Error): boolean => /\bquota\b/i.test(message);

/** @throws if nobody received the mail */
function conclude(
  { settings, log, metrics }: Sending,
  { subject }: RenderedMail,
  { reached, missed }: Sent,
): string[] {
  for (const { address, error, isPassing } of missed) {
    const details = { subject, address, because: error.name, said: error.message };
    log.warn(isPassing ? 'SES was too busy for a recipient' : 'SES refused a recipient', details);
  }
  if (missed.some(({ address, isPassing }) => address === settings.operators && !isPassing)) {
    metrics.record({ OperatorsUnreachable: 1 });
  }
  if (reached.length > 0) {
    if (missed.length > 0) metrics.record({ MailNotSent: missed.length });
    return [...reached];
  }
  const why = missed.map(({ address, error }) => `${address} (${error.name}: ${error.message})`).join(', ');
  const passing = missed.find(({ isPassing }) => isPassing);
  if (passing !== undefined) {
    throw new AwsUnavailable(`SES accepted "${subject}" for no recipient: ${why}`, { cause: passing.error });
  }
  metrics.record({ MailRefused: 1 });
  throw new MailRefused(`SES refused "${subject}" for ${why}`);
}
