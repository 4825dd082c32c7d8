import { expect, it } from 'vitest';
import { benchSweep } from '../../bench/sweep.ts';
import { GeneratedUsers } from '../../local/aws/iam/generated-users.ts';
import { makeLargeOrganization } from '../../local/world/large-organization.ts';
import { firstMorning } from '../../local/world/options.ts';

it('three hundred accounts of a hundred users: every due key is started once, with few calls', async () => {
  const lines: string[] = [];
  expect(await benchSweep(['--accounts', '300', '--users', '100'], (line) => void lines.push(line))).toBe(0);
  const figure = (what: string): string => lines.find((line) => line.startsWith(what))?.slice(45) ?? '';
  expect(figure('accounts surveyed, users, keys')).toBe('300, 30000, 30000');
  const due = Number(figure('due keys, rotations started').split(',')[0]);
  expect(due).toBeGreaterThan(15);
  // Three per account, two per due user; each rotation makes a few dozen more.
  expect(Number(figure('calls to iam'))).toBeLessThan(2 * 300 + due * 20);
  expect(Number(figure('calls to s3'))).toBeLessThan(5 * 300);
  expect(Number(figure('calls to organizations'))).toBeLessThan(60 + due * 4);
}, 60_000);

it('users that are made when asked for are the same each time, and keep what was done to them', () => {
  const [account] = makeLargeOrganization({ accounts: 1, users: 50, due: 0.5 }, 1, firstMorning);
  const users = account?.users ?? new GeneratedUsers(0, () => never());
  const ids = (): (string | undefined)[] => [...users.values()].map(({ keys }) => keys[0]?.id);
  const before = ids();
  expect(new Set(before).size).toBe(50);
  expect(ids()).toEqual(before);
  expect(users.size).toBe(50);
  const user = users.get('user-0007');
  user?.tags.set('kept', 'yes');
  expect(users.get('user-0007')).toBe(user);
  expect([...users.values()][7]).toBe(user);
  expect(users.get('user-0050')).toBeUndefined();
  expect(users.delete('user-0007')).toBe(true);
  expect([users.has('user-0007'), users.size, [...users.keys()].length]).toEqual([false, 49, 49]);
});

function never(): never {
  throw new Error('there is no such user');
}
