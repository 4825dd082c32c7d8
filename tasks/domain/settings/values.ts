import * as z from 'zod';

/** A region's spelling; whether it exists is checked by the deployment. */
export const regionSchema = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'must be an AWS region, such as eu-west-1');

export const timeZoneSchema = z.string().refine(isTimeZone, 'must be a time zone, such as Europe/Berlin');

export const dateSchema = z.iso.date('must be a date, such as 2027-03-31');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
