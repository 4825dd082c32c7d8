import { defined } from '../../tasks/domain/defined.ts';
import type { Visit } from './execution.ts';
import { type EvaluationScope, evaluate, type Template } from './expressions.ts';
import { queryEvaluationError, type StatesError } from './states-error.ts';

/** `$states.context` in a visit; it has a Task only if there is a token. */
export function context(visit: Visit, token: string | undefined): Readonly<Record<string, unknown>> {
  const { execution, state } = visit;
  const { stateMachine } = execution;
  return {
    Execution: {
      Id: execution.arn,
      Input: execution.input.value,
      Name: execution.name,
      RoleArn: stateMachine.roleArn,
      StartTime: execution.startDate.toISOString(),
      RedriveCount: execution.redriveCount,
      ...defined({ RedriveTime: execution.redriveDate?.toISOString() }),
    },
    StateMachine: { Id: stateMachine.arn, Name: stateMachine.name },
    State: {
      Name: state.name,
      EnteredTime: visit.enteredTime.toISOString(),
      RetryCount: visit.retryCount,
    },
    ...(token === undefined ? {} : { Task: { Token: token } }),
  };
}

/** A Choice rule's Condition. Throws States.QueryEvaluationError for anything but true and false. */
export async function condition(template: Template, scope: EvaluationScope, field: string): Promise<boolean> {
  const value = await evaluate(template, scope);
  if (typeof value !== 'boolean') throw unexpectedType(template, field, 'boolean');
  return value;
}

/** A whole number of seconds. Throws States.QueryEvaluationError for anything else. */
export async function wholeSeconds(
  template: Template,
  scope: EvaluationScope,
  field: string,
  minimum: number,
): Promise<number> {
  const value = await evaluate(template, scope);
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= 99_999_999) {
    return value;
  }
  throw unexpectedType(template, field, `integer from ${minimum} to 99999999`);
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Whether a text is a time as Wait's Timestamp takes it. */
export function isTimestamp(text: string): boolean {
  return rfc3339.test(text) && !Number.isNaN(Date.parse(text));
}

/** A time, in milliseconds since the epoch. Throws States.QueryEvaluationError for anything else. */
export async function timestamp(template: Template, scope: EvaluationScope): Promise<number> {
  const value = await text(template, scope, 'Timestamp');
  if (!isTimestamp(value)) throw unexpectedType(template, 'Timestamp', 'timestamp');
  return Date.parse(value);
}

/** A text. Throws States.QueryEvaluationError for anything else. */
export async function text(template: Template, scope: EvaluationScope, field: string): Promise<string> {
  const value = await evaluate(template, scope);
  if (typeof value !== 'string') throw unexpectedType(template, field, 'string');
  return value;
}

function unexpectedType(template: Template, field: string, expected: string): StatesError {
  const source = template.kind === 'expression' ? template.source : 'a literal';
  const said = `The JSONata expression '${source}' specified for the field '${field}'`;
  return queryEvaluationError(`${said} returned an unexpected result type. Expected '${expected}'.`, field);
}
