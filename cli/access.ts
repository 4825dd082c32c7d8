import type { STSClientConfig } from '@aws-sdk/client-sts';

/** What every SDK client of a command is made with. */
export type Access = Pick<
  STSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'maxAttempts'
>;

/** The clients' settings in a region. */
export type AccessTo = (region: string) => Access;

/** Milliseconds: somebody waits for it at a terminal. */
const patience = { connectionTimeout: 5_000, requestTimeout: 20_000 };

/** The caller's own credentials, as the SDK finds them. */
export const ownAccess: AccessTo = (region) => ({ region, requestHandler: patience, maxAttempts: 4 });

/** `npm start`: an access key that was never issued acts as its operator. */
export const localAccess =
  (endpoint: string): AccessTo =>
  (region) => ({
    region,
    endpoint,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
    requestHandler: patience,
    maxAttempts: 3,
  });

export const localUrl = 'http://127.0.0.1:4600';
