import type { Call } from '../types.ts';
import type { Incoming } from '../wire/wire.ts';
import type { Model, Usage, Use } from './account.ts';
import type { IssuedKey } from './key-index.ts';
import { ticksBackwards } from './usage.ts';

/** A use of a key as CloudTrail records it. */
export interface SignedCall extends Use {
  readonly operation: string;
  readonly address: string;
  readonly agent: string;
}

/** A call of each service that is recorded as a management event. */
const OPERATIONS: Readonly<Record<string, string>> = {
  s3: 'ListBuckets',
  sqs: 'ListQueues',
  sns: 'ListTopics',
  ec2: 'DescribeInstances',
  dynamodb: 'ListTables',
  sts: 'GetCallerIdentity',
  ses: 'ListIdentities',
  lambda: 'ListFunctions20150331',
};

/** Where an application calls from, unless its usage says otherwise: an address for documentation. */
const APPLICATION = { address: '203.0.113.10', agent: 'Boto3/1.34.1 md/Botocore#1.34.1 lang/python#3.12.1' };
/** Calls that reach this AWS come from this machine. */
const HERE = '127.0.0.1';

/** What a key signed in a region and a span, the newest first: real calls, and what its applications did. */
export function signedCalls(
  { user, key }: IssuedKey,
  span: { readonly from: number; readonly to: number; readonly region: string; readonly atMost: number },
  model: Model,
): SignedCall[] {
  const real = key.calls
    .filter(({ at, region }) => region === span.region && isWithin(at.getTime(), span))
    .slice(-span.atMost)
    .map((use) => ({
      ...use,
      operation: use.operation ?? 'Unknown',
      address: HERE,
      agent: use.agent ?? 'unknown',
    }));
  const derived = user.usages
    .filter((usage) => usage.keyId === key.id && usage.region === span.region)
    .flatMap((usage) =>
      ticksBackwards(key, usage, { span, atMost: span.atMost, lags: model }).map((at) => callOf(usage, at)),
    );
  return [...real, ...derived]
    .toSorted((one, other) => other.at.getTime() - one.at.getTime())
    .slice(0, span.atMost);
}

/** A call to this AWS as a use of the key that signed it. */
export const useOf = (
  { at, service, operation }: Pick<Call, 'at' | 'service' | 'operation'>,
  { authorization: { region }, headers }: Pick<Incoming, 'authorization' | 'headers'>,
  isOwn: boolean,
): Use => ({
  ...{ at, service, operation, region, agent: headers['user-agent'] ?? 'unknown' },
  ...(isOwn ? { own: true } : {}),
});

const isWithin = (at: number, { from, to }: { readonly from: number; readonly to: number }): boolean =>
  at >= from && at <= to;

function callOf({ service, region, ...usage }: Usage, at: number): SignedCall {
  const { address = APPLICATION.address, agent = APPLICATION.agent } = usage;
  return { at: new Date(at), service, region, operation: OPERATIONS[service] ?? 'List', address, agent };
}
