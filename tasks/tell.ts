import { mailTo } from './aws/mailer.ts';
import type { Dependencies } from './dependencies.ts';
import type { MailOrigin } from './domain/asking/mail-origin.ts';
import { AwsUnavailable, MailRefused } from './domain/errors.ts';
import type { Message } from './messages/document.ts';
import { renderMail } from './presentation/mail.ts';

/**
 * Sends a message to people through every channel: each has a renderer in `presentation/` and a sender in `aws/`.
 * Today the only channel is mail.
 * @param instead who is told if nobody in `to` can be reached
 * @param about what a bounce refers to; if omitted, bounces are ignored
 * @returns the addresses that it was sent to, at least one
 * @throws {AwsUnavailable} if nobody was reached and another try may succeed: nothing was sent
 * @throws {MailRefused} if SES refused every address: nothing was sent
 */
export const tell = (
  dependencies: Dependencies,
  to: readonly string[],
  message: Message,
  instead: readonly string[] = [],
  about?: MailOrigin,
): Promise<string[]> =>
  mailTo(dependencies, to, renderMail(message, dependencies.settings.brand), instead, about);

/** What some people are told, if others are told of the same in other words. */
export interface Telling {
  readonly to: readonly string[];
  readonly message: Message;
  readonly about?: MailOrigin;
}

/**
 * Tells different people of the same, each in words of their own. Reaching anybody is enough, as with `tell`, so that
 * nobody is told twice because others weren't reached. Who is in two of them is told by the last.
 * @returns the addresses that were reached, at least one
 * @throws {AwsUnavailable} or {MailRefused}, as `tell`, if nobody was reached
 */
export async function tellEach(dependencies: Dependencies, tellings: readonly Telling[]): Promise<string[]> {
  const reached: string[] = [];
  const failures: Error[] = [];
  for (const [index, { to, message, about }] of tellings.entries()) {
    const laterOn = new Set(tellings.slice(index + 1).flatMap((telling) => telling.to));
    const left = to.filter((address) => address !== '' && !laterOn.has(address));
    if (left.length === 0) continue;
    try {
      reached.push(...(await tell(dependencies, left, message, [], about)));
    } catch (error) {
      if (!(error instanceof AwsUnavailable || error instanceof MailRefused)) throw error;
      failures.push(error);
    }
  }
  const [failure] = failures;
  if (reached.length === 0 && failure !== undefined) throw failure;
  return reached;
}
