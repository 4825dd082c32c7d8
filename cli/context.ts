import { SFNClient } from '@aws-sdk/client-sfn';
import { partitionOf } from '../infra/regions.ts';
import type { Deployment } from '../infra/settings.ts';
import { rotationMachineName, sweepMachineName } from '../tasks/manifest.ts';
import { type Access, type AccessTo, localAccess, localUrl, ownAccess } from './access.ts';
import { CannotRun } from './cannot-run.ts';
import { findDeployment, identify, machineArn } from './deployed.ts';
import { type Given, readDeployment } from './deployment.ts';
import { localDeployment, localNow } from './local.ts';
import { during, type SayHowFar } from './progress.ts';
import { ownFolder, type Terminal } from './terminal.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly json?: boolean | undefined;
  readonly local?: true | string | undefined;
  readonly assume?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What every command works with. */
export interface Context {
  readonly deployment: Deployment;
  /** The file that the settings are in; `npm start` for the local system. */
  readonly from: string;
  readonly partition: string;
  /** The ARN of the caller. */
  readonly caller: string;
  readonly access: AccessTo;
  /** Clients' settings in keyturn's own account and region. */
  readonly aws: Access;
  readonly stepFunctions: SFNClient;
  /** The state machines' ARNs, without an alias. */
  readonly machines: { readonly rotation: string; readonly sweep: string };
  /** The address of `npm start`, if the command is about that. */
  readonly local: string | undefined;
  /** A role of every account, for looking at users there. */
  readonly assume: string | undefined;
  /** What it would do is only shown. */
  readonly isDryRun: boolean;
  /** The time: by the virtual clock with `--local`, where every call asks for it. */
  readonly now: () => Promise<Date>;
  /** Waits in real time. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Runs work, and says so on standard error if it takes longer than a second. */
  readonly during: <T>(what: string, work: (report: SayHowFar) => Promise<T>) => Promise<T>;
  readonly terminal: Terminal;
}

/** Where a command looks, before it has called anything. */
interface Target {
  readonly access: AccessTo;
  readonly given: Given;
  readonly now: () => Promise<Date>;
  readonly local: string | undefined;
}

/**
 * Finds the deployment and the caller.
 * @throws {CannotRun} @throws {SettingsRefused}
 */
export async function openContext(options: CommonOptions, terminal: Terminal): Promise<Context> {
  const assume = checkedRole(options.assume);
  const { access, given, now, local } = await targetOf(options.local, terminal.folder);
  const { deployment, from } = given;
  const { account, region } = deployment;
  const partition = partitionOf(region);
  const reached = { deployment, from, access };
  const caller = await identify(reached);
  await findDeployment(reached, partition);
  const aws = access(region);
  const where = { account, region, partition };
  return {
    ...{ deployment, from, partition, caller, access, aws, local, assume, now, terminal },
    isDryRun: options.dryRun === true,
    stepFunctions: new SFNClient(aws),
    machines: {
      rotation: machineArn(where, rotationMachineName),
      sweep: machineArn(where, sweepMachineName),
    },
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    during: (what, work) => during(terminal, what, work),
  };
}

/** @throws {CannotRun} if it isn't the name of a role */
export function checkedRole(assume: string | undefined): string | undefined {
  if (assume === undefined || /^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(assume)) return assume;
  throw new CannotRun(
    `--assume takes a role's name, such as OrganizationAccountAccessRole; "${assume}" isn’t one.`,
  );
}

/** @throws {CannotRun} if the address of `--local` isn't one, or nothing answers there */
export async function targetOf(local: CommonOptions['local'], folder = ownFolder): Promise<Target> {
  if (local === undefined) {
    const now = () => Promise.resolve(new Date());
    return { access: ownAccess, given: readDeployment(folder), now, local };
  }
  const url = local === true ? localUrl : local;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CannotRun(
      `--local takes the address that npm start prints, such as ${localUrl}; "${url}" isn’t one.`,
    );
  }
  const access = localAccess(url);
  const given = await localDeployment(access, url);
  return { access, given, now: () => localNow(url), local: url };
}
