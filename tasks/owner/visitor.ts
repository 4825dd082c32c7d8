import type { Context } from 'hono';
import type { Visitor } from '../domain/asking/question.ts';
import { clean } from '../domain/clean.ts';
import { defined } from '../domain/defined.ts';

/** The sender of a request, as the host knows it: never from a header that the sender controls. */
export type VisitorOf = (c: Context) => Visitor;

/** The longest IPv6 address, and enough of a user agent to distinguish browsers. */
const longest = { address: 45, agent: 200 } as const;

/** For the record: without line breaks, and shortened. */
export function onRecord({ address, agent }: Visitor): Visitor {
  return defined({
    address: address && clean(address).slice(0, longest.address),
    agent: agent && clean(agent).slice(0, longest.agent),
  });
}
