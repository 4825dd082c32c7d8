import type { Definition, Exit, Graph, State } from './definition.ts';
import { Fields, invalidDefinition } from './fields.ts';
import { parseState } from './parse-state.ts';

/**
 * Puts values in the place of `${name}`, as CDK's and CloudFormation's definition substitutions do.
 * Throws InvalidDefinition, by name, for placeholders that nothing was given for.
 */
export function substitute(definition: string, substitutions: Readonly<Record<string, string>>): string {
  const unknown = new Set<string>();
  const text = definition.replace(/\$\{([^}]*)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(substitutions, name) ? substitutions[name] : undefined;
    if (value === undefined) unknown.add(placeholder);
    return value ?? placeholder;
  });
  if (unknown.size > 0) {
    throw invalidDefinition('definition', `unknown placeholders ${[...unknown].join(', ')}`);
  }
  return text;
}

const machineFields = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'Version', 'TimeoutSeconds'];

/**
 * Parses ASL text. `functions` are the names that a Task may invoke.
 * Throws InvalidDefinition with the path for anything that this engine does not run.
 */
export function parseDefinition(text: string, functions: ReadonlyMap<string, unknown>): Definition {
  const machine = new Fields(parseJson(text), 'definition', machineFields);
  machine.oneOf('QueryLanguage', ['JSONata']);
  if (machine.has('Version')) machine.oneOf('Version', ['1.0']);
  const range = { minimum: 1, maximum: 99_999_999, integer: true };
  const graph = parseGraph(machine, 'States', { functions, names: new Set() });
  return { ...graph, timeoutSeconds: machine.optionalNumber('TimeoutSeconds', range) };
}

interface Parsing {
  readonly functions: ReadonlyMap<string, unknown>;
  /** The names of all states so far: a name is unique in a machine, Maps' inner states included. */
  readonly names: Set<string>;
}

function parseGraph(fields: Fields, path: string, parsing: Parsing): Graph {
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(fields.object('States'))) {
    const at = `${path}.${name}`;
    if (name.length > 80) throw invalidDefinition(at, 'a name has at most 80 characters');
    if (parsing.names.has(name)) throw invalidDefinition(at, 'another state has this name');
    parsing.names.add(name);
    const inner = (processor: Fields): Graph => parseGraph(processor, `${processor.path}.States`, parsing);
    states.set(name, parseState(name, value, { path: at, functions: parsing.functions, inner }));
  }
  const startAt = fields.string('StartAt');
  checkTargets([`${fields.path}.StartAt`, startAt], states, path);
  return { startAt, states };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidDefinition('definition', `is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

function checkTargets(
  start: readonly [from: string, to: string],
  states: ReadonlyMap<string, State>,
  path: string,
): void {
  const reached = new Set<string>();
  const open = [start];
  for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
    const [from, name] = edge;
    const state = states.get(name);
    if (state === undefined) throw invalidDefinition(from, `the state ${name} does not exist`);
    if (reached.has(name)) continue;
    reached.add(name);
    for (const target of targets(state)) open.push([`${path}.${name}`, target]);
  }
  for (const name of states.keys()) {
    if (!reached.has(name)) throw invalidDefinition(`${path}.${name}`, 'no transition leads to this state');
  }
}

function targets(state: State): readonly string[] {
  return exits(state).flatMap((exit) => (exit.next === undefined ? [] : [exit.next]));
}

function exits(state: State): readonly Exit[] {
  switch (state.type) {
    case 'Task':
    case 'Map':
      return [state.exit, ...state.catch.map((catcher) => catcher.exit)];
    case 'Choice':
      return [...state.choices.map((rule) => rule.exit), ...(state.otherwise ? [state.otherwise] : [])];
    case 'Fail':
      return [];
    default:
      return [state.exit];
  }
}
