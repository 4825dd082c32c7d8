import type { BusEvent } from './bus-event.ts';

/**
 * The event that AWS Health puts on the bus when it finds an access key in public, with all the fields that it sends.
 * Health's own times are in another format than the envelope's.
 * @param more replaces fields of the detail
 */
export function leakEvent(
  keyId: string,
  { accountId, at }: { readonly accountId: string; readonly at: Date },
  more: object = {},
): BusEvent {
  const time = at.toUTCString();
  const eventTypeCode = 'AWS_RISK_CREDENTIALS_EXPOSED';
  return {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'AWS Health Event',
    source: 'aws.health',
    account: accountId,
    time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: 'us-east-1',
    resources: [keyId],
    detail: {
      eventArn: `arn:aws:health:us-east-1::event/RISK/${eventTypeCode}/${eventTypeCode}_${keyId}`,
      service: 'RISK',
      eventTypeCode,
      eventTypeCategory: 'issue',
      eventScopeCode: 'ACCOUNT_SPECIFIC',
      communicationId: `${keyId}-1`,
      startTime: time,
      lastUpdatedTime: time,
      statusCode: 'open',
      eventRegion: 'us-east-1',
      eventDescription: [
        { language: 'en_US', latestDescription: 'Your AWS access key has been found in a public place.' },
      ],
      affectedEntities: [{ entityValue: keyId, lastUpdatedTime: time, status: 'IMPAIRED' }],
      affectedAccount: accountId,
      page: '1',
      totalPages: '1',
      ...more,
    },
  };
}
