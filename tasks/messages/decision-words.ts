import type { KeyDecision } from '../domain/sweeps/row.ts';

/** A sweep's decisions, in the words of its report and its mails. */
export const decisionsInWords: Readonly<Record<KeyDecision, string>> = {
  due: 'due',
  inRotation: 'in rotation',
  deferred: 'waiting for a person',
  exempt: 'exempt',
  notDue: 'not due',
  inactive: 'inactive',
  rootKey: 'root key',
  unreadable: 'not readable',
};

/** Decisions that nobody but a person can change. */
export const waitsForPerson = (decision: KeyDecision): boolean =>
  decision === 'rootKey' || decision === 'unreadable' || decision === 'deferred';
