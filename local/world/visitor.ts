import type { HttpBindings } from '@hono/node-server';
import { defined } from '../../tasks/domain/defined.ts';
import type { VisitorOf } from '../../tasks/owner/visitor.ts';

/** The sender of a request to the local server: the socket's address. In process there is no socket. */
export const localVisitor: VisitorOf = (c) => {
  // Set by the server's adapter alone; a request in process comes without.
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  const address = incoming?.socket.remoteAddress;
  const agent = c.req.header('user-agent');
  return defined({ address, agent });
};
