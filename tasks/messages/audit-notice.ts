import type { Candidate } from '../domain/sweeps/row.ts';
import type { Message } from './document.ts';
import { namedAccount, type Speaker } from './facts.ts';

/** To one owner, in an audit: which of their users' keys would be rotated next. */
export function auditNotice({
  keys,
  speaker,
}: {
  readonly keys: readonly (Pick<Candidate, 'accountId' | 'userName' | 'because'> & {
    readonly accountName?: string | undefined;
  })[];
  readonly speaker: Speaker;
}): Message {
  const which = keys.length === 1 ? 'an access key' : `${keys.length} access keys`;
  return {
    subject: `To be rotated soon: ${which}`,
    title: `To be rotated soon: ${which}`,
    lead: 'You need to do nothing yet, and nothing was changed. When a rotation begins, a mail tells you where the new key is and what to do.',
    blocks: [
      {
        kind: 'facts',
        rows: keys.map(({ userName, because, ...account }) => [
          `${userName} in ${namedAccount(account)}`,
          because,
        ]),
      },
    ],
    footer: `You get this mail as the owner of these IAM users. Questions: ${speaker.support}`,
  };
}
