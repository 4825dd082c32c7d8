import { parseArgs } from 'node:util';

export interface ServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly seed: number;
  readonly accounts: number;
  /** In each account. */
  readonly users: number;
  readonly paused: boolean;
  /** Daily sweeps, which start what is due by themselves. */
  readonly sweeps?: boolean;
  /** Where new secrets are kept; with their users if omitted. */
  readonly storage?: Storage;
  /** Whether nobody but the user and the readers may read a secret. */
  readonly exclusive?: boolean;
}

const storages = ['member', 'central'] as const;
type Storage = (typeof storages)[number];

export const usage = `npm start -- [options]
  --port N      port on 127.0.0.1; 0 takes a free one (4600)
  --seed N      which organization; the same seed makes the same one (1)
  --accounts N  accounts in the organization (4)
  --users N     IAM users in each account (12)
  --paused      the clock stands until told to run
  --no-sweeps   rotations begin only where somebody starts them
  --storage S   where new secrets are kept: member or central (member)
  --exclusive   nobody but the user and the readers may read a secret
  --help        this text
`;

/** A command line that can't be understood. The message is one line for its writer. */
export class BadCommandLine extends Error {
  override readonly name = 'BadCommandLine';
}

/**
 * Reads the command line.
 * @returns undefined where help is asked for
 * @throws {BadCommandLine}
 */
export function readOptions(args: readonly string[]): ServerOptions | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  return {
    port: whole('port', values.port, { least: 0, most: 65_535, otherwise: 4600 }),
    seed: whole('seed', values.seed, { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 1 }),
    accounts: whole('accounts', values.accounts, { least: 1, most: 1000, otherwise: 4 }),
    users: whole('users', values.users, { least: 1, most: 5000, otherwise: 12 }),
    paused: values.paused === true,
    sweeps: values['no-sweeps'] !== true,
    ...(values.storage === undefined ? {} : { storage: storageIn(values.storage) }),
    ...(values.exclusive === true ? { exclusive: true } : {}),
  };
}

function storageIn(value: string): Storage {
  const storage = storages.find((one) => one === value);
  if (storage === undefined) throw new BadCommandLine(`--storage ${value}: must be member or central.`);
  return storage;
}

function parse(args: readonly string[]) {
  try {
    const [number, word] = [{ type: 'string' }, { type: 'string' }] as const;
    const flag = { type: 'boolean' } as const;
    return parseArgs({
      args: [...args],
      options: {
        ...{ port: number, seed: number, accounts: number, users: number },
        ...{ paused: flag, 'no-sweeps': flag, storage: word, exclusive: flag, help: flag },
      },
    }).values;
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split(/\.(?: |$)|\n/);
    throw new BadCommandLine(
      `${problem}. Known are --port, --seed, --accounts, --users, --paused, --no-sweeps, --storage, --exclusive, --help.`,
    );
  }
}

function whole(
  name: string,
  value: string | undefined,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  if (value === undefined) return otherwise;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new BadCommandLine(`--${name} ${value}: must be a whole number from ${least} to ${most}.`);
}
