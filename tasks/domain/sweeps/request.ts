import * as z from 'zod';
import { InvalidInput } from '../errors.ts';
import { problemsOf, strictInput } from '../input.ts';
import { accountIdSchema, unitSchema } from '../scope.ts';

/** As many as a state's input has room for, and more than anybody names by hand. */
const longestList = 500;
const list = z.array(z.unknown()).max(longestList).optional();

/**
 * The input of a sweep. `{}` is enough: the deployment's scope.
 * - `accounts`, `organizationalUnits`, `users`: narrow the scope; they never widen it.
 * - `audit`: the same report, but nothing is started.
 * - `tellOwners`: in an audit, also mails the owners of the users that would be started.
 * - `inspectAllUsers`: looks at every user with an active key, regardless of the credential report.
 */
const requestSchema = strictInput({
  accounts: list,
  organizationalUnits: list,
  users: list,
  audit: z.boolean().default(false),
  tellOwners: z.boolean().default(false),
  inspectAllUsers: z.boolean().default(false),
});

export interface SweepRequest {
  /** Undefined if the input doesn't narrow by it; empty if it does, but names none that is valid. */
  readonly accounts?: readonly string[] | undefined;
  readonly organizationalUnits?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly audit: boolean;
  readonly tellOwners: boolean;
  readonly inspectAllUsers: boolean;
}

const userNameSchema = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be the name of an IAM user');

/**
 * Parses a sweep's input. An invalid value is reported among the problems, and the rest proceeds. An unknown field is
 * an error, because it may have been meant to narrow the sweep.
 * @throws {InvalidInput}
 */
export function readSweepRequest(input: unknown): {
  readonly request: SweepRequest;
  readonly problems: readonly string[];
} {
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) {
    throw new InvalidInput(`${problemsOf(parsed.error)}. A complete input is {}`);
  }
  const problems: string[] = [];
  const only = (values: readonly unknown[] | undefined, schema: z.ZodType<string>, name: string) =>
    values?.flatMap((value) => {
      const read = schema.safeParse(value);
      if (read.success) return [read.data];
      problems.push(`${name}: ${JSON.stringify(value)} ${read.error.issues[0]?.message}`);
      return [];
    });
  const { accounts, organizationalUnits, users, ...flags } = parsed.data;
  const request = {
    ...flags,
    accounts: only(accounts, accountIdSchema, 'accounts'),
    organizationalUnits: only(organizationalUnits, unitSchema, 'organizationalUnits'),
    users: only(users, userNameSchema, 'users'),
  };
  return { request, problems };
}
