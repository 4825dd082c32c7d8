import { createHmac } from 'node:crypto';

/** The constants of AWS's algorithm: SES's SMTP endpoint takes a signature of this text as the password. */
const [date, service, terminal, message] = ['11111111', 'ses', 'aws4_request', 'SendRawEmail'] as const;
const version = 0x04;

/**
 * The password for SES's SMTP endpoint in a region, by the algorithm that AWS documents. The user name that belongs to
 * it is the access key's ID.
 */
export function smtpPasswordOf(secretAccessKey: string, region: string): string {
  const signature = [date, region, service, terminal, message].reduce<Buffer>(
    (key, text) => createHmac('sha256', key).update(text).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return Buffer.concat([Buffer.of(version), signature]).toString('base64');
}
