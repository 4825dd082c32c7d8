import { refusal } from '../errors.ts';
import { AwsError, type Caller, type Operation, type Operations, type ServiceName } from '../types.ts';

/** An SDK command's input, cut down to the members that are modelled, the required ones present. */
type Given<Input, Required extends keyof Input, Optional extends keyof Input> = {
  readonly [Member in Required]-?: NonNullable<Input[Member]>;
} & { readonly [Member in Optional]?: Input[Member] };

interface Modelled {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly run: Operation;
}

/** Declares an operation with its modelled members; `service` rejects every other by name. */
export function operation<Input extends object, Output>() {
  return <Required extends keyof Input & string = never, Optional extends keyof Input & string = never>(
    required: readonly Required[],
    optional: readonly Optional[],
    run: (input: Given<Input, Required, Optional>, caller: Caller) => Output,
  ): Modelled => ({ required, optional, run });
}

/** A service's operations, each with its input checked: nothing is missing, and nothing is silently dropped. */
export function service(name: ServiceName, modelled: Readonly<Record<string, Modelled>>): Operations {
  const entries = Object.entries(modelled).map(
    ([called, { required, optional, run }]): [string, Operation] => {
      const known = new Set([...required, ...optional]);
      return [
        called,
        (input: Readonly<Record<string, unknown>>, caller: Caller) => {
          checkMembers({ name, called, required, known }, input);
          return run(input, caller);
        },
      ];
    },
  );
  return Object.fromEntries(entries);
}

function checkMembers(
  about: { name: ServiceName; called: string; required: readonly string[]; known: ReadonlySet<string> },
  input: Readonly<Record<string, unknown>>,
): void {
  for (const member of about.required) {
    if (input[member] === undefined || input[member] === null) {
      const value = `Value null at '${lowerFirst(member)}' failed to satisfy constraint: Member must not be null`;
      throw refusal(about.name, 'invalid', `1 validation error detected: ${value}`);
    }
  }
  for (const member of Object.keys(input)) {
    if (input[member] !== undefined && !about.known.has(member))
      throw notModelled(about.name, about.called, member);
  }
}

/** For a member that real AWS would act on and the model doesn't know: rejected, not silently ignored. */
export function notModelled(service: ServiceName, operation: string, member: string): AwsError {
  return refusal(service, 'invalid', `${operation} is modelled here without ${member}: leave it out.`);
}

/** For an operation that isn't modelled; the message lists those that are. */
export function unknownOperation(service: ServiceName, operation: string, operations: Operations): AwsError {
  const query = service === 'iam' || service === 'sts';
  const names = Object.keys(operations).sort().join(', ');
  return new AwsError(
    query ? 'InvalidAction' : 'UnknownOperationException',
    `${service}:${operation} is not modelled here. Modelled are: ${names === '' ? 'none' : names}.`,
  );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A page of a list by position. `next` is there if more follows. A token that was never issued is refused. */
export function page<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
  bad: () => AwsError,
): { readonly items: readonly Item[]; readonly next?: string } {
  const start = token === undefined ? 0 : positionOf(token);
  if (start === undefined) throw bad();
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length ? { next: tokenAt(end) } : {}) };
}

/** An opaque token for a position in a list. */
export const tokenAt = (position: number): string => Buffer.from(`at:${position}`).toString('base64url');

/** The position of {@link tokenAt}; undefined for any other text. */
export function positionOf(token: string): number | undefined {
  const digits = /^at:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  return digits === undefined ? undefined : Number(digits);
}
