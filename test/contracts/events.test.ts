import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { eventBusName } from '../../infra/names.ts';
import type { BusEvent } from '../../local/aws/bus-event.ts';
import { matchesPattern } from '../../local/world/event-pattern.ts';
import { eventSchemas } from '../../tasks/domain/events/event.ts';
import { patternOf } from './patterns.ts';

const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```json(?: (\S+))?\n(.+?)```/gs)].map(
  ([, file, text = '']) => [file, JSON.parse(text)] as const,
);

const ruleSchema = z.object({
  Resources: z.object({
    Rule: z.object({
      Properties: z.object({
        EventBusName: z.literal(eventBusName),
        EventPattern: patternOf,
        Targets: z.tuple([
          z.object({
            InputTransformer: z.object({
              InputPathsMap: z.record(z.string(), z.string()),
              InputTemplate: z.string(),
            }),
          }),
        ]),
      }),
    }),
  }),
});
const rules = blocks.flatMap(([file, template]) => {
  if (file === undefined) return [];
  const { EventPattern, Targets } = ruleSchema.parse(template).Resources.Rule.Properties;
  return [{ file, pattern: EventPattern, transformer: Targets[0].InputTransformer }];
});
const [, example]: readonly [unknown, BusEvent] = blocks.find(([file]) => file === undefined) ?? [
  undefined,
  { ...Object() },
];

const named = (name: string): BusEvent => ({ ...example, 'detail-type': name });

describe('the page about events', () => {
  it('has an example that has the fields of its event', () => {
    const schema = eventSchemas['Key ready'];
    const { version, id, ...detail } = z.looseObject({}).parse(example.detail);
    expect([version, id]).toEqual(['1', expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(Object.keys(detail).toSorted()).toEqual(Object.keys(schema.shape).toSorted());
  });

  it.each(Object.keys(eventSchemas))('has an example rule that takes %s to Slack', (name) => {
    expect(
      rules.filter(({ pattern }) => matchesPattern(pattern, named(name))).map(({ file }) => file),
    ).toContain('slack.json');
  });

  it('has an example rule that pages only for what can’t wait', () => {
    const rule = rules.find(({ file }) => file === 'pagerduty.json');
    const paged = Object.keys(eventSchemas).filter(
      (name) => rule !== undefined && matchesPattern(rule.pattern, named(name)),
    );
    expect(paged).toEqual(['Escalated', 'Key leaked', 'Rotation failed']);
  });

  it.each(rules)('has in $file a template that makes JSON of the fields it takes', ({ transformer }) => {
    const { InputPathsMap, InputTemplate } = transformer;
    const filled = InputTemplate.replaceAll(/<(\w+)>/g, (_, name: string) => {
      const path = InputPathsMap[name] ?? 'missing';
      const value = path
        .split('.')
        .slice(1)
        .reduce<unknown>((from, key) => Object(from)[key], example);
      expect(typeof value, path).toBe('string');
      return String(value);
    });
    expect(JSON.stringify(JSON.parse(filled))).toContain('keyturn: Key ready, deploy-bot in 222222222222');
  });
});
