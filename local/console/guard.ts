import type { MiddlewareHandler } from 'hono';
import { refuse } from './reply.ts';

/** The host names that this port accepts. Any other comes from a page whose own name was made to resolve here. */
const hosts = ['127.0.0.1', 'localhost', '[::1]'] as const;

/** Refuses requests that were sent to another name (DNS rebinding). */
export function ownHostOnly(port: number): MiddlewareHandler {
  const known = new Set(hosts.map((host) => (port === 80 ? host : `${host}:${port}`)));
  return async (c, next) => {
    if (known.has((c.req.header('host') ?? '').toLowerCase())) return next();
    return refuse(c, `Refused: the Host header must be one of ${[...known].join(', ')}.`, 403);
  };
}

/**
 * Refuses what another site's page makes a browser send. A request with neither `Sec-Fetch-Site` nor `Origin` comes
 * from no browser's page, but from a script or the AWS CLI.
 */
export const noForeignPages: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const isOwn =
    site === undefined
      ? origin === undefined || origin === `http://${c.req.header('host')}`
      : site === 'same-origin' || site === 'none';
  return isOwn ? next() : refuse(c, 'Refused: the request comes from another site’s page.', 403);
};
