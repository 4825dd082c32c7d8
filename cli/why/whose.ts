import type * as z from 'zod';
import { showTime } from '../../tasks/messages/words.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Asked, CommandOutcome } from '../command.ts';
import { labelled, textOf } from '../layout.ts';
import { readLiveUser } from '../reading/live.ts';
import { lookUp } from '../reading/look-up.ts';
import { readSubject } from '../subject.ts';
import { exitCodes } from '../terminal.ts';
import type { whoseShape } from './shape.ts';

type Whose = z.input<typeof whoseShape>;

/** Whose access key it is. */
export async function whose({ context, args: [keyId = ''] }: Asked): Promise<CommandOutcome<Whose>> {
  if (readSubject(keyId).kind !== 'key')
    throw new CannotRun(`"${keyId}" is no access key ID, such as AKIA….`);
  const { user, progress } = await context.during('Looking it up', () => lookUp(context, keyId));
  const live = await readLiveUser(context, user);
  const row = user.rows.find((one) => one.keyId === keyId);
  const key = live.state === 'seen' ? live.keys.find(({ id }) => id === keyId) : undefined;
  const seenAt = key === undefined ? user.report?.sweep.startedAt : await context.now();
  const { accountId, accountName, userName } = user;
  const owner =
    progress === undefined || progress.owner.length === 0 ? (row?.owner.split(' ') ?? []) : progress.owner;
  const status = key?.status ?? row?.status;
  const part = keyId === progress?.oldKeyId ? 'oldKey' : keyId === progress?.newKeyId ? 'newKey' : undefined;
  const result: Whose = {
    ...{ keyId, user: { accountId, accountName, userName }, status, owner: [...owner] },
    seenAt: status === undefined ? undefined : seenAt?.toISOString(),
    ...{ rotation: progress?.name, part },
  };
  return { exitCode: exitCodes.ok, result, text: textFor(result) };
}

function textFor({ keyId, user, status, seenAt, owner, rotation, part }: Whose): string {
  const named = user.accountName === undefined ? user.accountId : `${user.accountName} (${user.accountId})`;
  const when = seenAt === undefined ? '' : `, as of ${showTime(new Date(seenAt))}`;
  const parts = { oldKey: ', as the old key', newKey: ', as the new key' } as const;
  return textOf([
    ...labelled('Key', keyId),
    ...labelled('User', `${user.userName} in ${named}`),
    ...labelled('Status', status === undefined ? undefined : `${status}${when}`),
    ...labelled('Owner', owner.join(', ')),
    ...labelled('Rotation', rotation === undefined ? undefined : `${rotation}${part ? parts[part] : ''}`),
  ]);
}
