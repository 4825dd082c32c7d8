import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { localCommand, readOptions, type Size, wholeNumber } from '../local/options.ts';

interface Options extends Pick<Size, 'accounts' | 'users'> {
  readonly rotations: number;
}

const command = (): Command =>
  localCommand('npm run bench -- console')
    .option('--accounts <n>', 'accounts in the organization', wholeNumber(1, 1000), 1000)
    .option('--users <n>', 'IAM users in each account', wholeNumber(1, 5000), 100)
    .option('--rotations <n>', 'rotations to look at', wholeNumber(1, 100_000), 10_000);

/** A page that was asked for: how long that took, in milliseconds, and its bytes. */
interface Look {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** How many rotations are started simultaneously, and how often each page is looked at. */
const startsAtATime = 8;
const looksAtEach = 20;
/** How long a visitor reads a page before the next, in milliseconds. */
const reading = 200;

type Row = (what: string, figure: string) => void;

/** Measures `npm start` as a visitor meets it: from its start, through a sweep, to many rotations. */
export async function benchConsole(args: readonly string[], print: (line: string) => void): Promise<number> {
  const options = readOptions<Options>(command(), args);
  if (options === undefined) {
    print(command().helpInformation());
    return 0;
  }
  const row: Row = (what, figure) => print(`${what.padEnd(44)} ${figure}`);
  const began = performance.now();
  const server = startProcess(options);
  try {
    const url = await addressOf(server);
    await look(url, '/');
    row('ready, s', ((performance.now() - began) / 1000).toFixed(1));
    row('memory then, MB', memoryOf(server, 'VmRSS'));
    await duringSweep(url, row);
    await withRotations(url, options.rotations, row);
    row('peak memory, MB', memoryOf(server, 'VmHWM'));
    return 0;
  } finally {
    server.kill();
  }
}

function startProcess({ accounts, users }: Options): ChildProcess {
  const size = ['--accounts', String(accounts), '--users', String(users)];
  const file = new URL('../local/start.ts', import.meta.url).pathname;
  return spawn(process.execPath, ['--import', 'tsx', file, '--port', '0', ...size], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Where it listens, as its first line says. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
    server.stdout?.on('data', (text: Buffer) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text.toString()) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}

/** As Linux counts it; elsewhere it isn't known. */
function memoryOf({ pid }: ChildProcess, name: 'VmRSS' | 'VmHWM'): string {
  try {
    const [, kilobytes] =
      new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (Number(kilobytes) / 1024).toFixed(0);
  } catch {
    return 'not known';
  }
}

async function look(url: string, path: string): Promise<Look & { readonly text: string }> {
  const began = performance.now();
  const answer = await fetch(`${url}${path}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return { milliseconds: performance.now() - began, bytes: Buffer.byteLength(text), text };
}

async function act(url: string, path: string, fields: Record<string, string>): Promise<void> {
  const headers = { accept: 'application/json' };
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) });
  await answer.arrayBuffer();
}

async function duringSweep(url: string, row: Row): Promise<void> {
  const pages: Readonly<Record<string, string>> = { overview: '/', search: '/users?q=deploy+222222' };
  const looks = new Map(Object.keys(pages).map((name) => [name, [] as Look[]]));
  const began = performance.now();
  await act(url, '/console/sweeps', {});
  for (let isUnderWay = true; isUnderWay; ) {
    for (const [name, path] of Object.entries(pages)) {
      const { milliseconds, bytes } = await look(url, path);
      looks.get(name)?.push({ milliseconds, bytes });
      await setTimeout(reading);
    }
    isUnderWay = (await look(url, '/sweeps')).text.includes('Under way');
  }
  row('a sweep, s', ((performance.now() - began) / 1000).toFixed(1));
  for (const [name, all] of looks) row(`${name} meanwhile`, figuresOf(all));
}

async function withRotations(url: string, count: number, row: Row): Promise<void> {
  const began = performance.now();
  let started = 0;
  let last = '';
  for (let page = 1; started < count; page += 1) {
    const { text } = await look(url, `/users?page=${page}`);
    const users = [...new Set([...text.matchAll(/href="\/users\/(\d{12})\/([^"]+)"/g)].map(String))];
    const forms = users.slice(0, count - started).map((link) => {
      const [, accountId = '', userName = ''] = /\/users\/(\d{12})\/([^"]+)"/.exec(link) ?? [];
      return { accountId, userName: decodeURIComponent(userName) };
    });
    for (let from = 0; from < forms.length; from += startsAtATime) {
      const some = forms.slice(from, from + startsAtATime);
      await Promise.all(some.map((form) => act(url, '/console/rotations', form)));
    }
    started += forms.length;
    last = `/users/${forms.at(-1)?.accountId}/${encodeURIComponent(forms.at(-1)?.userName ?? '')}`;
    if (forms.length === 0) break;
  }
  row(`${started} rotations started, s`, ((performance.now() - began) / 1000).toFixed(1));
  const { text } = await look(url, '/rotations');
  const [, rotation = '/rotations'] = /href="(\/rotations\/[^"]+)"/.exec(text) ?? [];
  const some = ['/', '/rotations', '/rotations?q=deploy&stage=ask', '/rotations?page=200'];
  const others = [rotation, '/users', '/users?keys=rotating', last, '/mail', '/mail?q=deploy', '/sweeps'];
  for (const path of [...some, ...others]) {
    const looks: Look[] = [];
    for (let times = 0; times < looksAtEach; times += 1) looks.push(await look(url, path));
    row(path.slice(0, 44), figuresOf(looks));
  }
}

function figuresOf(looks: readonly Look[]): string {
  const sorted = looks.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(0);
  const bytes = Math.max(...looks.map((one) => one.bytes));
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms, ${(bytes / 1000).toFixed(0)} kB (${looks.length} looks)`;
}
