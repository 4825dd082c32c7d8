import type { ClientDefaults } from '../dependencies.ts';

/**
 * One client for each set of defaults, made when first asked for: a Lambda function keeps its connections
 * between invocations, and a task that doesn't mail never loads a mail client.
 */
export function oneClient<Client>(
  make: (defaults: ClientDefaults) => Client,
): (defaults: ClientDefaults) => Client {
  const made = new WeakMap<ClientDefaults, Client>();
  return (defaults) => {
    const client = made.get(defaults) ?? make(defaults);
    made.set(defaults, client);
    return client;
  };
}
