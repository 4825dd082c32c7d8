import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { embeddedMetrics } from './aws/metrics.ts';
import { reportedSteps } from './aws/reported.ts';
import type { Dependencies } from './dependencies.ts';
import { SettingMissing } from './domain/errors.ts';
import { settingsFile, settingsFrom } from './settings.ts';
import type { Task } from './task.ts';

let dependencies: Dependencies | undefined;

/**
 * Created at a function's first invocation, so that an invalid setting is logged as an error and doesn't fail the
 * import.
 */
export function lambdaDependencies(): Dependencies {
  dependencies ??= makeDependencies();
  return dependencies;
}

function makeDependencies(): Dependencies {
  const settings = settingsFrom(readBesideCode(settingsFile), process.env);
  const now = () => new Date();
  const write = (line: string): void => void process.stdout.write(line);
  return {
    settings,
    aws: {},
    now,
    sleep: (milliseconds) => setTimeout(milliseconds),
    log: new Logger({ serviceName: 'keyturn' }),
    metrics: embeddedMetrics(write, now),
    events: settings.events ? reportedSteps(write, now) : undefined,
  };
}

/** Lambda provides the location of the code. @throws {SettingMissing} */
function readBesideCode(file: string): string {
  const path = join(process.env.LAMBDA_TASK_ROOT ?? '', file);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingMissing(`${path} can't be read; a deployment puts it beside the code`, { cause: error });
  }
}

/** A task as a Lambda handler. */
export const lambdaHandler =
  <Output>(task: Task<Output>) =>
  (event: unknown): Promise<Output> =>
    task.invoke(event, lambdaDependencies());
