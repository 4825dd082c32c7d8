import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { allFunctions, type MachineName } from '../../tasks/manifest.ts';

const root = new URL('../../', import.meta.url);
/** A file's text. @param path from the repository's root */
export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

export interface Handled {
  readonly Comment?: string;
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: string;
  readonly Next?: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
}

export interface StateDefinition {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number | string;
  readonly Retry?: readonly Handled[];
  readonly Catch?: readonly Handled[];
  readonly Next?: string;
  readonly Default?: string;
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Choices?: readonly {
    readonly Next: string;
    readonly Assign?: Readonly<Record<string, unknown>>;
  }[];
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly ItemProcessor?: StateGraph;
}

export interface StateGraph {
  readonly States: Readonly<Record<string, StateDefinition>>;
}

export interface Machine extends StateGraph {
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
}

/** A machine's states, those inside of a Map included. */
const statesOf = ({ States }: StateGraph): [string, StateDefinition][] =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);

/** A machine, and everything in it that the contract checks. */
function contractOf(name: MachineName) {
  const text = read(`statemachines/${name}.asl.json`);
  const machine: Machine = JSON.parse(text);
  const states = statesOf(machine);
  const ofType = (type: string) => states.filter(([, state]) => state.Type === type);
  const taskStates = ofType('Task');
  const tokenWaits = taskStates.filter(([, { Resource = '' }]) => Resource.endsWith('.waitForTaskToken'));
  const rows = allFunctions.filter(({ trigger }) => trigger.kind === 'state' && trigger.machine === name);
  const names = rows.map((row) => row.name).toSorted();
  return { name, folder: `tasks/${name}/`, text, machine, states, ofType, taskStates, tokenWaits, names };
}

export const rotation = contractOf('rotate-user-key');
export const sweep = contractOf('sweep-organization');
export const machines = [rotation, sweep];

/** The older definitions that running executions still finish on. */
export const formerDefinitions = (machine: MachineName): string[] =>
  readdirSync(new URL('test/upgrades/', root), { withFileTypes: true })
    .map(({ name }) => `test/upgrades/${name}/${machine}.asl.json`)
    .filter((path) => existsSync(new URL(path, root)))
    .map(read);

/** The functions that a definition names, each once. */
export const functionsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/"FunctionName": "\$\{(\w+)\}"/g)].map(([, name]) => name ?? '')),
];

export const errorsIn = (handlers: readonly Handled[] = []) =>
  handlers.flatMap(({ ErrorEquals }) => ErrorEquals);

/** Whether an error is tried again: the first retrier that names it decides, and one without attempts means no. */
export function isRetried(error: string, retry: readonly Handled[] = []): boolean {
  const first = retry.find(({ ErrorEquals }) =>
    ErrorEquals.some(
      (name) =>
        name === error ||
        name === 'States.ALL' ||
        // Amazon's wildcard for everything but a time-out. It includes the errors that end a wait by their names.
        (name === 'States.TaskFailed' && error !== 'States.Timeout'),
    ),
  );
  return first !== undefined && first.MaxAttempts !== 0;
}

/** Every file under a folder, with its path from the repository's root. */
export const filesIn = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}${path}`);

export const handlersIn = (folder: string): string[] =>
  filesIn(folder).filter((path) => /^export const handler\b/m.test(read(path)));

/** The names of keyturn's own errors. */
export const classes: readonly string[] = [
  ...read('tasks/domain/errors.ts').matchAll(/^export class (\w+) extends KeyturnError/gm),
].map(([, name]) => name ?? '');

/** Step Functions' own errors, Lambda's, and the one that Lambda reports for a process that ran out of time. */
export const foreign = [
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ResourceNotReadyException',
  'Lambda.ENINotReadyException',
  'Lambda.EC2ThrottledException',
  'Lambda.ENILimitReachedException',
  'Lambda.SubnetIPAddressLimitReachedException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Sandbox.Timedout',
];
