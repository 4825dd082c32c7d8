import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { MemberUser } from '../aws/member-user.ts';
import { activeAccount } from '../aws/organization.ts';
import type { Dependencies } from '../dependencies.ts';
import { nameOf } from '../domain/execution-name.ts';
import type { Rotation } from '../domain/rotation.ts';
import { markedSibling } from '../domain/rotation-mark.ts';
import { type ChangedTag, changesOf, parseChangeRequest } from '../domain/tag-change.ts';
import { rotationTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { changeTags as row } from '../manifest/rotation.ts';
import { only } from '../manifest/row.ts';
import { task } from '../task.ts';

interface Result {
  /** `nothing` if nothing may be changed there: `because` says why, and what was asked for. */
  readonly act: 'changed' | 'nothing';
  readonly because: string;
  readonly rotation: Rotation;
  readonly by: string;
  readonly changed: readonly ChangedTag[];
}

/**
 * State ChangeTags: exempts a user, or changes its policy or owner, as an operator asked; or removes all of keyturn's
 * tags when it is uninstalled. Everything is checked before
 * the first tag is written. A running rotation of the user isn't disturbed: it has read its tags, and its mark is
 * another one.
 */
export const changeTags = task({
  name: 'ChangeTags',
  input: z.object({ request: z.unknown(), executionArn: z.string() }),
  run: async ({ request, executionArn }, dependencies): Promise<Result> => {
    const { accountId, userName, change } = parseChangeRequest(request);
    const { heldBack } = await activeAccount(dependencies, accountId);
    const asked = { accountId, userName, executionArn };
    const reading = await MemberUser.enter(dependencies, asked, only(row, 'readUser'));
    const { name, tags } = await reading.itself();
    const { ownerTag, policy } = dependencies.settings;
    const changed = changesOf(change, tags, { ownerTag, policy, now: dependencies.now() });
    const rotation = { ...asked, userName: name };
    const { by } = change;
    const told = changed.length === 0 ? 'all tags are as asked already' : changed.map(inWords).join('; ');
    const why =
      heldBack ?? (change.removeAll === true ? await whyMarked(rotation, tags, dependencies) : undefined);
    if (why !== undefined)
      return { act: 'nothing', because: `${why}; asked for: ${told}`, rotation, by, changed: [] };
    if (changed.length > 0) await write(rotation, changed, dependencies);
    dependencies.log.warn('changed tags', { ...rotation, by, changed });
    return { act: 'changed', because: told, rotation, by, changed };
  },
});

/** Without its mark, a second rotation could start beside one that runs. */
async function whyMarked(
  rotation: Rotation,
  tags: ReadonlyMap<string, string>,
  dependencies: Dependencies,
): Promise<string | undefined> {
  const marked = markedSibling(tags.get(rotationTag), rotation.executionArn);
  if (marked === undefined) return undefined;
  const execution = await new Executions(dependencies).describe(marked);
  return execution?.status === 'RUNNING' ? `${nameOf(marked)} rotates this user now` : undefined;
}

/** Tags are set before others are removed: a user is never without its owner in between. */
async function write(
  rotation: Rotation,
  changed: readonly ChangedTag[],
  dependencies: Dependencies,
): Promise<void> {
  const user = await MemberUser.enter(dependencies, rotation, only(row, 'tagUser', 'untagUser'));
  for (const { tag, to } of changed) if (to !== undefined) await user.tag(tag, to);
  const removed = changed.filter(({ to }) => to === undefined).map(({ tag }) => tag);
  if (removed.length > 0) await user.untag(...removed);
}

const inWords = ({ tag, from, to }: ChangedTag): string =>
  to === undefined ? `${tag} removed (was "${from}")` : `${tag} is "${to}"`;

export const handler = lambdaHandler(changeTags);
