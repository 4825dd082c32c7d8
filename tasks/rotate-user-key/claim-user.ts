import { z } from 'zod';
import { Executions } from '../aws/executions.ts';
import { MemberUser } from '../aws/member-user.ts';
import { activeAccount } from '../aws/organization.ts';
import type { Dependencies } from '../dependencies.ts';
import { attemptOf, executionName, nameOf, siblingArn } from '../domain/execution-name.ts';
import { originOf } from '../domain/keys.ts';
import { parseRequest, type Request, type Rotation } from '../domain/rotation.ts';
import { rotationTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

const input = z.object({ request: z.unknown(), executionArn: z.string(), stateMachineArn: z.string() });

type Claim =
  | { readonly act: 'proceed'; readonly rotation: Rotation; readonly request: Request }
  | { readonly act: 'handOn'; readonly to: string; readonly because: string };

/**
 * State ClaimUser: makes this execution the user's one rotation, or finds the one that is.
 *
 * The execution's name is the mutex: of all executions, only one can run under the user's name and the next
 * attempt's number. One started under any other name (by hand, usually) starts that one, and ends.
 */
export const claimUser = task({
  name: 'ClaimUser',
  input,
  run: async ({ request: raw, executionArn, stateMachineArn }, dependencies): Promise<Claim> => {
    const request = parseRequest(raw);
    await activeAccount(dependencies, request.accountId);
    const rotation = { accountId: request.accountId, userName: request.userName, executionArn };
    const user = await MemberUser.enter(dependencies, rotation, ['iam:ListUserTags', 'iam:TagUser']);
    // An audit changes nothing, so it has nothing to guard.
    if (dependencies.settings.mode !== 'live') return { act: 'proceed', rotation, request };
    const last = await lastAttempt(rotation, await user.tags(), dependencies);
    const claim = decideClaim(rotation, request, last);
    if (claim === 'start') return startNext(rotation, request, stateMachineArn, last.attempt, dependencies);
    if (claim.act === 'proceed') await user.tag(rotationTag, executionArn);
    dependencies.log.info('claimed', { ...rotation, ...claim });
    return claim;
  },
});

interface LastAttempt {
  readonly attempt: number;
  readonly executionArn?: string;
  readonly running: boolean;
}

/**
 * The last attempt that left a mark on the user: the rotation's tag, or, where that was lost, the description of a
 * key that it made.
 */
async function lastAttempt(
  rotation: Rotation,
  tags: ReadonlyMap<string, string>,
  dependencies: Dependencies,
): Promise<LastAttempt> {
  const marks = [...tags.values()].map((value) => originOf(value)?.rotation);
  const names = [nameOf(tags.get(rotationTag) ?? ''), ...marks];
  const attempt = Math.max(0, ...names.map((name) => attemptOf(rotation, name ?? '') ?? 0));
  if (attempt === 0) return { attempt, running: false };
  const executionArn = siblingArn(rotation.executionArn, executionName(rotation, attempt));
  const execution = await new Executions(dependencies).describe(executionArn);
  return { attempt, executionArn, running: execution?.status === 'RUNNING' };
}

function decideClaim(rotation: Rotation, request: Request, last: LastAttempt): Claim | 'start' {
  if (last.executionArn === rotation.executionArn) return { act: 'proceed', rotation, request };
  if (last.running && last.executionArn !== undefined) {
    return { act: 'handOn', to: last.executionArn, because: 'a rotation of this user is running' };
  }
  // Only the very next number is this user's rotation: else two could run side by side under two numbers.
  const isNext = attemptOf(rotation, nameOf(rotation.executionArn)) === last.attempt + 1;
  return isNext ? { act: 'proceed', rotation, request } : 'start';
}

async function startNext(
  rotation: Rotation,
  request: Request,
  stateMachineArn: string,
  lastAttempt: number,
  dependencies: Dependencies,
): Promise<Claim> {
  const executions = new Executions(dependencies);
  for (let attempt = lastAttempt + 1; ; attempt += 1) {
    const name = executionName(rotation, attempt);
    const start = await executions.start(stateMachineArn, name, request);
    if (start.state === 'started') {
      return {
        act: 'handOn',
        to: start.executionArn,
        because: 'it goes on under the name of the user’s rotation',
      };
    }
    const taken = siblingArn(rotation.executionArn, name);
    const status = (await executions.describe(taken))?.status ?? 'RUNNING';
    // Only one that is known to have ended makes way: not being found yet may be Step Functions' own lag.
    if (status === 'RUNNING')
      return { act: 'handOn', to: taken, because: 'a rotation of this user is running' };
  }
}

export const handler = lambdaHandler(claimUser);
