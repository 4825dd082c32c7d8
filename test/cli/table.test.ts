import { describe, expect, it } from 'vitest';
import type { Finding } from '../../cli/doctor/finding.ts';
import { tableOf, wrap } from '../../cli/doctor/table.ts';

const long = `The policy of alias/keyturn in eu-west-1 ${'is very long '.repeat(12)}arn:aws:iam::111111111111:role/${'x'.repeat(90)}`;
const findings: readonly Finding[] = [
  { check: 'schedule', status: 'ok', seen: 'enabled' },
  { check: 'alarms', status: 'warn', seen: 'Sounding.', todo: 'See the runbook.' },
  { check: 'key policies', status: 'fail', seen: long, todo: long },
  { check: 'key policies', status: 'unknown', seen: 'AWS denied kms:GetKeyPolicy.', todo: 'Ask.' },
];

describe('the table', () => {
  it('has a line for each finding, what to do under those that aren’t ok, and how many there are of each', () => {
    const [first, second, todo] = tableOf(findings, {}).split('\n');
    expect(first).toBe('ok       schedule            enabled');
    expect(second).toBe('warn     alarms              Sounding.');
    expect(todo).toBe('                             → See the runbook.');
    expect(tableOf(findings, {})).toMatch(/\n\n1 ok, 1 warn, 1 fail, 1 unknown\n$/);
  });

  it('names a check once, and fits 100 columns whatever it says', () => {
    const lines = tableOf(findings, {}).split('\n');
    expect(lines.filter((line) => line.includes('key policies'))).toHaveLength(1);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  it('has colours only on a terminal', () => {
    expect(tableOf(findings, { isTTY: false })).not.toContain('\u001b');
  });

  it('loses nothing when it breaks lines', () => {
    const lines = wrap(long, 40);
    expect(lines.join('').replaceAll(/\s/g, '')).toBe(long.replaceAll(/\s/g, ''));
    expect(lines.every(({ length }) => length <= 40)).toBe(true);
  });
});
