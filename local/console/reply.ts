import type { Context } from 'hono';
import type { World } from '../world/world.ts';
import { pageHeaders } from './headers.ts';
import { type Effect, messagePage } from './layout.ts';
import type { RunningClock } from './running-clock.ts';
import type { Showing } from './served.ts';

/** Effects that wait for the next page to say them. */
const mostWaiting = 100;

/** How pages and the effects of actions reach the browser. */
export function showing(world: World, clock: RunningClock): Showing {
  const waiting = new Map<string, Effect>();
  let number = 0;
  const page: Showing['page'] = (c, text, status = 200) => {
    world.watcher.read(`the page ${c.req.path}`, text);
    return c.body(text, status, { 'content-type': 'text/html; charset=UTF-8' });
  };
  const frame: Showing['frame'] = (c) => {
    const id = c.req.query('said') ?? '';
    const said = waiting.get(id);
    waiting.delete(id);
    return { clock, said };
  };
  const said: Showing['said'] = (c, what, status = 200) => {
    if (wantsJson(c)) return c.json(what, status);
    if (status !== 200)
      return page(c, messagePage('That did not happen', what.says, { clock }), status === 409 ? 400 : status);
    number += 1;
    const id = String(number);
    if (waiting.size >= mostWaiting) waiting.clear();
    waiting.set(id, what);
    const back = backOf(c) ?? what.link?.to ?? '/';
    return c.redirect(`${back}${back.includes('?') ? '&' : '?'}said=${id}`, 303);
  };
  return { page, frame, said };
}

/** Refuses a request before it has come to any page: in the console's style for a browser, as a line for a script. */
export async function refuse(c: Context, says: string, status: 403 | 413): Promise<Response> {
  if (!(c.req.header('accept') ?? '').includes('text/html')) return c.text(`${says}\n`, status);
  await pageHeaders(c, async () => {
    c.res = await c.html(messagePage('That did not happen', says), status);
  });
  return c.res;
}

const wantsJson = (c: Context): boolean => (c.req.header('accept') ?? '').includes('application/json');

/** The page on which the form was; undefined if a script sent it. */
function backOf(c: Context): string | undefined {
  const given = c.req.header('referer');
  const url = given === undefined ? undefined : URL.parse(given);
  if (!url || url.host !== c.req.header('host')) return undefined;
  url.searchParams.delete('said');
  return `${url.pathname}${url.search}`;
}
