import { mailTo } from './aws/mailer.ts';
import type { Dependencies } from './dependencies.ts';
import type { MailOrigin } from './domain/asking/mail-origin.ts';
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
