import * as z from 'zod';
import { wording } from './condition-words.ts';

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
export type MachineState = z.output<typeof stateSchema>;

const machineSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });
export type MachineDefinition = z.output<typeof machineSchema>;

export interface Edge {
  readonly to: string;
  readonly label: string;
}

/** @param text a state machine in Amazon States Language, JSONata. @throws {z.ZodError} */
export const readMachine = (text: string): MachineDefinition => machineSchema.parse(JSON.parse(text));

/** The first state that does something: a Pass at the beginning only sets variables. */
export function startOf(machine: MachineDefinition): string {
  const { Type, Next } = stateOf(machine, machine.StartAt);
  return Type === 'Pass' && Next !== undefined ? Next : machine.StartAt;
}

/** Every state that is reached without a failure, in the order in which it comes up. */
export function reachable(machine: MachineDefinition): string[] {
  const found = new Set([startOf(machine)]);
  for (const name of found) for (const { to } of edgesOf(name, machine)) found.add(to);
  return [...found];
}

export function isShown(name: string, machine: MachineDefinition, reached: readonly string[]): boolean {
  const { Type } = stateOf(machine, name);
  if (Type === 'Wait') return false;
  if (Type !== 'Choice' || name === startOf(machine)) return true;
  return reached.flatMap((from) => edgesOf(from, machine)).filter(({ to }) => to === name).length > 1;
}

/** A state's edges to the next states that are shown, through those that aren't. */
export function edgesToShown(from: string, machine: MachineDefinition, shown: readonly string[]): Edge[] {
  const edges = edgesOf(from, machine);
  return edges.flatMap((edge) => {
    if (shown.includes(edge.to)) return [edge];
    // If there is no other way on, the wait needs no label.
    const waits = edges.length > 1 && stateOf(machine, edge.to).Type === 'Wait';
    return edgesToShown(edge.to, machine, shown).map(({ to, label }) => ({
      to,
      label: join(edge.label, waits ? 'wait' : '', label),
    }));
  });
}

/** A label of these parts, without "else" if it isn't the only one. */
function join(...labels: readonly string[]): string {
  const said = [...new Set(labels.filter((label) => label !== ''))];
  return (said.length > 1 ? said.filter((label) => label !== 'else') : said).join(', ');
}

/**
 * Errors that lead on without being a failure, in a reader's words: a time-out that is waited for, a mail that
 * bounced.
 */
const expected: Readonly<Record<string, string>> = {
  'States.Timeout': 'no answer',
  OwnerUnreachable: 'mail bounced',
  AnotherKeyLeaked: 'another key leaked',
  DeletionRefused: 'refused',
};

/** Where a state leads without a failure. */
function edgesOf(name: string, machine: MachineDefinition): Edge[] {
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

/** @throws if the machine leads to a state that it doesn't have */
export function stateOf(machine: MachineDefinition, name: string): MachineState {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`the machine has no state ${name}`);
  return state;
}
