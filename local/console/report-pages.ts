import type { Context, Hono } from 'hono';
import type { World } from '../world/world.ts';
import { reportHeaders } from './headers.ts';

/** Shows what sweeps left in the bucket, under the keys that it has there: so a page's links lead to its files. */
export function reportRoutes(app: Hono, world: World, nothing: (c: Context) => Response): void {
  app.get('/report/:key{.+}', reportHeaders(world.settings.brand), (c) => {
    const key = c.req.param('key');
    const found = world.aws.buckets.get(world.settings.reportBucket ?? '')?.objects.get(key);
    if (found === undefined) return nothing(c);
    const text = found.body.text;
    world.watcher.read(`the report ${key}`, text);
    // A browser would save CSV; here it should be displayed.
    const type = found.contentType.startsWith('text/html') ? found.contentType : 'text/plain; charset=UTF-8';
    return c.body(text, 200, { 'content-type': type });
  });
}
