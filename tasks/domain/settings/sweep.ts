import * as z from 'zod';
import { setting } from './entry.ts';
import { problemWithTimetable } from './timetable.ts';
import { dateSchema, timeZoneSchema } from './values.ts';

export const scheduleSchema = z.strictObject({
  enabled: setting(z.boolean().default(true), {
    description:
      'Whether sweeps begin by themselves. `false` before you [uninstall](uninstall.md): running rotations end, and no sweep starts others. A missing sweep then raises no alarm.',
    example: false,
  }),
  expression: setting(
    z
      .string()
      .superRefine((expression, context) => {
        const message = problemWithTimetable(expression);
        if (message !== undefined) context.addIssue({ code: 'custom', message, input: expression });
      })
      .default('cron(0 6 ? * MON-FRI *)'),
    {
      description: 'When sweeps begin.',
      example: 'rate(1 day)',
    },
  ),
  timeZone: setting(timeZoneSchema.default('UTC'), {
    description: 'The time zone of the expression.',
    example: 'Europe/Berlin',
  }),
  absentAfterDays: setting(z.number().int().min(1).max(6).default(4), {
    description:
      'After how many days without a completed sweep an alarm sounds. It should be longer than a weekend.',
    example: 2,
  }),
});

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const hourSchema = z.number().int().min(0).max(24);

/** Small by default, so that a first run in a large organization doesn't mail everyone. */
const wavesSchema = z.strictObject({
  perSweep: setting(z.number().int().min(0).max(100_000).default(20), {
    description: 'How many rotations a sweep starts at most.',
    example: 50,
  }),
  perAccount: setting(z.number().int().min(0).max(5000).default(5), {
    description: 'How many of them in the same account at most.',
    example: 10,
  }),
});

const surveySchema = z.strictObject({
  lookFromAgeDays: setting(z.number().int().min(0).max(365).optional(), {
    description:
      "From what age of a key on, in days, a sweep reads its user's keys and tags. A user's own `keyturn:max-age-days` below it isn't seen before. 0 reads every user.",
    ifOmitted: '`policy.maxAgeDays`',
    example: 60,
  }),
  overdueAfterDays: setting(z.number().int().min(1).max(3650).default(180), {
    description: 'The age in days that no key may exceed: an older one raises an alarm.',
    example: 120,
  }),
  restDays: setting(z.number().int().min(0).max(90).default(7), {
    description: "For how many days a user is left alone after a rotation that didn't complete.",
    example: 14,
  }),
  silentRestDays: setting(z.number().int().min(0).max(365).default(60), {
    description:
      'For how many days a user is left alone after nobody answered. Twice as long after each further silence of the same owner, at most a year.',
    example: 90,
  }),
  codeTags: setting(
    z
      .array(z.string().regex(/^[^=]{1,128}(=.{0,256})?$/, 'must be key or key=value'))
      .max(20)
      .default([]),
    {
      description:
        'Tags by which IAM users are known to be managed by [infrastructure as code](infrastructure-as-code.md), besides those that keyturn knows. Upper and lower case are the same.',
      allowed: 'a list of up to 20 tags, each as `key` or `key=value`',
      example: ['repository=infrastructure'],
    },
  ),
});

/**
 * When rotations may begin, in a time zone's local time: on these days, from the first hour up to the second, and
 * not on holidays.
 */
export const calendarSchema = z.strictObject({
  zone: setting(timeZoneSchema, {
    description: 'The time zone of the days and hours.',
    example: 'Europe/Berlin',
  }),
  days: setting(z.array(z.enum(weekdays)).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']), {
    description: 'The days of the week on which rotations may begin.',
    example: ['mon', 'tue', 'wed'],
  }),
  hours: setting(
    z
      .tuple([hourSchema, hourSchema])
      .refine(([from, to]) => from < to, 'must have the first hour before the second')
      .default([0, 24]),
    {
      description: 'Rotations begin from the first of these hours on and before the second.',
      example: [8, 16],
    },
  ),
  holidays: setting(z.array(dateSchema).max(200).default([]), {
    description: 'Days on which no rotation begins.',
    example: ['2026-12-25'],
  }),
});

/** Like every exemption, it has an end date and a reason. */
const exemptGroupSchema = z.strictObject({
  name: setting(z.string().regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an IAM group'), {
    description: 'The name of the group, the same in every account.',
    example: 'no-rotation',
  }),
  until: setting(dateSchema, {
    description: 'The last day of the exemption.',
    example: '2027-03-31',
  }),
  reason: setting(z.string().trim().min(1).max(200), {
    description: 'Why; the report shows it.',
    example: 'waits for the vendor',
  }),
});

export const sweepSchema = z.strictObject({
  waves: wavesSchema.prefault({}),
  survey: surveySchema.prefault({}),
  calendar: calendarSchema.optional().meta({
    description:
      'When rotations may begin. Outside of these times a sweep starts nothing, and its report says so.',
    ifOmitted: 'any time',
  }),
  securityHub: setting(z.boolean().default(false), {
    description:
      'Whether each sweep reports users that fail a [control](controls.md) to AWS Security Hub in keyturn’s account and region, which must be enabled there.',
    example: true,
  }),
  exemptGroup: exemptGroupSchema.optional().meta({
    description: 'A group of IAM users that no sweep rotates.',
    ifOmitted: 'no group',
  }),
});
