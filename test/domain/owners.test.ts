import { describe, expect, it } from 'vitest';
import {
  addressesIn,
  byAddress,
  fromPlace,
  isUnreadable,
  type Owners,
  ownersOfUser,
} from '../../tasks/domain/owners.ts';

const account: Owners = {
  addresses: ['security@example.com'],
  place: 'securityContact',
  passedOver: ["the account's tag can't be read (AccessDeniedException)"],
};

describe('the addresses in a text', () => {
  it.each([
    ['ada@example.com', ['ada@example.com'], []],
    [' ada@example.com  bob@example.com ', ['ada@example.com', 'bob@example.com'], []],
    ['ada@example.com/bob@example.com / ada@example.com', ['ada@example.com', 'bob@example.com'], []],
    ['team+aws@lists.example.com', ['team+aws@lists.example.com'], []],
    ['ada@example.com Bob', ['ada@example.com'], ['Bob']],
    ['ada@example.com,bob@example.com', [], ['ada@example.com,bob@example.com']],
    ['payments team', [], ['payments', 'team']],
    ['ada@', [], ['ada@']],
    ['  ', [], []],
  ])('%j: %j, and %j isn’t one', (text, addresses, others) => {
    expect(addressesIn(text)).toEqual({ addresses, others });
  });
});

describe('a user’s owners', () => {
  it('are whom its own tag names, and the account is nobody’s concern then', () => {
    expect(ownersOfUser('ada@example.com', account)).toEqual({
      addresses: ['ada@example.com'],
      place: 'userTag',
      passedOver: [],
    });
  });

  it.each([undefined, '', '  '])('are the account’s if the tag is %j', (tag) => {
    expect(ownersOfUser(tag, account)).toEqual(account);
  });

  it('are those of the tag that are addresses; what isn’t one is said', () => {
    expect(ownersOfUser('ada@example.com Bob', account)).toEqual({
      addresses: ['ada@example.com'],
      place: 'userTag',
      passedOver: ["the user's tag has “Bob”, which isn't a mail address"],
    });
  });

  it('are the account’s if nothing in the tag is an address, and all that was passed over is said', () => {
    expect(ownersOfUser('payments team', account)).toEqual({
      ...account,
      passedOver: ["the user's tag has “payments team”, which aren't mail addresses", ...account.passedOver],
    });
  });

  it('are at least the operators', () => {
    expect(byAddress('payments@example.com', 'ops@example.com').addresses).toEqual(['payments@example.com']);
    expect(byAddress('', 'ops@example.com', ['too late'])).toEqual({
      addresses: ['ops@example.com'],
      place: 'operators',
      passedOver: ['too late'],
    });
  });
});

it('a place that can’t be read is told apart from one that says nothing useful', () => {
  const unreadable = fromPlace('securityContact', { state: 'unreadable', because: 'AccessDeniedException' });
  const useless = fromPlace('accountTag', { state: 'says', text: "can't be read" });
  expect([unreadable, useless].map(({ passedOver }) => passedOver.map(isUnreadable))).toEqual([
    [true],
    [false],
  ]);
  expect(fromPlace('accountTag', { state: 'nothing' })).toEqual({ addresses: [], passedOver: [] });
});
