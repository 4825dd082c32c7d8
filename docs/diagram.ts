import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { capital, words } from '../local/story/condition-words.ts';
import {
  edgesToShown,
  isShown,
  type MachineDefinition,
  type MachineState,
  reachable,
  readMachine,
  startOf,
  stateOf,
} from '../local/story/machine-graph.ts';
import { replacePart, tableOf } from './generated.ts';

/** A stretch of the machine that has a picture of its own, because the whole is too wide to be read. */
export interface Part {
  readonly title: string;
  /** Its first state; the part ends before the first one of the next part, in the file's order. */
  readonly from: string;
}

/**
 * The document with its generated parts regenerated.
 * @param parts if omitted, the machine is one picture
 * @throws if a part's markers are missing, or a condition is of a kind that has no wording yet
 */
export function withGenerated(
  document: string,
  machine: MachineDefinition,
  parts: readonly Part[] = [],
): string {
  const fenced = (drawn: string): string => `\`\`\`mermaid\n${drawn}\n\`\`\``;
  const drawn =
    parts.length === 0
      ? fenced(diagram(machine))
      : parts.map((part) => `### ${part.title}\n\n${fenced(partDiagram(machine, part, parts))}`).join('\n\n');
  return replacePart(replacePart(document, 'diagram', drawn), 'states', table(machine));
}

/**
 * A Mermaid `stateDiagram-v2` of all that isn't a failure. A choice is a node if more than one way leads to it,
 * otherwise it is folded into its edges' labels, as every wait is. A Map is a box around what it runs for each item.
 */
export function diagram(machine: MachineDefinition): string {
  const dressed = [
    ...dress('question', namesOf(machine, 'Choice'), questionStyle),
    ...dress('ends', namesOf(machine, 'Succeed', 'Fail'), endStyle),
  ];
  return ['stateDiagram-v2', ...[...drawGraph(machine), ...dressed].map(indent)].join('\n');
}

/**
 * One part, and where it leads: what belongs to other parts is only a name in a dotted box.
 * @throws if the machine lacks the part's first state
 */
export function partDiagram(machine: MachineDefinition, part: Part, parts: readonly Part[]): string {
  const reached = reachable(machine);
  const shown = reached.filter((name) => isShown(name, machine, reached));
  const own = shown.filter((name) => partOf(name, machine, parts) === part);
  const edges = own.flatMap((name) => drawEdges(name, machine, shown));
  const ends = namesOf(machine, 'Succeed', 'Fail');
  const drawn = shown.filter((name) => own.includes(name) || edges.some((edge) => leadsTo(edge, name)));
  const elsewhere = drawn.filter((name) => !own.includes(name) && !ends.includes(name));
  const questions = drawn.filter((name) => stateOf(machine, name).Type === 'Choice');
  const lines = [
    ...questions.map(named),
    ...(own.includes(startOf(machine)) ? [`[*] --> ${startOf(machine)}`] : []),
    ...edges,
    ...dress('question', questions, questionStyle),
    ...dress(
      'ends',
      drawn.filter((name) => ends.includes(name)),
      endStyle,
    ),
    ...dress('elsewhere', elsewhere, 'stroke-dasharray:1 3,font-style:italic'),
  ];
  return ['stateDiagram-v2', ...lines.map(indent)].join('\n');
}

const leadsTo = (edge: string, name: string): boolean => new RegExp(`--> ${name}\\b`).test(edge);

function partOf(name: string, machine: MachineDefinition, parts: readonly Part[]): Part | undefined {
  const order = Object.keys(machine.States);
  for (const { from } of parts) stateOf(machine, from);
  return parts.findLast(({ from }) => order.indexOf(from) <= order.indexOf(name));
}

const questionStyle = 'font-style:italic,stroke-dasharray:4 3';
const endStyle = 'font-weight:bold,stroke-width:3px';
const named = (name: string): string => `state "${capital(words(name))}?" as ${name}`;

const indent = (line: string): string => `    ${line}`;

/** The states of these types that the picture shows, those inside of Maps too. */
function namesOf(machine: MachineDefinition, ...types: readonly MachineState['Type'][]): string[] {
  const reached = reachable(machine);
  const shown = reached.filter((name) => isShown(name, machine, reached));
  return shown.flatMap((name) => {
    const { Type, ItemProcessor } = stateOf(machine, name);
    const inner = ItemProcessor === undefined ? [] : namesOf(ItemProcessor, ...types);
    return types.includes(Type) ? [name, ...inner] : inner;
  });
}

function drawGraph(machine: MachineDefinition): string[] {
  const reached = reachable(machine);
  const shown = reached.filter((name) => isShown(name, machine, reached));
  const questions = shown.filter((name) => stateOf(machine, name).Type === 'Choice');
  return [
    ...questions.map(named),
    `[*] --> ${startOf(machine)}`,
    ...shown.flatMap((name) => drawInner(name, machine)),
    ...shown.flatMap((name) => drawEdges(name, machine, shown)),
  ];
}

function drawInner(name: string, machine: MachineDefinition): string[] {
  const { ItemProcessor } = stateOf(machine, name);
  if (ItemProcessor === undefined) return [];
  return [`state ${name} {`, ...drawGraph(ItemProcessor).map(indent), '}'];
}

const dress = (name: string, states: readonly string[], style: string): string[] =>
  states.length === 0 ? [] : [`classDef ${name} ${style}`, `class ${states.join(',')} ${name}`];

function drawEdges(from: string, machine: MachineDefinition, shown: readonly string[]): string[] {
  const labels = new Map<string, string[]>();
  for (const { to, label } of edgesToShown(from, machine, shown)) {
    labels.set(to, [...(labels.get(to) ?? []), label]);
  }
  return [...labels].map(([to, all]) => {
    const label = all.filter((one) => one !== '').join(' / ');
    return `${from} --> ${to}${label === '' ? '' : ` : ${label.replaceAll(', ', ',<br/>').replaceAll(' / ', '<br/>/ ').replaceAll(' or ', '<br/>or ')}`}`;
  });
}

/** Every state, as the machine lists them, with its comment. */
export function table(machine: MachineDefinition): string {
  const rows = allStates(machine).map(([name, { Type, Comment }]) => [`\`${name}\``, Type, Comment]);
  return tableOf(['State', 'Type', 'Why'], rows);
}

/** Every state. Those that a Map runs for each item come right after it. */
export const allStates = (machine: MachineDefinition): [string, MachineState][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor)),
  ]);

const rotationParts: readonly Part[] = [
  { title: 'Claim, assess, provision', from: 'IsItARotation' },
  { title: 'Ask the owner', from: 'AskOwner' },
  { title: 'On to the drain', from: 'PromoteNewKey' },
  { title: 'Drain and deactivate', from: 'CheckOldKey' },
  { title: 'Rollback window', from: 'OfferRollback' },
  { title: 'Deletion', from: 'DeleteOldKey' },
  { title: 'A leaked key that is still active', from: 'AskAboutLeak' },
  { title: 'Other ends', from: 'MakeSafe' },
];

/** Which document pictures which machine, and in which parts. */
export const pictures: readonly {
  readonly document: string;
  readonly machine: string;
  readonly parts: readonly Part[];
}[] = [
  { document: 'rotation.md', machine: 'rotate-user-key', parts: rotationParts },
  { document: 'sweep.md', machine: 'sweep-organization', parts: [] },
];

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const { document, machine, parts } of pictures) {
    const definition = new URL(`../statemachines/${machine}.asl.json`, import.meta.url);
    const file = new URL(document, import.meta.url);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, withGenerated(text, readMachine(readFileSync(definition, 'utf8')), parts));
  }
}
