import { removeKey, renameUser, setStatus } from '../../local/aws/iam/account.ts';
import { putVersion } from '../../local/aws/secrets-manager/secrets.ts';
import { between, pick } from '../../local/world/random.ts';
import { accountId, type Life, type LifeOptions, userName } from './life.ts';

const hour = 3_600_000;

/** How late and how slow a storm's AWS is. */
export const hardships = (random: () => number): LifeOptions => ({
  consistencySeconds: between(random, 5, 40),
  lastUsedLagMinutes: pick(random, [15, 60, 240]),
  statusLagSeconds: between(random, 0, 10),
  executionLagSeconds: pick(random, [0, 2, 10]),
  secretLagSeconds: pick(random, [0, 5, 20]),
  unlabelledHours: pick(random, [24, 24 * 30]),
  callSeconds: pick(random, [() => 0, () => 1, (name: string) => (name.startsWith('D') ? 8 : 0)]),
});

/** Begins something. @returns what ends it; undefined if there was nothing to begin */
type Misfortune = (life: Life, random: () => number) => (() => void) | undefined;

const guarded = ['iam:DeleteAccessKey', 'iam:UpdateAccessKey', 'iam:TagUser', 'iam:Create*'] as const;

/** What goes wrong in AWS or in the organization for an hour or two. */
export const misfortunes = {
  guardrail: ({ world }, random) => world.aws.guardrail(pick(random, guarded)),
  memberRoleAway: ({ world }) => {
    const account = world.aws.accounts.get(accountId);
    if (account === undefined) return undefined;
    account.memberRole = false;
    return () => {
      account.memberRole = true;
    };
  },
  mailPaused: ({ world: { aws } }) => {
    aws.sending.stopped = 'paused';
    return () => {
      aws.sending.stopped = undefined;
    };
  },
  deleteSecret: ({ secret, world }) => {
    if (secret === undefined) return undefined;
    const at = world.clock.now();
    secret.deletion = { at, goneAt: new Date(at.getTime() + 30 * 24 * hour) };
    return () => {
      secret.deletion = undefined;
    };
  },
} as const satisfies Readonly<Record<string, Misfortune>>;

type Meddling = (life: Life, random: () => number) => void;

const anyKey = ({ user }: Life, random: () => number) => user.keys[Math.floor(random() * user.keys.length)];

/** What somebody does to the user and its secret, bypassing keyturn. */
export const meddling = {
  renameUser: ({ user, world }, random) => {
    const account = world.aws.accounts.get(accountId);
    if (account !== undefined) renameUser(account, user.name, pick(random, [userName, 'deploy-bot-prod']));
  },
  stripTags: ({ user }) => user.tags.clear(),
  shoutTags: ({ user }) => {
    const tags = [...user.tags];
    user.tags.clear();
    for (const [name, value] of tags) user.tags.set(name.toUpperCase(), value);
  },
  putByHand: ({ secret, world }, random) => {
    if (secret === undefined || secret.deletion !== undefined) return;
    const id = `by-hand-${between(random, 100, 999)}`.padEnd(32, '0');
    putVersion(secret, { id, text: 'by hand', stages: ['AWSCURRENT'], at: world.clock.now() });
  },
  switchKey: (life, random) => {
    const key = anyKey(life, random);
    if (key !== undefined)
      setStatus(key, key.status === 'Active' ? 'Inactive' : 'Active', life.world.clock.now());
  },
  deleteKeyByHand: (life, random) => {
    const key = anyKey(life, random);
    if (key !== undefined && life.user.keys.length > 1) removeKey(life.user, key, life.world.clock.now());
  },
} as const satisfies Readonly<Record<string, Meddling>>;

export const isMisfortune = (deed: string): deed is keyof typeof misfortunes =>
  Object.hasOwn(misfortunes, deed);
export const isMeddling = (deed: string): deed is keyof typeof meddling => Object.hasOwn(meddling, deed);
