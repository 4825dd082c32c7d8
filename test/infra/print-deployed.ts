import { deployed } from './deployed.ts';

/** Prints what a deployment lets its roles do. @example tsx print-deployed.ts '{"listed": ["member", {}]}' */
const [wanted = '{}'] = process.argv.slice(2);
const all: Record<string, Parameters<typeof deployed>> = JSON.parse(wanted);
const made = Object.entries(all).map(([name, args]) => [name, deployed(...args)]);
process.stdout.write(JSON.stringify(Object.fromEntries(made)));
