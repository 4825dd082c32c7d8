import type { Context } from 'hono';
import type { Visitor } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import { defined } from '../domain/defined.ts';

/** Who sent a request, as the host knows it: never from a header that the sender may fill in at will. */
export type VisitorOf = (c: Context) => Visitor;

/** The longest IPv6 address, and what tells one browser from another. */
const longest = { address: 45, agent: 200 } as const;

/** As it may go on record: without what breaks a line, and not longer than it needs to be. */
export function onRecord({ address, agent }: Visitor): Visitor {
  return defined({
    address: address && clean(address).slice(0, longest.address),
    agent: agent && clean(agent).slice(0, longest.agent),
  });
}
