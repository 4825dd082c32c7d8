import { type Command, Option } from 'commander';
import { mostListed } from '../../tasks/domain/settings/accounts.ts';
import { BadCommandLine, localCommand, readOptions, type Size, sizeNumber, wholeNumber } from '../options.ts';

export interface ServerOptions extends Size {
  /** 0 takes any free one. */
  readonly port: number;
  readonly paused: boolean;
  /** Daily sweeps, which start what is due by themselves. */
  readonly sweeps?: boolean;
  /** Whether there is no organization, so that the settings list the accounts. */
  readonly listed?: boolean;
  /** Where new secrets are kept; with their users if omitted. */
  readonly storage?: Storage;
  /** Whether nobody but the user and the readers may read a secret. */
  readonly exclusive?: boolean;
}

const storages = ['member', 'central'] as const;
type Storage = (typeof storages)[number];

/** What fits into a gigabyte, with a sweep over all of it. */
const mostUsers = 100_000;

const serverCommand = (): Command =>
  localCommand('npm start --')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', wholeNumber(0, 65_535), 4600)
    .option('--seed <n>', 'which organization; the same seed makes the same one', sizeNumber.seed, 1)
    .option(
      '--accounts <n>',
      `accounts in the organization; with their users, at most ${mostUsers} users`,
      sizeNumber.accounts,
      4,
    )
    .option('--users <n>', 'IAM users in each account', sizeNumber.users, 12)
    .option('--run', 'the clock runs from the start, at one day every 10 seconds', false)
    .option('--sweeps', 'a sweep begins daily, at 06:00 UTC; if omitted, when you start one', false)
    .option('--listed', 'no AWS Organization: the settings list the accounts', false)
    .addOption(
      new Option('--storage <where>', 'where new secrets are kept').choices(storages).default('member'),
    )
    .option('--exclusive', 'nobody but the user and the readers may read a secret', false);

export const serverUsage = (): string => serverCommand().helpInformation();

/**
 * Reads the command line of `npm start`; undefined if it asks for help.
 * @throws {BadCommandLine}
 */
export function readServerOptions(args: readonly string[]): ServerOptions | undefined {
  const command = serverCommand();
  const read = readOptions<Omit<ServerOptions, 'paused'> & { readonly run: boolean }>(command, args);
  if (read === undefined) return undefined;
  const { run, ...options } = read;
  if (options.listed && options.accounts > mostListed)
    throw new BadCommandLine(`--listed takes at most ${mostListed} --accounts, not ${options.accounts}.`);
  const users = options.accounts * options.users;
  if (users > mostUsers)
    throw new BadCommandLine(
      `--accounts times --users may be at most ${mostUsers}, not ${users}: more doesn't fit into memory.`,
    );
  return { ...options, paused: !run };
}
