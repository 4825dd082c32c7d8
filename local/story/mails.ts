import { readOrigin } from '../../tasks/domain/asking/mail-origin.ts';
import type { DeliveredMail } from '../aws/ses/ses.ts';
import type { Engine } from '../engine/engine.ts';
import { userOf } from './executions.ts';
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

/** A user whom a mail is about. */
export interface MailedUser {
  readonly accountId: string;
  readonly userName: string;
}

type Executions = Pick<Engine, 'executions'>;

/** Whom a mail is about: the user in its subject, or those whom it asks about in one. */
export function usersIn(
  mail: Pick<DeliveredMail, 'subject' | 'tags'>,
  { executions }: Executions,
): MailedUser[] {
  // By the subject alone: every mail's text has the central account's ID, in the execution's ARN.
  const { accountId, userName } = subjectOf(mail);
  if (accountId !== undefined && userName !== undefined) return [{ accountId, userName }];
  const { executionArn, also = [] } = readOrigin(mail.tags) ?? {};
  if (executionArn === undefined) return [];
  return [executionArn, ...also].flatMap((arn) => {
    const execution = executions.get(arn);
    return execution === undefined ? [] : (userOf(execution) ?? []);
  });
}

/** Whose question a link leads to; undefined for any other link. */
export function userOfLink(url: string, { executions }: Executions): MailedUser | undefined {
  const [, payload = ''] = /\/answer\/([\w-]+)/.exec(url) ?? [];
  const [arn = ''] = Buffer.from(payload, 'base64url').toString().split('\n');
  const execution = executions.get(arn);
  return execution && userOf(execution);
}

/** The kind of a mail, such as `newKeyReady`: a reminder may have the same subject as the mail that it repeats. */
export const kindOf = ({ tags }: Pick<DeliveredMail, 'tags'>): string | undefined => readOrigin(tags)?.mail;

export const mailStep = (mail: Pick<DeliveredMail, 'subject' | 'to'>): Step => ({
  stage: 'Mail',
  why: `to ${mail.to.join(', ')}: ${subjectOf(mail).what}`,
  tone: 'mail',
});
