import type { KeyInQuestion, KeyQuestion } from '../domain/assessing/key-question.ts';
import { shortKeyId } from '../domain/keys.ts';
import type { Rotation } from '../domain/rotation.ts';
import { exemptTag } from '../domain/tags.ts';
import { day, isoDay, later } from '../domain/time.ts';
import { inCentralAccount, startRotation, tagUser } from './commands.ts';
import type { Block } from './document.ts';
import { showTime, showUse } from './words.ts';

/** How long the ready command leaves the user alone. Days. */
const exemptDays = 90;

const inSecretInWords: Readonly<Record<KeyInQuestion['inSecret'], string>> = {
  current: 'yes: applications that read the secret get this key',
  stored: 'yes, but not as AWSCURRENT',
  no: 'no',
};

/** The user's keys side by side. */
export const keysSideBySide = ({ keys }: KeyQuestion): Block => ({
  kind: 'comparison',
  columns: keys.map(({ id }) => shortKeyId(id)),
  rows: [
    ['Status', ...keys.map(({ status }) => status.toLowerCase())],
    ['Created', ...keys.map(({ createdAt }) => showTime(createdAt))],
    ['Last used', ...keys.map(({ lastUse }) => showUse(lastUse))],
    ['In the secret', ...keys.map(({ inSecret }) => inSecretInWords[inSecret])],
  ],
});

/** One command for each possible answer. @param account the user's account, as mails name it */
export function answersTo(
  keys: readonly KeyInQuestion[],
  { rotation, account, now }: { readonly rotation: Rotation; readonly account: string; readonly now: Date },
): Block[] {
  const until = isoDay(later(now, exemptDays * day));
  return [
    ...keys.flatMap(({ id }): Block[] => [
      { kind: 'heading', text: `If ${shortKeyId(id)} should go` },
      {
        kind: 'text',
        text: `Its owner is asked. If they agree, it goes inactive once it is unused, and is deleted after its rollback window. Run this ${inCentralAccount(rotation)}:`,
      },
      startRotation(rotation, { action: 'retire', keyId: id }),
    ]),
    { kind: 'heading', text: 'If none should go for now' },
    {
      kind: 'text',
      text: `This exempts the user until ${until}, with a reason. In the account ${account}, with permission to tag users:`,
    },
    tagUser(rotation.userName, exemptTag, `${until} all keys are needed`),
  ];
}
