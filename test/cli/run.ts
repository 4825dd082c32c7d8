import { main } from '../../cli/main.ts';

export interface CommandEnded {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, without a terminal. @param folder where its settings are */
export async function keyturn(argv: readonly string[], folder?: string): Promise<CommandEnded> {
  let [stdout, stderr] = ['', ''];
  const exitCode = await main(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    ...(folder === undefined ? {} : { folder }),
  });
  return { exitCode, stdout, stderr };
}
