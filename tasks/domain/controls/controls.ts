import { daysBetween } from '../time.ts';
import type { ControlId, ControlResult } from './result.ts';

/** The versions that the numbers below are of. */
export const standards = {
  cis: 'CIS AWS Foundations Benchmark v5.0.0',
  nist: 'NIST SP 800-53 Rev. 5',
  pci: 'PCI DSS v4.0.1',
  securityHub: 'AWS Security Hub',
} as const;
export type Standard = keyof typeof standards;

/** An active key, as far as a control needs it. */
export interface ControlledKey {
  readonly since: Date;
  /** Whether `since` is its creation. If not, the key may be older than that. */
  readonly isCreation: boolean;
  readonly lastUse:
    | { readonly state: 'used'; readonly at: Date }
    | { readonly state: 'neverUsed' }
    | { readonly state: 'unknown' };
}

/** A user who isn't root, with at least one active key. */
export interface ControlledUser {
  /** No key can be older. Undefined if it isn't known. */
  readonly createdAt: Date | undefined;
  readonly active: readonly ControlledKey[];
}

type Judge =
  | {
      readonly about: 'key';
      readonly judge: (key: ControlledKey, user: ControlledUser, now: Date) => ControlResult;
    }
  | { readonly about: 'user'; readonly judge: (user: ControlledUser) => ControlResult }
  /** Fails by the root user's keys, active or not. */
  | { readonly about: 'account' };

/** What auditors ask about access keys, and where they ask for it. */
export type Control = Judge & {
  readonly id: ControlId;
  /** What must hold. */
  readonly title: string;
  /** The same, as the heading of a narrow column. */
  readonly short: string;
  /** A standard's own numbers; empty if it has no such control. */
  readonly numbers: Readonly<Record<Standard, readonly string[]>>;
  /** The standards whose numbers are keyturn's own reading, because neither CIS nor AWS maps this control to them. */
  readonly ownReading: readonly Standard[];
  readonly severity: 'LOW' | 'MEDIUM' | 'CRITICAL';
};

/**
 * Whether a key is at least that old. The credential report doesn't distinguish a key's creation from a later change,
 * so a key that looks young may be old, unless its user is young too.
 */
function isAged(key: ControlledKey, user: ControlledUser, days: number, now: Date): boolean | undefined {
  if (daysBetween(key.since, now) >= days) return true;
  const isUserYoung = user.createdAt !== undefined && daysBetween(user.createdAt, now) < days;
  return key.isCreation || isUserYoung ? false : undefined;
}

const failIf = (fails: boolean | undefined): ControlResult =>
  fails === undefined ? 'unknown' : fails ? 'fail' : 'pass';

/** A key that was never used counts from its creation. */
const unusedFor =
  (days: number) =>
  (key: ControlledKey, user: ControlledUser, now: Date): ControlResult => {
    switch (key.lastUse.state) {
      case 'used':
        return failIf(daysBetween(key.lastUse.at, now) >= days);
      case 'neverUsed':
        return failIf(isAged(key, user, days, now));
      case 'unknown':
        return 'unknown';
    }
  };

/** The controls, in the order of the report. */
export const controls: readonly Control[] = [
  {
    id: 'keyAge',
    title: 'Active access keys are rotated within 90 days',
    short: 'Below 90 days',
    about: 'key',
    judge: (key, user, now) => failIf(isAged(key, user, 90, now)),
    numbers: {
      cis: ['1.13'],
      nist: ['AC-2(1)', 'AC-2(3)', 'AC-3(15)'],
      pci: ['8.3.9', '8.6.3'],
      securityHub: ['IAM.3'],
    },
    ownReading: [],
    severity: 'MEDIUM',
  },
  {
    id: 'unused45',
    title: 'Access keys that were not used for 45 days are not active',
    short: 'Used in 45 days',
    about: 'key',
    judge: unusedFor(45),
    numbers: { cis: ['1.11'], nist: ['AC-2(3)'], pci: [], securityHub: ['IAM.22'] },
    ownReading: [],
    severity: 'MEDIUM',
  },
  {
    id: 'unused90',
    title: 'Access keys that were not used for 90 days are not active',
    short: 'Used in 90 days',
    about: 'key',
    judge: unusedFor(90),
    numbers: {
      cis: [],
      nist: ['AC-2', 'AC-2(1)', 'AC-2(3)', 'AC-3', 'AC-3(7)', 'AC-3(15)', 'AC-6'],
      pci: ['8.2.6'],
      securityHub: ['IAM.8'],
    },
    ownReading: [],
    severity: 'MEDIUM',
  },
  {
    id: 'oneActiveKey',
    title: 'A user has at most one active access key',
    short: 'One active key',
    about: 'user',
    judge: ({ active }) => failIf(active.length > 1),
    numbers: { cis: ['1.12'], nist: ['IA-5'], pci: [], securityHub: [] },
    ownReading: ['nist'],
    severity: 'LOW',
  },
  {
    id: 'noRootKey',
    title: 'The root user has no access key',
    short: 'No root key',
    about: 'account',
    numbers: {
      cis: ['1.3'],
      nist: ['AC-2(1)', 'AC-3(7)', 'AC-3(15)', 'AC-6', 'AC-6(2)', 'AC-6(10)'],
      pci: ['2.2.2', '7.3.1'],
      securityHub: ['IAM.4'],
    },
    ownReading: ['pci'],
    severity: 'CRITICAL',
  },
];
