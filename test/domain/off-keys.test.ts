import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LastUse } from '../../tasks/domain/keys.ts';
import { replacements, wayOffFor, wayOffInWords } from '../../tasks/domain/off-keys.ts';

const at = new Date('2026-11-22T06:00:00Z');
const used = (service: string): LastUse => ({ state: 'used', at, service, region: 'eu-west-1' });
const never: LastUse = { state: 'neverUsed' };
const unknown: LastUse = { state: 'unknown', because: 'Throttling' };
const guess = (userName: string, uses: readonly LastUse[], tags: Record<string, string> = {}) =>
  wayOffFor({ userName, uses, tags: new Map(Object.entries(tags)) });

describe('what may replace a key', () => {
  it.each([
    ['deploy-bot', [used('s3')], {}, 'ci', 'deploy'],
    ['builder', [used('s3')], { system: 'GitHub Actions' }, 'ci', 'the tag system'],
    ['app', [used('ses')], {}, 'smtp', 'last used for ses in eu-west-1'],
    ['shop-mobile', [used('s3')], {}, 'mobile', 'mobile'],
    ['anna.lind', [used('ec2')], {}, 'person', "looks like a person's"],
    ['partner-feed', [used('s3')], {}, 'otherAccount', 'partner'],
    ['okta-sync', [used('iam')], {}, 'identityProvider', 'okta'],
    ['backup-agent', [used('s3')], {}, 'server', 'backup'],
    ['crawler', [used('sqs')], {}, 'workload', 'if what uses it runs in AWS'],
    ['crawler', [never, never], {}, 'nothing', 'never seen it used'],
    ['crawler', [never, used('sqs')], {}, 'workload', 'sqs'],
  ] as const)('%s, %j, %j: %s', (name, uses, tags, to, because) => {
    const found = guess(name, uses, tags);
    expect(found?.to).toBe(to);
    expect(found?.because).toContain(because);
  });

  it('is not guessed if nothing is known: unknown is never "unused"', () => {
    expect(guess('crawler', [unknown])).toBeUndefined();
    expect(guess('crawler', [unknown, never])).toBeUndefined();
    expect(guess('crawler', [])).toBeUndefined();
  });

  it('is not guessed from tags that say who is responsible, or that are ours', () => {
    const tags = {
      owner: 'ci@example.com',
      'keyturn:exempt': '2027-01-01 github',
      AKIAOLDOLDOLDOLDQJHX: 'ci',
    };
    expect(guess('crawler', [unknown], tags)).toBeUndefined();
  });

  it('is told as a guess, with its fact', () => {
    expect(wayOffInWords({ to: 'ci', because: 'x' })).toBe(
      'OIDC for a CI system. That may be possible, because x.',
    );
  });

  it('has a section in the page about it', () => {
    const page = readFileSync('docs/off-keys.md', 'utf8');
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(Object.values(replacements)));
  });
});
