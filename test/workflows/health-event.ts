import { accountId } from './life.ts';

const description =
  'AWS has become aware that the AWS Access Key belonging to your account, along with the corresponding Secret Key, is publicly available online.';

/** What may differ from one event of AWS Health to the next. */
export interface HealthEventOptions {
  readonly entities?: readonly string[];
  readonly code?: string;
  readonly account?: string;
  readonly detail?: object;
}

/** An event of AWS Health about access keys as EventBridge delivers it, with all of its fields. */
export function healthEvent({
  entities = [],
  code = 'AWS_RISK_CREDENTIALS_EXPOSED',
  account = accountId,
  detail = {},
}: HealthEventOptions = {}): object {
  const arn = `arn:aws:health:us-east-1::event/RISK/${code}/${code}_5d0e2a8c-1e4b-4c7e-9a52-0c6f1f1f3b7a`;
  return {
    version: '0',
    id: '5b53b920-3e7c-6003-589a-96f0b7ee8d6b',
    'detail-type': 'AWS Health Event',
    source: 'aws.health',
    account,
    time: '2026-03-02T08:00:00Z',
    region: 'us-east-1',
    resources: entities,
    detail: {
      eventArn: arn,
      service: 'RISK',
      eventTypeCode: code,
      eventTypeCategory: 'issue',
      eventScopeCode: 'ACCOUNT_SPECIFIC',
      communicationId: '0c6f1f1f3b7a4c7e9a525d0e2a8c1e4b',
      startTime: 'Mon, 2 Mar 2026 07:51:00 GMT',
      lastUpdatedTime: 'Mon, 2 Mar 2026 07:52:00 GMT',
      statusCode: 'open',
      eventRegion: 'us-east-1',
      eventDescription: [{ language: 'en_US', latestDescription: description }],
      eventMetadata: {},
      affectedEntities: entities.map((entityValue) => ({
        entityValue,
        lastUpdatedTime: 'Mon, 2 Mar 2026 07:52:00 GMT',
        status: 'IMPAIRED',
        tags: {},
      })),
      affectedAccount: accountId,
      page: '1',
      totalPages: '1',
      backupEvent: 'false',
      ...detail,
    },
  };
}

/** What changes in the event when AWS sends it again, having closed the matter. */
export const closed = {
  statusCode: 'closed',
  endTime: 'Sat, 14 Mar 2026 08:00:00 GMT',
  lastUpdatedTime: 'Sat, 14 Mar 2026 08:00:00 GMT',
} as const;
