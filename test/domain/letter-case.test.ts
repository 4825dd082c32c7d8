import { describe, expect, it } from 'vitest';
import { NameSet, sameName, TagMap } from '../../tasks/domain/letter-case.ts';
import { policyFromTags } from '../../tasks/domain/policy.ts';
import { exemptionOf, isSelfUpdating } from '../../tasks/domain/tags.ts';

describe('tags', () => {
  const tags = new TagMap([
    ['Owner', 'ada@example.com'],
    ['KEYTURN:Quiet-Days', '21'],
    ['Keyturn:Exempt', '2027-03-31 waits for the vendor'],
    ['keyturn:Self-Updating', 'true'],
  ]);

  it('are found in any spelling', () => {
    expect([tags.get('owner'), tags.get('OWNER'), tags.has('keyturn:quiet-days')]).toEqual([
      'ada@example.com',
      'ada@example.com',
      true,
    ]);
    expect([tags.get('owners'), tags.has('own')]).toEqual([undefined, false]);
  });

  it('mean the same in any spelling', () => {
    expect(policyFromTags(tags)).toEqual({ quietDays: 21 });
    expect(exemptionOf(tags)?.reason).toBe('waits for the vendor');
    expect(isSelfUpdating(tags)).toBe(true);
  });

  it('are listed as IAM spells them', () => {
    expect([...tags.keys()][0]).toBe('Owner');
    expect([...tags.values()][1]).toBe('21');
    expect([...tags][0]).toEqual(['Owner', 'ada@example.com']);
    const seen: string[] = [];
    tags.forEach((value, key) => {
      seen.push(`${key}=${value}`);
    });
    expect(seen).toHaveLength(tags.size);
  });
});

it('names of users are the same in any spelling', () => {
  expect(sameName('Deploy-Bot', 'deploy-bot')).toBe(true);
  expect(sameName('deploy-bot', 'deploy-bots')).toBe(false);
  const names = new NameSet(['Deploy-Bot', 'ADA']);
  expect([names.has('deploy-bot'), names.has('ada'), names.has('bot')]).toEqual([true, true, false]);
});
