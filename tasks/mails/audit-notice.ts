import type { Mail } from '../aws/mailer.ts';
import type { Candidate } from '../domain/sweeps/row.ts';
import type { Settings } from '../settings.ts';
import { compose } from './document.ts';

/** To one owner, in an audit: which of their users' keys would be next. */
export function auditNotice({
  keys,
  settings,
}: {
  readonly keys: readonly Pick<Candidate, 'accountId' | 'userName' | 'because'>[];
  readonly settings: Pick<Settings, 'operators' | 'brand'>;
}): Mail {
  const { operators, brand } = settings;
  const which = keys.length === 1 ? 'an access key' : `${keys.length} access keys`;
  return compose(
    {
      subject: `To be rotated soon: ${which}`,
      title: `To be rotated soon: ${which}`,
      lead: 'Nothing is asked of you yet, and nothing was changed. When a rotation begins, a mail says where the new key is and what to do.',
      blocks: [
        {
          kind: 'facts',
          rows: keys.map(({ accountId, userName, because }) => [`${userName} in ${accountId}`, because]),
        },
      ],
      footer: `You get this mail as the owner of these IAM users. Questions: ${brand.support ?? operators}`,
    },
    brand,
  );
}
