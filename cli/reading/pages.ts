import { spawn } from 'node:child_process';
import type { Asked } from '../command.ts';
import type { Context } from '../context.ts';

/** An object of the report bucket. */
export interface PlacedPage {
  readonly bucket: string;
  readonly key: string;
}

/** Where a browser finds a page of the report bucket: in AWS's console, because the bucket is private. */
export function pageUrl(
  { local, partition, deployment: { region } }: Context,
  { bucket, key }: PlacedPage,
): string {
  if (local !== undefined) return new URL(`/report/${key}`, local).href;
  const host =
    partition === 'aws-us-gov' ? 'console.amazonaws-us-gov.com' : `${region}.console.aws.amazon.com`;
  return `https://${host}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`;
}

const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a page for a person at a terminal. It is a convenience: without a browser the address is enough. */
export function showInBrowser(url: string, { terminal }: Context, say: Asked['say']): void {
  if (terminal.stdout.isTTY !== true) return;
  const [command, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => say(`No browser could be started: open ${url}\n`));
  child.unref();
}
