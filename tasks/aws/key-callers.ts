import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { Dependencies } from '../dependencies.ts';
import { callersIn, type KeyCallers, regionToLookIn } from '../domain/asking/callers.ts';
import type { LastUse } from '../domain/keys.ts';
import type { Rotation } from '../domain/rotation.ts';
import { accountReads } from '../domain/verbs.ts';
import { memberSession } from './member-session.ts';

/** Milliseconds. Who asks waits for this at most; CloudTrail usually takes one second. */
const patience = 3_000;
const mostEvents = 50;

/** LookupEvents has no resources: the session is for nothing else. */
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: accountReads.lookUpCalls, Resource: '*' }],
});

/**
 * Who used a key lately, according to CloudTrail in the region of its last use; undefined if the settings don't allow
 * to ask, or IAM knows no use. One request, in a single try: two a second are all that an account has per region, and
 * its people need them too. Never throws: what it finds is only told.
 * @param since only calls from then on
 */
export async function callersOf(
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
  rotation: Rotation,
  about: { readonly keyId: string; readonly use: LastUse; readonly since?: Date },
): Promise<KeyCallers | undefined> {
  const region = regionToLookIn(about.use);
  if (!dependencies.settings.cloudTrail || region === undefined) return undefined;
  try {
    const session = await memberSession(dependencies, rotation, { access: 'read', policy });
    const { retryStrategy: _, ...defaults } = session;
    const client = new CloudTrailClient({ ...defaults, region, maxAttempts: 1 });
    const command = new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: about.keyId }],
      MaxResults: mostEvents,
      StartTime: about.since,
    });
    const { Events = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(patience) });
    return callersIn(
      Events.flatMap(({ CloudTrailEvent: text }) => text ?? []),
      region,
    );
  } catch (error) {
    return { state: 'failed', because: error instanceof Error ? error.name : 'no answer' };
  }
}
