import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { accountOfLeak, activeAccount } from '../aws/organization.ts';
import type { Dependencies } from '../dependencies.ts';
import { defined } from '../domain/defined.ts';
import { TagMap } from '../domain/letter-case.ts';
import { parseRequest, type Request, type Rotation } from '../domain/rotation.ts';
import { writeMark } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { claimUser as row } from '../manifest/rotation.ts';
import { only } from '../manifest/row.ts';
import { task } from '../task.ts';
import { claimAfter, findLastAttempt } from './attempts-so-far.ts';
import { inTime, tolerably } from './urgent.ts';

const input = z.object({
  request: z.unknown(),
  executionArn: z.string(),
  stateMachineArn: z.string(),
  /** When the execution started, and when the state was entered; absent in executions that began under 0.1.0. */
  startedAt: z.coerce.date().optional(),
  enteredAt: z.coerce.date().optional(),
});

type Claim =
  | {
      readonly act: 'proceed';
      readonly rotation: Rotation;
      readonly request: Request;
      /** Running rotations that an emergency stops once it has been assessed. */
      readonly takesOver: readonly string[];
    }
  | { readonly act: 'handOn'; readonly to: string; readonly because: string };

/**
 * State ClaimUser: makes this execution the user's only rotation, or finds the one that is.
 *
 * The execution's name is the mutex: only one execution can run under the user's name and the next attempt's number.
 * An execution under any other name (usually one started by hand) starts that one, and ends.
 */
export const claimUser = task({
  name: 'ClaimUser',
  input,
  run: async ({ request: raw, ...execution }, dependencies): Promise<Claim> => {
    const request = parseRequest(raw);
    const isUrgent = request.action === 'emergency';
    const claim = () => claimFor(request, execution, dependencies);
    return isUrgent ? inTime(execution.enteredAt, dependencies, claim) : claim();
  },
});

async function claimFor(
  asked: Request,
  { executionArn, stateMachineArn, startedAt: since, enteredAt }: Omit<z.output<typeof input>, 'request'>,
  dependencies: Dependencies,
): Promise<Claim> {
  const { settings, log } = dependencies;
  const isUrgent = asked.action === 'emergency';
  const { accountId } = asked;
  const account = await (isUrgent ? accountOfLeak : activeAccount)(dependencies, accountId);
  const { name, tags } = await readUser(asked, executionArn, dependencies);
  // IAM matches names case-insensitively; one user must not have two names here.
  const request = { ...asked, userName: name };
  const rotation = { accountId, userName: name, executionArn };
  // An audit changes nothing, so it needs no guard; it never changes anything later either.
  if (account.heldBack !== undefined)
    return { act: 'proceed', rotation: { ...rotation, claim: 'audit' }, request, takesOver: [] };
  const startedBy = settings.rotationMachine ?? stateMachineArn;
  const last = await findLastAttempt(rotation, tags, enteredAt, dependencies);
  const claim = await claimAfter(
    last,
    { rotation, request, stateMachineArn: startedBy, since },
    dependencies,
  );
  log.info('claimed', { ...rotation, ...claim });
  if (claim.act === 'handOn') return claim;
  const { takesOver, actFrom } = claim;
  // An emergency that stops another rotation marks the user when it does so.
  if (takesOver.length === 0) await mark(rotation, isUrgent, dependencies);
  return {
    act: 'proceed',
    rotation: { ...rotation, claim: 'live', ...defined({ actFrom }) },
    request,
    takesOver,
  };
}

/** The user as IAM spells it, with its tags; a leaked key's user is claimed even if they can't be read. */
async function readUser(
  { accountId, userName, action }: Request,
  executionArn: string,
  dependencies: Dependencies,
): Promise<{ readonly name: string; readonly tags: ReadonlyMap<string, string> }> {
  const rotation = { accountId, userName, executionArn };
  const read = async () => {
    const user = await MemberUser.enter(dependencies, rotation, only(row, 'readUser'));
    return user.itself();
  };
  if (action !== 'emergency') return read();
  return tolerably(read, { name: userName, tags: new TagMap() }, dependencies, rotation);
}

async function mark(rotation: Rotation, isUrgent: boolean, dependencies: Dependencies): Promise<void> {
  const write = async (): Promise<void> => {
    const user = await MemberUser.enter(dependencies, rotation, only(row, 'tagUser'));
    await user.tag(rotationTag, writeMark(rotation));
  };
  await (isUrgent ? tolerably(write, undefined, dependencies, rotation) : write());
}

export const handler = lambdaHandler(claimUser);
