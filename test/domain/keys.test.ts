import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessKeyIdSchema,
  describeNewKey,
  lastUseSchema,
  nameOnlyVersionIdOf,
  originOf,
  shortKeyId,
  versionIdOf,
} from '../../tasks/domain/keys.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** AWS's are 20 characters long and may grow. */
const keyId = fc.string({ unit: fc.constantFrom(...letters), minLength: 16, maxLength: 64 });
const executionName = fc.string({
  unit: fc.constantFrom(...letters, ...'abcxyz_+=.@-'),
  minLength: 1,
  maxLength: 80,
});
const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

describe('the version of a key', () => {
  it('has an ID that Secrets Manager takes, and no two keys share one', () => {
    fc.assert(
      fc.property(keyId, keyId, (one, other) => {
        expect(versionIdOf(one)).toMatch(/^[A-Za-z0-9-]{32,64}$/);
        expect(versionIdOf(one) === versionIdOf(other)).toBe(one === other);
      }),
    );
  });

  it('has an ID of its own if it only names a key', () => {
    fc.assert(
      fc.property(keyId, (id) => {
        expect(nameOnlyVersionIdOf(id)).toMatch(/^[A-Za-z0-9-]{32,64}$/);
        expect(nameOnlyVersionIdOf(id)).not.toBe(versionIdOf(id));
      }),
    );
  });

  it('stays what it was: keys stored under it must be found for years', () => {
    expect(versionIdOf('AKIAIOSFODNN7EXAMPLE')).toBe(
      '6eb1166d1cd8488389a5cb5b932f809241d4b972f128a946dc07f02d43c5d075',
    );
  });
});

describe('a key’s description', () => {
  it('says where the key comes from, and reads back', () => {
    fc.assert(
      fc.property(keyId, executionName, date, (oldKeyId, rotation, at) => {
        expect(originOf(describeNewKey(oldKeyId, rotation, at, undefined))).toEqual({ oldKeyId, rotation });
      }),
    );
  });

  it('says to the second when we proved the key, if we did', () => {
    fc.assert(
      fc.property(keyId, executionName, date, date, (oldKeyId, rotation, at, provedAt) => {
        const toTheSecond = new Date(Math.floor(provedAt.getTime() / 1000) * 1000);
        expect(originOf(describeNewKey(oldKeyId, rotation, at, provedAt))).toEqual({
          oldKeyId,
          rotation,
          provedAt: toTheSecond,
        });
      }),
    );
  });

  it('says nothing of a proof whose time can’t be read', () => {
    const description =
      'Made by keyturn on 2026-11-22 to replace AKIAOLDOLDOLDOLDQJHX in rotation x proved soon';
    expect(originOf(description)).toEqual({ oldKeyId: 'AKIAOLDOLDOLDOLDQJHX', rotation: 'x' });
  });

  it('is a value that IAM takes for a tag', () => {
    fc.assert(
      fc.property(keyId, executionName, date, (oldKeyId, rotation, at) => {
        const description = describeNewKey(oldKeyId, rotation, at, at);
        expect(description).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
      }),
    );
  });

  it.each([
    undefined,
    '',
    'deploy key of the old cluster',
    'Made by keyturn',
    'Made by keyturn on 2026-11-22 to replace akia in rotation x',
    'Not: Made by keyturn on 2026-11-22 to replace AKIAOLDOLDOLDOLDQJHX in rotation x',
    'Made by keyturn on 2026-11-22 to replace AKIAOLDOLDOLDOLDQJHX in rotation x y',
  ])('isn’t ours: %j', (description) => {
    expect(originOf(description)).toBeUndefined();
  });
});

describe('a key’s ID', () => {
  it.each(['AKIAIOSFODNN7EXAMPLE', 'A'.repeat(16), '7'.repeat(128)])('may be %s', (id) => {
    expect(accessKeyIdSchema.safeParse(id).success).toBe(true);
  });

  it.each([
    '',
    'A'.repeat(15),
    'A'.repeat(129),
    'akiaiosfodnn7example',
    'AKIAIOSFODNN7EXAMPL*',
    'AKIAIOSFODNN7EXAMPLE\n',
  ])('is never %j', (id) => {
    expect(accessKeyIdSchema.safeParse(id).success).toBe(false);
  });

  it('is shown without its end, and can be told from another key of the same account', () => {
    expect(shortKeyId('AKIAIOSFODNN7EXAMPLE')).toBe('AKIAIOSFODNN7EXA…');
    expect(shortKeyId('AKIAIOSFODNN7EXAMPLE')).not.toBe(shortKeyId('AKIAIOSFODNNQ4ELMPLE'));
  });
});

describe('a last use on its way through the states', () => {
  it.each([
    { state: 'used', at: new Date('2026-11-21T08:00:00Z'), service: 's3', region: 'eu-west-1' },
    { state: 'neverUsed' },
    { state: 'unknown', because: 'Throttling' },
  ])('survives JSON: $state', (use) => {
    expect(lastUseSchema.parse(JSON.parse(JSON.stringify(use)))).toEqual(use);
  });

  it('is refused if it says nothing, rather than taken for "never used"', () => {
    expect(lastUseSchema.safeParse({}).success).toBe(false);
    expect(lastUseSchema.safeParse({ state: 'used' }).success).toBe(false);
  });
});
