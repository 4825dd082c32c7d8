import { accountId, app, userName } from './a-server.ts';

export const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  if (!headers.has('host')) headers.set('host', '127.0.0.1:4600');
  return app.request(path, { ...init, headers });
};
export const get = async (path: string): Promise<string> => (await send(path)).text();
export const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body, headers });
export const form = (fields: Record<string, string>) => new URLSearchParams(fields);
export const startRotation = () => post('/console/rotations', form({ accountId, userName }));
