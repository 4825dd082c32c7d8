import { performance } from 'node:perf_hooks';
import { greeting } from './console/greeting.ts';
import { readServerOptions, serverUsage } from './console/options.ts';
import { type RunningServer, startServer } from './console/serve.ts';
import { BadCommandLine } from './options.ts';

const end = (status: number, line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(status);
};

const inFull = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function options() {
  try {
    return readServerOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof BadCommandLine) return end(2, error.message);
    throw error;
  }
}

async function start(given: NonNullable<ReturnType<typeof options>>): Promise<RunningServer> {
  try {
    return await startServer(given, {
      realTime: () => performance.now(),
      onFailure: (error) => end(1, `Stopped by a defect of the local system: ${inFull(error)}`),
      onError: (error) => process.stderr.write(`A defect of the local system: ${inFull(error)}\n`),
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const { port } = given;
    if (code === 'EADDRINUSE')
      return end(2, `Port ${port} is taken: choose another one with --port N (0 takes a free one).`);
    if (code === 'EACCES')
      return end(2, `Port ${port} may not be listened on: choose another one with --port N.`);
    throw error;
  }
}

const given = options();
if (given === undefined) {
  process.stdout.write(serverUsage());
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
  const { url } = await start(given);
  process.stdout.write(greeting(url, given));
}
