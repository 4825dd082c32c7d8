import { entryOf, everyFunction, type FunctionRow } from '../../tasks/manifest.ts';
import type { Task } from '../../tasks/task.ts';

/** A task with its row of the manifest, which determines how it is deployed. */
export interface LocalFunction extends Task<unknown> {
  readonly row: FunctionRow;
}

/**
 * The task of a row: its file, which the row names, exports it under the row's name.
 * @throws {Error} naming the row, if there is no such file or it exports no such task
 */
export async function load(row: FunctionRow): Promise<LocalFunction> {
  const [, folder = '', file = ''] = /^tasks\/([^/]+)\/([^/]+)\.ts$/.exec(entryOf(row)) ?? [];
  // No path in one piece: what runs the tests follows an import only by a pattern that it can read.
  const module: Readonly<Record<string, unknown>> = await import(`../../tasks/${folder}/${file}.ts`).catch(
    (cause: unknown) => {
      throw new Error(`the manifest's row ${row.name} has no file ${entryOf(row)}`, { cause });
    },
  );
  const task = module[row.name.charAt(0).toLowerCase() + row.name.slice(1)];
  if (!isTask(task) || task.name !== row.name)
    throw new Error(`the manifest's row ${row.name} has no task in ${entryOf(row)}`);
  return { ...task, row };
}

const isTask = (value: unknown): value is Task<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'invoke' in value &&
  typeof value.invoke === 'function';

/** All tasks that run as Lambda functions, one per row, without the owners' web app, which is called by request. */
export const functions: readonly LocalFunction[] = await Promise.all(
  everyFunction.filter(({ trigger }) => trigger.kind !== 'route').map(load),
);
