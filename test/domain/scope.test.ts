import { describe, expect, it } from 'vitest';
import { whyOutOfScope } from '../../tasks/domain/scope.ts';
import { scopeSchema } from '../../tasks/domain/settings/accounts.ts';

const product = 'ou-root-product00';
const payments = 'ou-root-payments0';
const account = { id: '222222222222', paths: [`o-keyturn/r-root/${product}/${payments}/`] };
const why = (scope: object) => whyOutOfScope(scopeSchema.parse(scope), account);

describe('the scope', () => {
  it.each([
    ['the whole organization, where nothing is said', {}],
    ['a unit that the account is in', { organizationalUnits: [payments] }],
    ['a unit above that one', { organizationalUnits: [product] }],
    ['the root', { organizationalUnits: ['r-root'] }],
    ['the account itself', { include: [account.id] }],
    [
      'the account itself beside a unit',
      { organizationalUnits: ['ou-root-elsewher'], include: [account.id] },
    ],
    ['all but another', { exclude: ['333333333333'] }],
  ])('takes in an account by %s', (_, scope) => {
    expect(why(scope)).toBeUndefined();
  });

  it.each([
    ['excluded', { exclude: [account.id] }, 'it is excluded'],
    ['excluded and included', { include: [account.id], exclude: [account.id] }, 'it is excluded'],
    [
      'in another unit',
      { organizationalUnits: ['ou-root-elsewher'] },
      'it is below none of ou-root-elsewher',
    ],
    ['not included', { include: ['333333333333'] }, 'it is not among the included accounts'],
  ])('leaves out an account that is %s', (_, scope, because) => {
    expect(why(scope)).toBe(because);
  });

  it('takes no part of a unit’s name for the unit', () => {
    expect(why({ organizationalUnits: ['ou-root-payments'] })).toContain('below none');
  });

  it.each([
    { include: ['22222222222'] },
    { exclude: ['payments'] },
    { organizationalUnits: ['product'] },
    { organisationalUnits: [product] },
    { include: Array.from({ length: 61 }, () => account.id) },
  ])('refuses %j', (scope) => {
    expect(scopeSchema.safeParse(scope).success).toBe(false);
  });
});
