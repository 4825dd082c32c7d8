import type { Deployment } from '../../../infra/settings.ts';

/** A check, what is wrong, and what the line says then. */
export interface Case {
  readonly check: string;
  readonly when: string;
  readonly spoil: (deployment: Deployment) => void;
  readonly status: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly seen: RegExp;
  readonly settings?: object;
  readonly assume?: string;
}
