import type { Command } from 'commander';
import { type AccessTo, localAccess, localUrl, ownAccess } from '../access.ts';
import { CannotRun } from '../cannot-run.ts';
import { type Given, readDeployment } from '../deployment.ts';
import { localDeployment, localNow } from '../local.ts';
import { exitCodes, ownFolder, type Terminal } from '../terminal.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { countsOf, tableOf } from './table.ts';

interface Options {
  readonly json?: true;
  readonly local?: true | string;
  readonly assume?: string;
}

const help = `
Reads, and changes nothing. Run it with credentials of keyturn's account that may read there; the
settings are those of keyturn.json. What could not be seen is unknown, and unknown is never ok.

Exit code: 0 if every line is ok or warn, 1 if any fails or is unknown, 2 if it can't be run.

Example:
  $ AWS_PROFILE=security npx keyturn doctor --assume OrganizationAccountAccessRole`;

/** Adds the command `doctor`. */
export function addDoctor(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('doctor')
    .summary('look at a deployment, and say what is wrong with it')
    .description('Looks at a deployment, and says what is wrong with it and what to do.')
    .option('--json', 'one JSON object instead of the table; its shape is in docs/cli.md')
    .option('--local [url]', `look at what npm start runs (${localUrl} if omitted)`)
    .option('--assume <role>', 'a role in every account, to look at keyturn’s roles there')
    .addHelpText('after', help)
    .action(async () => {
      const command = program.commands.find((each) => each.name() === 'doctor');
      exit(await doctor(command?.opts<Options>() ?? {}, terminal));
    });
}

async function doctor(
  { json, local, assume }: Options,
  { stdout, stderr, folder }: Terminal,
): Promise<number> {
  if (assume !== undefined && !/^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(assume)) {
    throw new CannotRun(
      `--assume takes a role's name, such as OrganizationAccountAccessRole; "${assume}" isn’t one.`,
    );
  }
  const { access, given, now } = await target(local, folder);
  const { account, region, mode } = given.deployment;
  if (stderr.isTTY === true) stderr.write(`Looking at keyturn in ${account}, ${region} …\n`);
  const { caller, findings } = await examine({ ...given, access, assume, now });
  const exitCode = exitCodeOf(findings);
  const about = { account, region, mode, settings: given.from, caller };
  if (json === true) {
    const result = {
      command: 'doctor',
      at: now.toISOString(),
      ...about,
      exitCode,
      counts: countsOf(findings),
      findings,
    };
    stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    stdout.write(`keyturn in ${account}, ${region}, mode ${mode}, by ${given.from}\nseen as ${caller}\n\n`);
    stdout.write(tableOf(findings, stdout));
  }
  return exitCode;
}

interface Target {
  readonly access: AccessTo;
  readonly given: Given;
  readonly now: Date;
}

async function target(local: Options['local'], folder = ownFolder): Promise<Target> {
  if (local === undefined) return { access: ownAccess, given: readDeployment(folder), now: new Date() };
  const url = local === true ? localUrl : local;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CannotRun(
      `--local takes the address that npm start prints, such as ${localUrl}; "${url}" isn’t one.`,
    );
  }
  const access = localAccess(url);
  return { access, given: await localDeployment(access, url), now: await localNow(url) };
}

/** What could not be checked isn't proved, so it counts as a failure. */
export const exitCodeOf = (findings: readonly Finding[]): number =>
  findings.some(({ status }) => status === 'fail' || status === 'unknown') ? exitCodes.problem : exitCodes.ok;
