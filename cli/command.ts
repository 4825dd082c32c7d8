import type { Command } from 'commander';
import * as z from 'zod';
import { localUrl } from './access.ts';
import { type CommonOptions, type Context, openContext } from './context.ts';
import type { Terminal } from './terminal.ts';

/** A flag or an argument with its description: `['--stage <stage>', 'only rotations in this stage']`. */
export type Described = readonly [flags: string, says: string];

/** The values of a command's own options, by their names in camel case. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** What a command was asked. */
export interface Asked {
  readonly context: Context;
  /** The arguments, in their order; one that was omitted is undefined. */
  readonly args: readonly (string | undefined)[];
  readonly options: OptionValues;
  /** Writes to standard output while the command runs; of no effect with `--json`. */
  readonly say: (text: string) => void;
}

/** What a command found or did: `result` for programs, `text` for people. */
export interface CommandOutcome<Result> {
  readonly exitCode: number;
  readonly result: Result;
  /** Ends in a line break, unless it is empty. */
  readonly text: string;
}

/** A command, as help, completion, document and tests see it. */
export interface CommandSpec<Shape extends z.ZodObject = z.ZodObject> {
  /** One word, or a group and a word: `report open`. */
  readonly name: string;
  /** For the list of commands: begins in lower case. */
  readonly summary: string;
  /** A sentence or a few. */
  readonly description: string;
  readonly args?: readonly Described[];
  readonly options?: readonly Described[];
  /** What follows `npx keyturn` in an example; at least one. */
  readonly examples: readonly [string, ...string[]];
  /** It can start, answer or stop something: then it has `--dry-run` and `--yes`. */
  readonly changes?: true;
  /** The fields of its JSON, besides those that every command has; each with a description. */
  readonly shape: Shape;
  readonly run: (asked: Asked) => Promise<CommandOutcome<z.input<Shape>>>;
}

/** Keeps a command's shape and its result together. */
export const commandSpec = <Shape extends z.ZodObject>(spec: CommandSpec<Shape>): CommandSpec<Shape> => spec;

/** The fields that every command's JSON begins with. */
export const envelopeSchema = z.object({
  command: z.string().describe('the command'),
  at: z.iso.datetime().describe('when it was run; by the virtual clock with `--local`'),
  account: z.string().describe('the account that keyturn runs in'),
  region: z.string().describe('its region'),
  exitCode: z.number().describe('the same as the command’s'),
});

const commonOptions: readonly Described[] = [
  ['--json', 'one JSON object on one line instead of text; its fields are in docs/cli.md'],
  ['--local [url]', `what npm start runs (${localUrl} if omitted) instead of a deployment`],
  ['--assume <role>', 'a role of yours in every account, to look at users there'],
];
const changingOptions: readonly Described[] = [
  ['--dry-run', 'show what it would do, and change nothing'],
  ['--yes', 'do it without asking'],
];

/** Every option of a command, its own first. */
export const optionsOf = ({
  options = [],
  changes,
}: Pick<CommandSpec, 'options' | 'changes'>): Described[] => [
  ...options,
  ...(changes === true ? changingOptions : []),
  ...commonOptions,
];

export const exampleOf = (example: string): string => `npx keyturn ${example}`;

/** Where a command writes, and how it ends. */
export interface Running {
  readonly terminal: Terminal;
  readonly exit: (code: number) => void;
}

/** Adds a command to the program. */
export function addCommand(program: Command, spec: CommandSpec, { terminal, exit }: Running): void {
  const words = spec.name.split(' ');
  const name = words.pop() ?? '';
  const command = words.reduce(groupIn, program).command(name);
  command.summary(spec.summary).description(spec.description);
  for (const [flags, says] of spec.args ?? []) command.argument(flags, says);
  for (const [flags, says] of optionsOf(spec)) command.option(flags, says);
  const examples = spec.examples.map((example) => `  $ ${exampleOf(example)}`);
  command.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.join('\n')}`);
  command.action(async () => {
    exit(await runCommand(spec, command, terminal));
  });
}

const groups: Readonly<Record<string, string>> = { report: 'the reports of sweeps' };

function groupIn(program: Command, name: string): Command {
  const known = program.commands.find((each) => each.name() === name);
  if (known !== undefined) return known;
  const says = groups[name] ?? name;
  return program.command(name).summary(says).description(`Commands for ${says}.`);
}

const valuesSchema = z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())]));

async function runCommand(spec: CommandSpec, command: Command, terminal: Terminal): Promise<number> {
  const values = valuesSchema.parse(command.opts());
  const { json, local, assume, dryRun, ...options } = values;
  const common: CommonOptions = {
    ...{ json: json === true, dryRun: dryRun === true },
    local: local === true || typeof local === 'string' ? local : undefined,
    assume: typeof assume === 'string' ? assume : undefined,
  };
  const context = await openContext(common, terminal);
  const at = await context.now();
  const say = (text: string): void => {
    if (json !== true) terminal.stdout.write(text);
  };
  const args = command.processedArgs
    .flat()
    .map((value: unknown) => (typeof value === 'string' ? value : undefined));
  const { exitCode, result, text } = await spec.run({ context, args, options, say });
  if (json !== true) {
    terminal.stdout.write(text);
    return exitCode;
  }
  const { account, region } = context.deployment;
  const about = { command: spec.name, at: at.toISOString(), account, region, exitCode };
  terminal.stdout.write(`${JSON.stringify({ ...about, ...result })}\n`);
  return exitCode;
}
