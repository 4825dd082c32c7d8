import { clean } from '../domain/clean.ts';
import { shortKeyId } from '../domain/keys.ts';
import type { Block } from './document.ts';
import { type About, accountOf, type Speaker, userRows } from './facts.ts';
import { shellQuoted, showTime } from './words.ts';

/** The facts of a mail that goes to both owners and operators, possibly before there is a plan. */
export interface SharedFacts extends About {
  /** The key that the mail is about. */
  readonly keyId: string;
  readonly newKeyId?: string | undefined;
  readonly speaker: Speaker;
}

/** A key whose end may be asked for. */
export type KeyOfUser = Omit<SharedFacts, 'speaker'>;

/** How to do manually what keyturn could not: the account and the command. */
export const byHand = (facts: SharedFacts, status: 'Active' | 'Inactive'): Block[] => [
  { kind: 'text', text: `In the account ${accountOf(facts)}, with permission to change access keys:` },
  {
    kind: 'command',
    words: [
      'aws iam update-access-key',
      `--user-name ${shellQuoted(facts.rotation.userName)}`,
      `--access-key-id ${keyArgument(facts, status === 'Active' ? 'Inactive' : 'Active')}`,
      `--status ${status}`,
    ],
  },
];

/**
 * The key's ID, as an argument of a command. If an owner confirms by typing the end of this ID, it isn't written out:
 * the command looks it up, and fails without harm if more than one key matches.
 */
export function keyArgument(facts: KeyOfUser, now: 'Active' | 'Inactive'): string {
  if (!isNamedByOwner(facts)) return shellQuoted(facts.keyId);
  const start = clean(facts.keyId).slice(0, -4);
  const query = `AccessKeyMetadata[?Status=='${now}' && starts_with(AccessKeyId, '${start}')].AccessKeyId`;
  const user = shellQuoted(facts.rotation.userName);
  return `"$(aws iam list-access-keys --user-name ${user} --query "${query}" --output text)"`;
}

/** Whether an owner confirms with the end of this key's ID, so that no mail may show it. */
const isNamedByOwner = ({
  keyId,
  newKeyId,
  plan,
}: Pick<SharedFacts, 'keyId' | 'newKeyId' | 'plan'>): boolean =>
  keyId === newKeyId || (plan?.act === 'retire' && keyId === plan.oldKeyId);

/** Whose key it is, which one, and since when it is inactive, if that is known. */
export const inactiveKeyRows = (
  facts: About & Pick<SharedFacts, 'keyId' | 'newKeyId'>,
  since: Date | undefined,
): (readonly [string, string])[] => [
  ...userRows(facts),
  ['Key', shortKeyId(facts.keyId)],
  ...(since === undefined ? [] : [['Inactive since', showTime(since)] as const]),
];

/** For a mail that goes to owner, account and operators. */
export const everybodysFooter = ({ rotation, speaker }: Pick<SharedFacts, 'rotation' | 'speaker'>): string =>
  `You get this mail as the owner of the IAM user ${clean(rotation.userName)}, because you answer for its account, or because you run ${speaker.name}. ${speaker.name} never asks for a secret access key. Questions: ${speaker.support}. Execution: ${clean(rotation.executionArn)}`;
