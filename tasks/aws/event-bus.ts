import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Dependencies } from '../dependencies.ts';
import { AwsUnavailable } from '../domain/errors.ts';
import { eventBusName, eventSource } from '../domain/events/bus.ts';
import type { KeyturnEvent } from '../domain/events/event.ts';
import { oneClient } from './one-client.ts';

const events = /* @__PURE__ */ oneClient((defaults) => new EventBridgeClient(defaults));

/** At most this many in one call. */
const most = 10;

/**
 * Puts events on keyturn's own bus.
 * @throws {AwsUnavailable} if EventBridge didn't accept all of them: putting all again is harmless, since they keep
 * their IDs
 */
export async function putEvents(
  { aws }: Pick<Dependencies, 'aws'>,
  all: readonly KeyturnEvent[],
): Promise<void> {
  for (let from = 0; from < all.length; from += most) {
    const Entries = all.slice(from, from + most).map(entryOf);
    const { FailedEntryCount = 0, Entries: results = [] } = await events(aws).send(
      new PutEventsCommand({ Entries }),
    );
    if (FailedEntryCount === 0) continue;
    const because = results.flatMap(({ ErrorCode }) => ErrorCode ?? []).join(', ');
    throw new AwsUnavailable(`EventBridge did not accept ${FailedEntryCount} events: ${because}`);
  }
}

const entryOf = ({ name, at, resources, detail }: KeyturnEvent): PutEventsRequestEntry => ({
  EventBusName: eventBusName,
  Source: eventSource,
  DetailType: name,
  Time: at,
  Resources: [...resources],
  Detail: JSON.stringify(detail),
});
