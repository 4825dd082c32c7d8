import type { DeliveredMail } from '../aws/ses/ses.ts';
import type { Step } from './step.ts';

/** The account by its name and ID, or by its ID alone if its name isn't known yet. */
const subjectPattern = /^(?<what>.*): (?<userName>\S+) in (?:.*\()?(?<accountId>\d{12})\)?$/;

/** A mail's subject, split into its text and its user. */
export function subjectOf({ subject }: Pick<DeliveredMail, 'subject'>): {
  readonly what: string;
  readonly accountId: string | undefined;
  readonly userName: string | undefined;
} {
  const { what = subject, accountId, userName } = subjectPattern.exec(subject)?.groups ?? {};
  return { what, accountId, userName };
}

export const mailStep = (mail: Pick<DeliveredMail, 'subject' | 'to'>): Step => ({
  stage: 'Mail',
  why: `to ${mail.to.join(', ')}: ${subjectOf(mail).what}`,
  tone: 'mail',
});
