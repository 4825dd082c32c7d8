import { readOrigin } from '../../tasks/domain/asking/mail-origin.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import type { Step } from './step.ts';

/** An owner's mail begins with the user. The account is its name and ID, or its ID alone. */
const ownersPattern = /^(?<userName>[^\s:]+): (?<what>.*) \[(?:.*\()?(?<accountId>\d{12})\)?\]$/;
/** Everybody else's begins with what happened. */
const operatorsPattern = /^(?<what>.*): (?:[^:]*, )?(?<userName>\S+) in (?:.*\()?(?<accountId>\d{12})\)?$/;

/** A mail's subject, split into its text and its user. */
export function subjectOf({ subject }: Pick<DeliveredMail, 'subject'>): {
  readonly what: string;
  readonly accountId: string | undefined;
  readonly userName: string | undefined;
} {
  const parts = (ownersPattern.exec(subject) ?? operatorsPattern.exec(subject))?.groups;
  const { what = subject, accountId, userName } = parts ?? {};
  return { what, accountId, userName };
}

/** The kind of a mail, such as `newKeyReady`: a reminder may have the same subject as the mail that it repeats. */
export const kindOf = ({ tags }: Pick<DeliveredMail, 'tags'>): string | undefined => readOrigin(tags)?.mail;

export const mailStep = (mail: Pick<DeliveredMail, 'subject' | 'to'>): Step => ({
  stage: 'Mail',
  why: `to ${mail.to.join(', ')}: ${subjectOf(mail).what}`,
  tone: 'mail',
});
