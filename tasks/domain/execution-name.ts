import { createHash } from 'node:crypto';

/** An execution's name has at most 80 characters, including the attempt and the hash. */
const longest = 80;
const attemptDigits = 6;

/**
 * The name that makes an execution the user's only rotation: Step Functions runs at most one of that name. Readable
 * if possible: `john.doe@example.com` becomes `john-doe-example-com` and a short hash. A name that would lose
 * characters or be too long ends in a hash of the original, so that no two users share one.
 */
export function executionName(
  user: { readonly accountId: string; readonly userName: string },
  attempt: number,
): string {
  return `${base(user)}-${attempt}`;
}

/**
 * The attempt number in `name`, if it belongs to this user; undefined for any other execution's name. Also accepts
 * the names of 0.1.0.
 */
export function attemptOf(
  user: { readonly accountId: string; readonly userName: string },
  name: string,
): number | undefined {
  const prefix = beginningsOf(user).find((one) => name.startsWith(one));
  const digits = prefix === undefined ? '' : name.slice(prefix.length);
  return /^[1-9]\d{0,5}$/.test(digits) ? Number(digits) : undefined;
}

/** What the names of this user's rotations begin with, up to the attempt; those of 0.1.0 last. */
export const beginningsOf = (user: { readonly accountId: string; readonly userName: string }): string[] => [
  ...new Set([base(user), olderBase(user)].map((one) => `${one}-`)),
];

/** `arn:…:execution:machine:name`, from the ARN of another execution of the same machine. */
export const siblingArn = (executionArn: string, name: string): string =>
  [...executionArn.split(':').slice(0, -1), name].join(':');

/** `arn:…:execution:machine:name`, from the ARN of a machine or of its alias. */
export function executionArnOf(stateMachineArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = stateMachineArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}

/** Executions are started through this alias: they keep the version that they started with. */
export const aliasName = 'live';

/** The ARN by which another execution of the same machine is started. */
export function starterOf(executionArn: string): string {
  const [arn, partition, service, region, account, , machine] = executionArn.split(':');
  return [arn, partition, service, region, account, 'stateMachine', machine, aliasName].join(':');
}

export const regionIn = (arn: string): string => arn.split(':')[3] ?? '';

export const nameOf = (executionArn: string): string => executionArn.split(':').at(-1) ?? '';

/** The execution's name as a role session name: 2 to 64 characters of a smaller alphabet. */
export function sessionNameOf(executionArn: string): string {
  const name = nameOf(executionArn).replaceAll(/[^\w+=,.@-]/g, '_');
  return (name.length < 2 ? `keyturn-${name}` : name).slice(-64);
}

export const partitionOf = (executionArn: string): string => executionArn.split(':')[1] ?? 'aws';

/** The account in an ARN; empty if it has none. */
export const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/** CloudWatch Logs rejects executions whose names contain other characters. */
function base(user: { readonly accountId: string; readonly userName: string }): string {
  return baseWith(user, user.userName.replaceAll(/[^\w-]/g, '-'));
}

/** The names of 0.1.0. */
function olderBase(user: { readonly accountId: string; readonly userName: string }): string {
  return baseWith(user, user.userName.replaceAll(/[^\w+=.@-]/g, '_'));
}

function baseWith(
  { accountId, userName }: { readonly accountId: string; readonly userName: string },
  readable: string,
): string {
  const room = longest - accountId.length - attemptDigits - 2;
  const isPlain = readable === userName && readable.length <= room;
  // A name that looks like a hashed one is hashed too.
  if (isPlain && !/-[0-9a-f]{12}$/.test(readable)) return `${accountId}-${readable}`;
  const hash = createHash('sha256').update(userName).digest('hex').slice(0, 12);
  return `${accountId}-${readable.slice(0, room - hash.length - 1)}-${hash}`;
}

/** The account at the beginning of a rotation's name; undefined for executions that delegate to one. */
export const accountInName = (name: string): string | undefined => /^(\d{12})-.+-\d+$/.exec(name)?.[1];

/** `arn:…:stateMachine:name`, from the ARN of an execution, a machine or its alias. */
export function machineOf(arn: string): string {
  const [a, partition, service, region, account, , machine] = arn.split(':');
  return [a, partition, service, region, account, 'stateMachine', machine].join(':');
}
