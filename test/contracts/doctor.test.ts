import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { centralWatch, leakWatches } from '../../cli/doctor/alarms.ts';
import { checks } from '../../cli/doctor/checks.ts';
import { heartbeatName, sweepScheduleName } from '../../cli/doctor/schedule.ts';
import {
  canaryName,
  canaryScheduleName,
  configurationSetName,
  dataKeyAlias,
  functionName,
  linkKeyName,
  roleName,
  secretsKeyAliasOf,
} from '../../infra/names.ts';
import { parseDeployment } from '../../infra/settings.ts';
import { allFunctions } from '../../tasks/manifest.ts';
import { example, synthesize } from '../infra/synthesized.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

describe('what doctor looks for', () => {
  const settings = {
    ...{ rolePrefix: 'security', mode: 'live', canary: true },
    storage: { replicaRegions: ['eu-central-1'] },
  };
  const deployment = parseDeployment({ ...example, ...settings });
  const templates = synthesize(settings);

  /** The names that a stack gives to resources of a type. */
  const named = (stack: string, type: string, property: string): unknown[] =>
    Object.values(templates.get(stack)?.findResources(type) ?? {}).map(
      ({ Properties }) => Properties?.[property],
    );

  it('is every alarm of each stack, and the topic that they tell', () => {
    const stacks = ['keyturn', 'security-leaks', 'security-leaks-backup'];
    for (const [index, watched] of [centralWatch(deployment), ...leakWatches(deployment)].entries()) {
      const stack = stacks[index] ?? '';
      const names = named(stack, 'AWS::CloudWatch::Alarm', 'AlarmName');
      expect(names.toSorted()).toEqual(watched.alarms.toSorted());
      expect(named(stack, 'AWS::SNS::Topic', 'TopicName')).toEqual([watched.topicName]);
    }
  });

  it.each([
    ['AWS::Scheduler::Schedule', 'Name', [sweepScheduleName, heartbeatName, canaryScheduleName]],
    ['AWS::IAM::User', 'UserName', [canaryName(deployment)]],
    ['AWS::SES::ConfigurationSet', 'Name', [configurationSetName]],
    ['AWS::SecretsManager::Secret', 'Name', [linkKeyName]],
    ['AWS::KMS::Alias', 'AliasName', [dataKeyAlias, secretsKeyAliasOf(deployment)]],
    ['AWS::Lambda::Function', 'FunctionName', allFunctions.map(({ name }) => functionName(name))],
  ])('is what is deployed: %s', (type, property, names) => {
    expect(named('keyturn', type, property)).toEqual(expect.arrayContaining(names));
  });

  it('is each function’s own role, each leak stack’s, and the key of a replica region', () => {
    const roles = named('keyturn', 'AWS::IAM::Role', 'RoleName');
    expect(roles).toEqual(expect.arrayContaining(allFunctions.map(({ name }) => roleName(deployment, name))));
    expect(named('security-leaks', 'AWS::IAM::Role', 'RoleName')).toContain('security-leaks-us-east-1');
    expect(named('security-eu-central-1', 'AWS::KMS::Alias', 'AliasName')).toEqual([
      secretsKeyAliasOf(deployment),
    ]);
  });
});

describe('the documents', () => {
  const names = checks.map(({ name }) => name);

  it('name a check of doctor, or none, for each assumption about AWS', () => {
    const rows = read('docs/aws-assumptions.md')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| behaviour'));
    const cells = rows.map((row) => row.split('|').at(-2)?.trim() ?? '');
    expect(cells.length).toBeGreaterThan(30);
    const noticing = cells.filter((cell) => cell !== '—').flatMap((cell) => cell.split(', '));
    expect(noticing.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('have a row for every check, in its order', () => {
    const rows = [...read('docs/cli.md').matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(names);
  });

  it('are in the places that doctor’s lines refer to', () => {
    const folder = 'cli/doctor/';
    const files = [
      'alarms',
      'audit',
      'canary',
      'keys',
      'leaks',
      'mail',
      'member-roles',
      'organization',
      'schedule',
    ];
    const texts = files.map((file) => read(`${folder}${file}.ts`)).join('\n');
    const sections = [...texts.matchAll(/docs\/runbook\.md, ([^.`'“]+)\./g)].map(([, title]) => title ?? '');
    expect(sections).toContain('Accounts failed');
    const runbook = read('docs/runbook.md');
    expect(sections.filter((title) => !runbook.includes(`# ${title}\n`))).toEqual([]);
    expect(existsSync(new URL('docs/cli.md', root))).toBe(true);
  });
});
