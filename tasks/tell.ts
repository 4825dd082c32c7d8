import { mailTo } from './aws/mailer.ts';
import type { Dependencies } from './dependencies.ts';
import type { MailOrigin } from './domain/asking/mail-origin.ts';
import type { Message } from './messages/document.ts';
import { renderMail } from './presentation/mail.ts';

/**
 * Says something to people, by every channel that there is: each has a renderer in `presentation/` and a sender in
 * `aws/`. Today that is mail.
 * @param instead who is told if nobody of `to` can be
 * @param about what a bounce is then about; if omitted, bounces are ignored
 * @returns whom it was sent to, at least one
 * @throws {AwsUnavailable} if nobody was reached, and another try may do: nothing was sent
 * @throws {MailRefused} if SES refused everybody: nothing was sent
 */
export const tell = (
  dependencies: Dependencies,
  to: readonly string[],
  message: Message,
  instead: readonly string[] = [],
  about?: MailOrigin,
): Promise<string[]> =>
  mailTo(dependencies, to, renderMail(message, dependencies.settings.brand), instead, about);
