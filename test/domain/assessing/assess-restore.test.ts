import { describe, expect, it } from 'vitest';
import { assessRestore, type RestoreFacts } from '../../../tasks/domain/assessing/assess-restore.ts';
import type { AccessKey } from '../../../tasks/domain/keys.ts';
import { TagMap } from '../../../tasks/domain/letter-case.ts';

const old: AccessKey = { id: 'AKIAOLDOLDOLDOLD0001', status: 'Inactive', createdAt: new Date('2026-01-01') };
const current: AccessKey = {
  id: 'AKIANEWNEWNEWNEW0002',
  status: 'Active',
  createdAt: new Date('2026-02-01'),
};
const facts = (over: Partial<RestoreFacts> = {}): RestoreFacts => ({
  ...{ keys: [old, current], tags: new TagMap(), stored: new Set(), request: {}, currentId: current.id },
  ...{ leftInactive: new Set([old.id]), leaked: new Set<string>() },
  ...over,
});
const named = { keyId: old.id };

describe('which key an operator’s rollback makes active', () => {
  it.each<[string, Partial<RestoreFacts>]>([
    ['the one that a rotation left inactive', {}],
    [
      'the older key of a pair that a rotation made',
      { leftInactive: new Set(), stored: new Set([current.id]) },
    ],
    ['one that is named, whoever made it inactive', { leftInactive: new Set(), request: named }],
    ['a leaked one that is named', { leaked: new Set([old.id]), request: named }],
  ])('is %s', (_, over) => {
    expect(assessRestore(facts(over))).toMatchObject({
      act: 'restore',
      oldKey: old,
      replacedById: current.id,
    });
  });

  it('is an active one that is named, so that the secret points to it again', () => {
    const keys = [{ ...old, status: 'Active' as const }, current];
    expect(assessRestore(facts({ keys, request: named, stored: new Set([old.id]) }))).toMatchObject({
      act: 'restore',
    });
    expect(assessRestore(facts({ keys, request: named }))).toEqual({
      act: 'nothing',
      because: `${old.id} is active already`,
    });
  });

  it.each<[string, Partial<RestoreFacts>, string]>([
    ['it was deleted', { keys: [current], request: named }, "a deleted key can't be brought back"],
    ['none is inactive', { keys: [current] }, 'no key of the user is inactive'],
    ['a person made it inactive', { leftInactive: new Set() }, "it was somebody's decision"],
    ['it has leaked', { leaked: new Set([old.id]) }, 'has leaked'],
    ['it has expired', { keys: [{ ...old, status: 'Expired' }, current], request: named }, 'has expired'],
    [
      'there are two',
      {
        keys: [old, { ...current, status: 'Inactive' }],
        leftInactive: new Set([old.id, current.id]),
      },
      'more than one key',
    ],
  ])('is none if %s', (_, over, says) => {
    expect(assessRestore(facts(over))).toEqual({ act: 'nothing', because: expect.stringContaining(says) });
  });
});
