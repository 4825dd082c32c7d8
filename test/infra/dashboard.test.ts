import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sources } from '../contracts/sources.ts';
import { all, central, full } from './central-templates.ts';

const boardSchema = z.object({
  DashboardName: z.string(),
  DashboardBody: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
});
const boardsOf = (template: typeof central) =>
  all(template, 'AWS::CloudWatch::Dashboard').map((one) => boardSchema.parse(one));

const widgetSchema = z.object({
  type: z.string(),
  width: z.number(),
  x: z.number(),
  properties: z.looseObject({
    title: z.string().optional(),
    metrics: z.array(z.array(z.unknown())).default([]),
    query: z.string().optional(),
    alarms: z.array(z.string()).optional(),
  }),
});
/** The widgets, with a word in the place of each name that CloudFormation fills in. */
const widgetsOf = (template: typeof central) =>
  boardsOf(template).flatMap(({ DashboardBody }) => {
    const [, parts] = DashboardBody['Fn::Join'];
    const text = parts.map((part) => (typeof part === 'string' ? part : 'filled-in')).join('');
    return z.object({ widgets: z.array(widgetSchema) }).parse(JSON.parse(text)).widgets;
  });
const widgets = widgetsOf(central);
const metrics = widgets.flatMap(({ properties }) => properties.metrics);
const tasks = sources()
  .filter(({ path }) => path.startsWith('tasks/'))
  .map(({ text }) => text)
  .join('\n');

describe('the dashboard', () => {
  it('is one, under the deployment’s own prefix, because an account’s regions share their names', () => {
    expect(boardsOf(central).map(({ DashboardName }) => DashboardName)).toEqual(['keyturn']);
    expect(boardsOf(full).map(({ DashboardName }) => DashboardName)).toEqual(['standby']);
  });

  it('shows rotations by stage, what is stuck, keys, sweeps, ends and mail, and every alarm', () => {
    expect(widgets.flatMap(({ properties: { title } }) => title ?? [])).toEqual([
      'Alarms',
      'Rotations now, as of the last sweep',
      'What each stage did, per day',
      'Stuck: the oldest rotation, and questions without an answer',
      'Active keys',
      'The oldest active key, in days',
      'Sweeps',
      'How rotations ended: by outcome, or by error if they failed',
      'Mail',
    ]);
    const alarms = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(alarms).toHaveLength(all(central, 'AWS::CloudWatch::Alarm').length);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });

  it('shows only metrics that a task records, none of them by user or account', () => {
    const ours = metrics.filter(([namespace]) => namespace === 'keyturn');
    expect(ours.length).toBeGreaterThan(15);
    for (const [, name, ...dimensions] of ours) {
      expect(tasks).toMatch(new RegExp(`\\b${name}: |^\\s+${name},|\\{ ${name}: `, 'm'));
      expect(dimensions.filter((one) => typeof one === 'string')).toEqual([]);
    }
  });

  it('counts how rotations ended from the log line that a task writes', () => {
    const [query = ''] = widgets.flatMap(({ properties }) => properties.query ?? []);
    const [, message = ''] = /message = "(.+?)"/.exec(query) ?? [];
    expect(tasks).toContain(`'${message}'`);
    for (const field of ['kept', 'endedAs']) {
      expect(query).toContain(field);
      expect(tasks).toMatch(new RegExp(`recordedARotation, \\{[^}]*\\b${field}\\b`));
    }
  });
});
