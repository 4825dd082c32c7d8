import { type LastUse, maskEnd, maskStart, versionIdOf } from '../domain/keys.ts';
import { type Rotation, type Stage, secretNameOf } from '../domain/rotation.ts';
import { day, later } from '../domain/time.ts';
import type { Settings } from '../settings.ts';
import { clean, shellQuoted, showTime } from './clean.ts';
import type { Block } from './document.ts';

/** What every mail to an owner is made from. */
export interface MailFacts extends Stage {
  readonly settings: Pick<Settings, 'secretPrefix' | 'region' | 'operators'>;
}

/** What every mail to operators is made from; a rotation can fail before there is a plan. */
export interface OperatorFacts {
  readonly rotation: Rotation;
  readonly plan?: Stage['plan'] | undefined;
  readonly newKeyId?: string | undefined;
}

/** Whole URLs; see `answerUrl`. */
export interface Links {
  readonly confirm: string;
  readonly rollBack: string;
}

/** A rotation that failed of its input may bring any name, of any length. */
const longestName = 64;
const short = (name: string): string => clean(name).slice(0, longestName);

/** "Payments (111122223333)" */
function accountOf({ rotation, plan }: OperatorFacts): string {
  const name = short(plan?.accountName ?? '');
  return name === '' ? short(rotation.accountId) : `${name} (${short(rotation.accountId)})`;
}

/** "deploy-bot in Payments (111122223333)", as every subject says it. */
export const userOf = (facts: OperatorFacts): string =>
  `${short(facts.rotation.userName)} in ${accountOf(facts)}`;

/** The rows by which somebody knows what a mail is about. */
export const userRows = (facts: OperatorFacts): (readonly [string, string])[] => [
  ['IAM user', facts.rotation.userName],
  ['Account', accountOf(facts)],
];

/**
 * The old key as this mail or page may show it. A retirement asks for its last four characters, so there it is
 * shown by its start; else by its end, as the console's lists are read.
 */
export const oldKeyOf = ({ plan }: Pick<Stage, 'plan'>): string =>
  plan.act === 'retire' ? maskStart(plan.oldKeyId) : maskEnd(plan.oldKeyId);

/** The key whose last four characters confirm; undefined where there is nothing that could be confirmed. */
export const keyToName = ({ plan, newKeyId }: Pick<Stage, 'plan' | 'newKeyId'>): string | undefined =>
  plan.act === 'retire' ? plan.oldKeyId : newKeyId;

/** When silence is taken as the last word: after the first mail and every reminder had its time. */
export const answerBy = ({ policy, reminderSeconds }: Stage['plan'], since: Date): Date =>
  later(since, (policy.reminders + 1) * reminderSeconds * 1000);

/** When a key that went inactive at `since` is deleted. */
export const deletedAt = ({ windowSeconds }: Stage['plan'], since: Date): Date =>
  later(since, windowSeconds * 1000);

/** "10 days", and hours where it is less than two days. */
export function showSpan(seconds: number): string {
  const hours = Math.round(seconds / 3600);
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.round((seconds * 1000) / day)} days`;
}

/** "1 day", "7 days" */
export const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

export function showUse(use: LastUse): string {
  switch (use.state) {
    case 'used':
      return `${use.service} in ${use.region}, ${showTime(use.at)}`;
    case 'neverUsed':
      return 'never';
    case 'unknown':
      return `AWS could not say (${clean(use.because)}), so it counts as in use`;
  }
}

/** How to read the new key; nothing where none was made. The version's ID is a hash of the key's, no secret. */
export function fetchNewKey({ rotation, newKeyId, secretArn, settings }: MailFacts): Block[] {
  if (newKeyId === undefined) return [];
  const secretId = shellQuoted(secretArn ?? secretNameOf(settings.secretPrefix, rotation));
  const words = [
    'aws secretsmanager get-secret-value',
    `--secret-id ${secretId}`,
    `--version-id ${versionIdOf(newKeyId)}`,
    `--region ${shellQuoted(settings.region)}`,
    '--query SecretString --output text',
  ];
  return [
    { kind: 'heading', text: 'Where the new key is' },
    {
      kind: 'text',
      text: 'In Secrets Manager and nowhere else. This prints the access key ID and the secret access key:',
    },
    { kind: 'command', words },
  ];
}

/** Who to turn to, and why this mail came; at the end of every owner's mail. */
export const ownersFooter = ({ rotation, plan, settings }: MailFacts): string =>
  `You get this mail as the owner of the IAM user ${clean(rotation.userName)} (${plan.owner.map(clean).join(', ')}). keyturn never asks for a secret access key. Questions: ${settings.operators}. Execution: ${clean(rotation.executionArn)}`;

export const operatorsFooter = ({ rotation }: OperatorFacts): string =>
  `You get this mail because you run keyturn or answer for the account. Execution: ${clean(rotation.executionArn)}`;
