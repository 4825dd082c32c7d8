import type { Event, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import type { Model } from './iam/account.ts';
import type { KeyIndex } from './iam/key-index.ts';
import { type SignedCall, signedCalls } from './iam/signed-calls.ts';
import { AwsError, type Caller, type Operations } from './types.ts';
import { operation, positionOf, service, tokenAt } from './wire/operation.ts';

const MINUTE = 60_000;
/** How late an event may be; here each is as late as that. */
const LAG = 15 * MINUTE;
const KEPT = 90 * 24 * 60 * MINUTE;
/** Requests in any second, per account and region. */
const RATE = 2;
const PAGE = 50;

type LookUp = Pick<LookupEventsRequest, 'MaxResults' | 'NextToken'> & {
  /** As in the request's signature. */
  readonly SigningRegion: string;
  readonly LookupAttributes: NonNullable<LookupEventsRequest['LookupAttributes']>;
  /** Epoch seconds, as the protocol has them. */
  readonly StartTime?: number;
  readonly EndTime?: number;
};

/** CloudTrail's event history, for the calls that users' keys sign. Nothing needs to be set up for it. */
export function cloudTrailOperations(model: Model, keys: KeyIndex): Operations {
  const asked = new Map<string, number[]>();
  return service('cloudtrail', {
    LookupEvents: operation<LookUp, LookupEventsResponse>()(
      ['LookupAttributes', 'SigningRegion'],
      ['MaxResults', 'NextToken', 'StartTime', 'EndTime'],
      (input, caller) => {
        throttle(asked, `${caller.accountId}/${input.SigningRegion}`, model.now().getTime());
        return lookUp(input, { model, keys, caller });
      },
    ),
  });
}

function throttle(asked: Map<string, number[]>, place: string, now: number): void {
  const recent = (asked.get(place) ?? []).filter((at) => at > now - 1000);
  asked.set(place, recent);
  if (recent.length < RATE) {
    recent.push(now);
    return;
  }
  // Another try comes later, even if virtual time stands still.
  asked.delete(place);
  throw new AwsError('ThrottlingException', 'Rate exceeded');
}

function lookUp(
  { LookupAttributes: [by, ...more], MaxResults = PAGE, NextToken, StartTime, ...input }: LookUp,
  { model, keys, caller }: { readonly model: Model; readonly keys: KeyIndex; readonly caller: Caller },
): LookupEventsResponse {
  const { SigningRegion: region, EndTime } = input;
  if (by?.AttributeKey !== 'AccessKeyId' || by.AttributeValue === undefined || more.length > 0)
    throw new AwsError('InvalidLookupAttributesException', 'Modelled here is one attribute: AccessKeyId.');
  if (MaxResults < 1 || MaxResults > PAGE)
    throw new AwsError('InvalidMaxResultsException', 'MaxResults must be between 1 and 50.');
  const start = NextToken === undefined ? 0 : positionOf(NextToken);
  if (start === undefined) throw new AwsError('InvalidNextTokenException', 'The token is not valid.');
  const now = model.now().getTime();
  const from = Math.max((StartTime ?? 0) * 1000, now - KEPT);
  const to = Math.min((EndTime ?? Infinity) * 1000, now - LAG);
  const issued = keys.find(by.AttributeValue);
  if (issued === undefined || issued.account.id !== caller.accountId) return { Events: [] };
  const end = start + MaxResults;
  const calls = signedCalls(issued, { from, to, region, atMost: end + 1 }, model);
  return {
    Events: calls.slice(start, end).map((call) => eventOf(call, issued.user.name, issued.key.id)),
    ...(calls.length > end ? { NextToken: tokenAt(end) } : {}),
  };
}

function eventOf(call: SignedCall, userName: string, accessKeyId: string): Event {
  const source = `${call.service}.amazonaws.com`;
  return {
    EventName: call.operation,
    EventSource: source,
    EventTime: call.at,
    Username: userName,
    AccessKeyId: accessKeyId,
    CloudTrailEvent: JSON.stringify({
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', accessKeyId, userName },
      eventTime: `${call.at.toISOString().slice(0, 19)}Z`,
      eventSource: source,
      eventName: call.operation,
      awsRegion: call.region,
      sourceIPAddress: call.address,
      userAgent: call.agent,
      managementEvent: true,
      eventCategory: 'Management',
    }),
  };
}
