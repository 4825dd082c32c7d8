import type { PutEventsRequest, PutEventsRequestEntry, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from './bus-event.ts';
import type { Model } from './iam/account.ts';
import { AwsError, type Caller, type Operations } from './types.ts';
import { operation, service } from './wire/operation.ts';

/** The events on each bus that isn't the account's default one, by the bus's name. */
export type Buses = Map<string, BusEvent[]>;

const mostEntries = 10;

/** EventBridge's operation that puts events on a bus. It may accept some of a call's events and refuse others. */
export function eventsOperations(model: Model, buses: Buses): Operations {
  let count = 0;
  return service('events', {
    PutEvents: operation<PutEventsRequest, PutEventsResponse>()(['Entries'], [], ({ Entries }, caller) => {
      if (Entries.length < 1 || Entries.length > mostEntries) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value at 'entries' must have length between 1 and ${mostEntries}`,
        );
      }
      const results = Entries.map((entry) => {
        const bus = buses.get(entry.EventBusName ?? 'default');
        if (bus === undefined) return failed('ResourceNotFoundException', 'Event bus does not exist.');
        const { Source = '', DetailType = '', Detail = '' } = entry;
        if (Source === '' || DetailType === '') return failed('InvalidArgument', 'Parameter is not valid.');
        const detail = objectIn(Detail);
        if (detail === undefined) return failed('MalformedDetail', 'Detail is malformed.');
        count += 1;
        const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
        bus.push(busEvent(entry, { id, detail, caller, model }));
        return { EventId: id };
      });
      return { FailedEntryCount: results.filter((one) => 'ErrorCode' in one).length, Entries: results };
    }),
  });
}

const failed = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

const busEvent = (
  entry: PutEventsRequestEntry,
  of: { readonly id: string; readonly detail: object; readonly caller: Caller; readonly model: Model },
): BusEvent => ({
  version: '0',
  id: of.id,
  'detail-type': entry.DetailType ?? '',
  source: entry.Source ?? '',
  account: of.caller.accountId,
  // On the wire, a time is epoch seconds.
  time: (entry.Time === undefined ? of.model.now() : new Date(Number(entry.Time) * 1000)).toISOString(),
  region: of.model.region,
  resources: entry.Resources ?? [],
  detail: of.detail,
});

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
