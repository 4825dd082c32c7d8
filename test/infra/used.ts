import type { Call } from '../../local/aws/types.ts';

/** The IAM actions that a task took. */
export interface Used {
  readonly central: Set<string>;
  /** In a member account, with a session. */
  readonly member: Set<string>;
  /** What its sessions' policies allow. */
  readonly session: Set<string>;
}

/** By the role of the task. */
export type UsedByRole = Map<string, Used>;

/** Notes the actions of a call with the role that made it. */
export function record(used: UsedByRole, { service, operation, caller, implied }: Call): void {
  const role = caller.via ?? caller.roleName ?? '';
  const by = used.get(role) ?? { central: new Set(), member: new Set(), session: new Set() };
  used.set(role, by);
  // The one action whose name isn't its operation's.
  const own = operation === 'Invoke' ? 'lambda:InvokeFunction' : `${service}:${operation}`;
  const actions = [own, ...implied];
  for (const action of actions) (caller.via === undefined ? by.central : by.member).add(action);
  if (caller.sessionPolicy !== undefined)
    for (const action of actionsOf(caller.sessionPolicy)) by.session.add(action);
}

/** Every action that a policy allows. */
export function actionsOf(policy: string | object): string[] {
  const { Statement }: { Statement: { Action: string | string[] }[] } =
    typeof policy === 'string' ? JSON.parse(policy) : policy;
  return [Statement].flat().flatMap(({ Action }) => Action);
}
