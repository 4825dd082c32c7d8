import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const stateSchema = z.object({
  Type: z.enum(['Task', 'Map', 'Choice', 'Wait', 'Pass', 'Succeed', 'Fail']),
  Comment: z.string(),
  Next: z.string().optional(),
  Choices: z.array(z.object({ Condition: z.string(), Next: z.string() })).default([]),
  Default: z.string().optional(),
  Catch: z.array(z.object({ ErrorEquals: z.array(z.string()), Next: z.string() })).default([]),
  /** What a Map runs for each item. */
  get ItemProcessor(): z.ZodOptional<typeof machineSchema> {
    return machineSchema.optional();
  },
});
type State = z.output<typeof stateSchema>;

const machineSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });
export type Machine = z.output<typeof machineSchema>;

interface Edge {
  readonly to: string;
  readonly label: string;
}

/** @param text a state machine in Amazon States Language, JSONata. @throws {z.ZodError} */
export const readMachine = (text: string): Machine => machineSchema.parse(JSON.parse(text));

/**
 * The document with its generated parts made anew.
 * @throws where a part's markers are missing, or a condition is of a kind that has no wording yet
 */
export function withGenerated(document: string, machine: Machine): string {
  const withDiagram = replacePart(document, 'diagram', `\`\`\`mermaid\n${diagram(machine)}\n\`\`\``);
  return replacePart(withDiagram, 'states', table(machine));
}

function replacePart(document: string, part: string, text: string): string {
  const [start, end] = [`<!-- generated ${part} -->\n`, `\n<!-- end of generated ${part} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the markers of the generated ${part} are missing`);
  return `${document.slice(0, from + start.length)}\n${text}\n${document.slice(to)}`;
}

/**
 * A Mermaid `stateDiagram-v2` of all that isn't a failure. A choice is a node where more than one way leads to it,
 * else it is folded into its edges' labels, as every wait is. A Map is a box around what it runs for each item.
 */
export function diagram(machine: Machine): string {
  const dressed = [
    ...dress('question', namesOf(machine, 'Choice'), 'font-style:italic,stroke-dasharray:4 3'),
    ...dress('ends', namesOf(machine, 'Succeed', 'Fail'), 'font-weight:bold,stroke-width:3px'),
  ];
  return ['stateDiagram-v2', ...[...drawGraph(machine), ...dressed].map(indent)].join('\n');
}

const indent = (line: string): string => `    ${line}`;

/** The states of these types that the picture shows, those inside of Maps too. */
function namesOf(machine: Machine, ...types: readonly State['Type'][]): string[] {
  const reached = reachable(machine);
  const shown = reached.filter((name) => isShown(name, machine, reached));
  return shown.flatMap((name) => {
    const { Type, ItemProcessor } = stateOf(machine, name);
    const inner = ItemProcessor === undefined ? [] : namesOf(ItemProcessor, ...types);
    return types.includes(Type) ? [name, ...inner] : inner;
  });
}

function drawGraph(machine: Machine): string[] {
  const reached = reachable(machine);
  const shown = reached.filter((name) => isShown(name, machine, reached));
  const questions = shown.filter((name) => stateOf(machine, name).Type === 'Choice');
  return [
    ...questions.map((name) => `state "${capital(words(name))}?" as ${name}`),
    `[*] --> ${startOf(machine)}`,
    ...shown.flatMap((name) => drawInner(name, machine)),
    ...shown.flatMap((name) => drawEdges(name, machine, shown)),
  ];
}

function drawInner(name: string, machine: Machine): string[] {
  const { ItemProcessor } = stateOf(machine, name);
  if (ItemProcessor === undefined) return [];
  return [`state ${name} {`, ...drawGraph(ItemProcessor).map(indent), '}'];
}

const dress = (name: string, states: readonly string[], style: string): string[] =>
  states.length === 0 ? [] : [`classDef ${name} ${style}`, `class ${states.join(',')} ${name}`];

/** The first state that does something: a Pass at the beginning only sets variables. */
function startOf(machine: Machine): string {
  const { Type, Next } = stateOf(machine, machine.StartAt);
  return Type === 'Pass' && Next !== undefined ? Next : machine.StartAt;
}

/** Every state that is reached without a failure, in the order in which it comes up. */
function reachable(machine: Machine): string[] {
  const found = new Set([startOf(machine)]);
  for (const name of found) for (const { to } of edgesOf(name, machine)) found.add(to);
  return [...found];
}

function isShown(name: string, machine: Machine, reached: readonly string[]): boolean {
  const { Type } = stateOf(machine, name);
  if (Type === 'Wait') return false;
  if (Type !== 'Choice') return true;
  return reached.flatMap((from) => edgesOf(from, machine)).filter(({ to }) => to === name).length > 1;
}

function drawEdges(from: string, machine: Machine, shown: readonly string[]): string[] {
  const labels = new Map<string, string[]>();
  for (const { to, label } of folded(from, machine, shown)) {
    labels.set(to, [...(labels.get(to) ?? []), label]);
  }
  return [...labels].map(([to, all]) => {
    const label = all.filter((one) => one !== '').join(' / ');
    return `${from} --> ${to}${label === '' ? '' : ` : ${label.replaceAll(', ', ',<br/>')}`}`;
  });
}

