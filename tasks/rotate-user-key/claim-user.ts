import * as z from 'zod';
import { Executions } from '../aws/executions.ts';
import { MemberUser } from '../aws/member-user.ts';
import { activeAccount } from '../aws/organization.ts';
import type { Dependencies } from '../dependencies.ts';
import { lastAttempt } from '../domain/attempts.ts';
import { InvalidInput } from '../domain/errors.ts';
import { attemptOf, executionName, nameOf, siblingArn } from '../domain/execution-name.ts';
import { supersededByEmergency } from '../domain/find-question.ts';
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
    const user = await MemberUser.enter(dependencies, rotation, ['iam:GetUser', 'iam:TagUser']);
    const { name, tags } = await user.itself();
    if (name !== request.userName) {
      throw new InvalidInput(
        `userName: IAM spells this user ${name}, and one user must not have two names here`,
      );
    }
    // An audit changes nothing, so it has nothing to guard.
    if (dependencies.settings.mode !== 'live') return { act: 'proceed', rotation, request };
    const last = await findLastAttempt(rotation, tags, dependencies);
    const startedBy = dependencies.settings.rotationMachine ?? stateMachineArn;
    const claim = await claimAfter(last, { rotation, request, stateMachineArn: startedBy }, dependencies);
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

async function findLastAttempt(
  rotation: Rotation,
  tags: ReadonlyMap<string, string>,
  dependencies: Dependencies,
): Promise<LastAttempt> {
  const attempt = lastAttempt(rotation, tags);
  if (attempt === 0) return { attempt, running: false };
  const executionArn = siblingArn(rotation.executionArn, executionName(rotation, attempt));
  const execution = await new Executions(dependencies).describe(executionArn);
  return { attempt, executionArn, running: execution?.status === 'RUNNING' };
}

/**
 * Goes through the attempts after the last, in order. This execution's own number comes up only where all before it
 * have ended; else an earlier one is started, or runs, and is the user's rotation. So two can't run side by side
 * under two numbers.
 */
async function claimAfter(
  last: LastAttempt,
  start: { readonly rotation: Rotation; readonly request: Request; readonly stateMachineArn: string },
  dependencies: Dependencies,
): Promise<Claim> {
  const { rotation, request, stateMachineArn } = start;
  const proceed = { act: 'proceed', rotation, request } as const;
  if (last.executionArn === rotation.executionArn) return proceed;
  const executions = new Executions(dependencies);
  if (last.running && last.executionArn !== undefined) {
    if (!(await takesOver(request, last.executionArn, executions))) return handOn(last.executionArn);
  }
  const own = attemptOf(rotation, nameOf(rotation.executionArn));
  for (let attempt = last.attempt + 1; ; attempt += 1) {
    if (attempt === own) return proceed;
    const name = executionName(rotation, attempt);
    const started = await executions.start(stateMachineArn, name, request);
    if (started.state === 'started') return handOn(started.executionArn);
    const taken = siblingArn(rotation.executionArn, name);
    // Only one that is known to have ended makes way: not being found yet may be Step Functions' own lag.
    const status = (await executions.describe(taken))?.status ?? 'RUNNING';
    if (status === 'RUNNING' && !(await takesOver(request, taken, executions))) return handOn(taken);
  }
}

/**
 * A leaked key doesn't wait for a rotation that waits for its owner: that one is stopped, and what it made is gone
 * on with. But not a rotation that sees to this very leak.
 */
async function takesOver(request: Request, executionArn: string, executions: Executions): Promise<boolean> {
  if (request.action !== 'emergency') return false;
  const running = await executions.describe(executionArn);
  if (
    running === undefined ||
    emergencySchema.safeParse(JSON.parse(running.input)).data?.keyId === request.keyId
  ) {
    return false;
  }
  await executions.stop(executionArn, supersededByEmergency, `${request.keyId} of the same user has leaked`);
  return true;
}

const emergencySchema = z.object({ action: z.literal('emergency'), keyId: z.string() });

const handOn = (to: string): Claim => ({
  act: 'handOn',
  to,
  because: 'it runs under the name of the user’s one rotation',
});

export const handler = lambdaHandler(claimUser);
