import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { fromJson } from '../../tasks/domain/json.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Context } from '../context.ts';
import { leftBy } from './leaves.ts';
import { inputOf } from './rotations.ts';

const stoppedSchema = z.object({
  executionArn: z.string().describe('its ARN'),
  name: z.string().describe('its name'),
  state: z.string().optional().describe('the state that it was in; absent if that could not be read'),
  leaves: z.string().describe('what stopping leaves'),
  afterwards: z.string().describe('what to do then'),
  stopped: z.boolean().describe('whether it was stopped'),
  input: z.looseObject({}).describe('the input that starts it again'),
});
/** A rotation to stop, or that was stopped. */
export type Stopped = z.infer<typeof stoppedSchema>;

export const listSchema = z.object({
  by: z.string().describe('who stopped them'),
  reason: z.string().describe('why'),
  rotations: z.array(stoppedSchema).describe('the rotations'),
});
/** The list that `stop --all` keeps, and `resume` starts again. */
export type StoppedList = z.infer<typeof listSchema>;

/** The state that an execution is in, without reading its data. */
async function stateOf({ stepFunctions }: Context, executionArn: string): Promise<string | undefined> {
  const { events = [] } = await stepFunctions.send(
    new GetExecutionHistoryCommand({
      executionArn,
      reverseOrder: true,
      maxResults: 20,
      includeExecutionData: false,
    }),
  );
  return events.find(({ stateEnteredEventDetails: entered }) => entered !== undefined)
    ?.stateEnteredEventDetails?.name;
}

/** What stopping a rotation would leave. */
export async function lookBeforeStop(
  context: Context,
  { executionArn, name }: { readonly executionArn: string; readonly name: string },
): Promise<Stopped> {
  const [state, input] = await Promise.all([stateOf(context, executionArn), inputOf(context, executionArn)]);
  return {
    ...{ executionArn, name, ...leftBy(state), stopped: false, input },
    ...(state === undefined ? {} : { state }),
  };
}

/** Writes the list as a whole or not at all: whoever stops the command still has the last whole one. */
export function keepList(path: string, list: StoppedList): void {
  const draft = `${path}.tmp`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(list, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/** @throws {CannotRun} if it isn't such a list */
export function readList(path: string): StoppedList {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    throw new CannotRun(`${path} can’t be read: give the file that stop --all wrote.`);
  }
  const list = listSchema.safeParse(fromJson(content)).data;
  if (list === undefined) throw new CannotRun(`${path} isn’t a list that stop --all wrote.`);
  return list;
}
