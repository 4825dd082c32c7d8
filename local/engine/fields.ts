import { AwsError } from '../aws/types.ts';
import { compileTemplate, type Template } from './expressions.ts';

/** A definition that this engine does not run, as CreateStateMachine refuses one. */
export function invalidDefinition(path: string, problem: string): AwsError {
  return new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${path}: ${problem}'`);
}

interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
}

/** One object of a definition, read field by field. Every error states the place and what was expected. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;

  /** Throws InvalidDefinition if `value` is no object or has a field that is not in `supported`. */
  constructor(
    value: unknown,
    readonly path: string,
    supported: readonly string[],
  ) {
    this.#values = asObject(value, path);
    for (const name of Object.keys(this.#values)) {
      if (!supported.includes(name)) {
        throw invalidDefinition(path, `field ${name} is not supported; supported: ${supported.join(', ')}`);
      }
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  value(name: string): unknown {
    if (!this.has(name)) throw invalidDefinition(this.path, `field ${name} is missing`);
    return this.#values[name];
  }

  string(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value === '') throw this.#expected(name, 'a string');
    return value;
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.value(name);
    const found = allowed.find((each) => each === value);
    if (found === undefined) {
      throw this.#expected(name, `one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`);
    }
    return found;
  }

  optionalNumber(name: string, range: NumberRange): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.value(name);
    const { minimum, maximum, integer } = range;
    if (typeof value !== 'number' || value < minimum || value > maximum || (integer && value % 1 !== 0)) {
      throw this.#expected(name, `${integer ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`);
    }
    return value;
  }

  array(name: string): readonly unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value) || value.length === 0) throw this.#expected(name, 'a list that is not empty');
    return value;
  }

  object(name: string): Readonly<Record<string, unknown>> {
    return asObject(this.value(name), `${this.path}.${name}`);
  }

  /** The field as a template; `location` is its name relative to the state, for errors at run time. */
  template(name: string, location = name): Template {
    try {
      return compileTemplate(this.value(name), location);
    } catch (error) {
      throw error instanceof AwsError ? error : this.#badExpression(name, error);
    }
  }

  optionalTemplate(name: string, location = name): Template | undefined {
    return this.has(name) ? this.template(name, location) : undefined;
  }

  #expected(name: string, what: string): AwsError {
    return invalidDefinition(this.path, `field ${name} must be ${what}`);
  }

  #badExpression(name: string, error: unknown): AwsError {
    const message =
      typeof error === 'object' && error !== null && 'message' in error
        ? String(error.message)
        : String(error);
    return invalidDefinition(this.path, `field ${name} has an expression that can't be parsed: ${message}`);
  }
}

function asObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidDefinition(path, 'must be an object');
  }
  // Checked just above: a JSON object, whose fields are unknown.
  return value as Record<string, unknown>;
}
