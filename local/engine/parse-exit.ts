import type { Exit } from './definition.ts';
import type { Template } from './expressions.ts';
import { type Fields, invalidDefinition } from './fields.ts';

/** Where a state leads, its output, and which variables it sets. Throws InvalidDefinition. */
export function parseExit(fields: Fields): Exit {
  const next = fields.optionalString('Next');
  if (fields.has('End') && fields.value('End') !== true) {
    throw invalidDefinition(fields.path, 'field End must be true');
  }
  if ((next !== undefined) === fields.has('End')) {
    throw invalidDefinition(fields.path, 'a state has either Next or "End": true');
  }
  return { next, output: output(fields), assign: assign(fields) };
}

/** The exit of a choice rule or of a catcher; `location` is its place in its state. */
export function parseRuleExit(rule: Fields, location: string): Exit {
  return {
    next: rule.string('Next'),
    output: output(rule, `${location}/Output`),
    assign: assign(rule, `${location}/Assign`),
  };
}

/** The Output field, if there is one. */
export function output(fields: Fields, location = 'Output'): Template | undefined {
  return fields.optionalTemplate('Output', location);
}

/** The Assign field, if there is one. Throws InvalidDefinition for names that no variable can have. */
export function assign(fields: Fields, location = 'Assign'): Template | undefined {
  if (!fields.has('Assign')) return undefined;
  for (const name of Object.keys(fields.object('Assign'))) {
    if (!/^[A-Za-z_]\w{0,79}$/.test(name) || name === 'states') {
      throw invalidDefinition(`${fields.path}.Assign`, `${name} can't be a variable's name`);
    }
  }
  return fields.template('Assign', location);
}
