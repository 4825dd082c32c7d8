import type { ClientDefaults } from '../dependencies.ts';

/**
 * One client per set of defaults, created on first use: a Lambda function keeps its connections between invocations,
 * and a task that sends no mail never loads a mail client.
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