/** A state's ways on, through what isn't shown, to the next that is. */
function folded(from: string, machine: Machine, shown: readonly string[]): Edge[] {
  const edges = edgesOf(from, machine);
  return edges.flatMap((edge) => {
    if (shown.includes(edge.to)) return [edge];
    // Where there is no other way on, the wait needs no word.
    const waits = edges.length > 1 && stateOf(machine, edge.to).Type === 'Wait';
    return folded(edge.to, machine, shown).map(({ to, label }) => ({
      to,
      label: join(edge.label, waits ? 'wait' : '', label),
    }));
  });
}

/** "else" says nothing that the word after it doesn't. */
function join(...labels: readonly string[]): string {
  const said = [...new Set(labels.filter((label) => label !== ''))];
  return (said.length > 1 ? said.filter((label) => label !== 'else') : said).join(', ');
}

/** Errors that lead on without being a failure, in a reader's words: a time-out that is waited for, a mail that came back. */
const expected: Readonly<Record<string, string>> = {
  'States.Timeout': 'no answer',
  OwnerUnreachable: 'mail came back',
  AnotherKeyLeaked: 'another key leaked',
  DeletionRefused: 'refused',
};

/** Where a state leads without a failure. */
function edgesOf(name: string, machine: Machine): Edge[] {
  const { Type, Next, Choices, Default, Catch } = stateOf(machine, name);
  const chosen = Choices.map(({ Condition, Next: to }) => ({ to, label: wording(Condition) }));
  const otherwise = Default === undefined ? [] : [{ to: Default, label: 'else' }];
  const caught = Catch.flatMap(({ ErrorEquals, Next: to }) => {
    const label = expected[ErrorEquals.join()];
    return label === undefined ? [] : [{ to, label }];
  });
  const next = Next === undefined || Type === 'Pass' ? [] : [{ to: Next, label: '' }];
  return (
    [...next, ...caught, ...otherwise, ...chosen]
      // Any other Pass than the first only names a failure.
      .filter(({ to }) => stateOf(machine, to).Type !== 'Pass')
  );
}

/** "confirm, with new key" for `$decision.decision = 'confirm' and $exists($work.newKeyId)`. */
function wording(condition: string): string {
  const expression = condition.replace(/^\{%\s*|\s*%\}$/g, '');
  return expression.split(' and ').map(alternatives).join(', ');
}

/** "with new key or with replaced by" for `($exists($work.newKeyId) or $exists($work.plan.replacedById))`. */
const alternatives = (clause: string): string =>
  clause
    .replace(/^\((.+ or .+)\)$/, '$1')
    .split(' or ')
    .map(clauseWording)
    .join(' or ');

const clauses: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^\$[\w.]+ = '(\w+)'$/, (name) => words(name)],
  [/^\$exists\(\$(?:\w+\.)*(\w+)\)$/, (name) => `with ${words(name)}`],
  [/^\$not\(\$exists\(\$(?:\w+\.)*(\w+)\)\)$/, (name) => `without ${words(name)}`],
  [/^\$\w+ < \$(?:\w+\.)*(\w+)$/, (name) => `${words(name)} left`],
  [/^\$toMillis\(.+\) < \$(\w+)$/, (name) => words(name)],
  [/^\$(\w+) < \d+$/, (name) => `${words(name)} left`],
  [/^\$count\(\$(?:\w+\.)*(\w+)\) > 0$/, (name) => words(name)],
  [/^\$count\(\$(?:\w+\.)*(\w+)\) > 1$/, (name) => `more than one ${words(name)}`],
  [/^\$(?:\w+\.)*(\w+)$/, (name) => words(name)],
];

function clauseWording(clause: string): string {
  for (const [pattern, say] of clauses) {
    const [, name] = pattern.exec(clause) ?? [];
    if (name !== undefined) return say(name);
  }
  throw new Error(`no wording for the condition ${clause}`);
}

/** Names that say too little, or too much, in a label. */
const betterWords: Readonly<Record<string, string>> = {
  replacedById: 'replacement',
  leakRounds: 'rounds',
  leakTries: 'tries',
  leakTellAgainAt: 'told today',
};

/** "new key" for `newKeyId` */
const words = (name: string): string =>
  (betterWords[name] ?? name)
    .replace(/Id$/, '')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** @throws where the machine leads to a state that it hasn't */
function stateOf(machine: Machine, name: string): State {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`the machine has no state ${name}`);
  return state;
}

/** Every state, as the machine lists them, with what it says of itself. */
export function table(machine: Machine): string {
  const rows = allStates(machine).map(
    ([name, { Type, Comment }]) => `| \`${name}\` | ${Type} | ${Comment.replaceAll('|', '\\|')} |`,
  );
  return ['| State | Type | Why |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Those that a Map runs for each item stand right after it. */
export const allStates = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor)),
  ]);

/** Which document pictures which machine. */
export const pictures = [
  { document: 'rotation.md', machine: 'rotate-user-key' },
  { document: 'sweep.md', machine: 'sweep-organization' },
] as const;

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const { document, machine } of pictures) {
    const definition = new URL(`../statemachines/${machine}.asl.json`, import.meta.url);
    const file = new URL(document, import.meta.url);
    const drawn = withGenerated(readFileSync(file, 'utf8'), readMachine(readFileSync(definition, 'utf8')));
    writeFileSync(file, drawn);
  }
}
