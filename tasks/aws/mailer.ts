import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Dependencies } from '../dependencies.ts';
import { MailRefused } from '../domain/errors.ts';
import { type MailOrigin, writeOrigin } from '../domain/mail-origin.ts';
import { oneClient } from './one-client.ts';

const ses = /* @__PURE__ */ oneClient((defaults) => new SESv2Client(defaults));

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What SES says of a mail or an address that it won't take; trying again would not help. */
const refusals = ['MessageRejected', 'BadRequestException', 'MailFromDomainNotVerifiedException'];

/**
 * One mail to each, so that one refused address doesn't cost the others theirs; at least once each.
 * Where nobody could be reached, `instead` are.
 * @param about what a bounce of it is then about; left out, its bounces are nobody's concern
 * @returns whom SES took it for
 * @throws {MailRefused} where nobody was reached at all
 */
export async function mailTo(
  dependencies: Pick<Dependencies, 'aws' | 'settings' | 'log'>,
  to: readonly string[],
  mail: Mail,
  instead: readonly string[] = [],
  about?: MailOrigin,
): Promise<string[]> {
  const reached = await sendEach(dependencies, [...new Set(to)], mail, about);
  if (reached.length > 0) return reached;
  const others = [...new Set(instead)].filter((address) => !to.includes(address));
  const reachedInstead = await sendEach(dependencies, others, mail, about);
  if (reachedInstead.length > 0) return reachedInstead;
  throw new MailRefused(`SES refused "${mail.subject}" for ${[...to, ...others].join(', ')}`);
}

async function sendEach(
  { aws, settings, log }: Pick<Dependencies, 'aws' | 'settings' | 'log'>,
  addresses: readonly string[],
  { subject, text, html }: Mail,
  about: MailOrigin | undefined,
): Promise<string[]> {
  const tags = Object.entries(about === undefined ? {} : writeOrigin(about));
  const tracking = {
    ...(settings.mailConfigurationSet === undefined
      ? {}
      : { ConfigurationSetName: settings.mailConfigurationSet }),
    ...(tags.length === 0 ? {} : { EmailTags: tags.map(([Name, Value]) => ({ Name, Value })) }),
  };
  const reached: string[] = [];
  for (const address of addresses) {
    try {
      await ses(aws).send(
        new SendEmailCommand({
          FromEmailAddress: settings.mailFrom,
          Destination: { ToAddresses: [address] },
          Content: {
            Simple: {
              Subject: { Data: subject, Charset: 'UTF-8' },
              Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
              Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
            },
          },
          ...tracking,
        }),
      );
      reached.push(address);
    } catch (error) {
      if (!(error instanceof Error && refusals.includes(error.name))) throw error;
      log.warn('SES refused a recipient', { address, because: error.name });
    }
  }
  return reached;
}
