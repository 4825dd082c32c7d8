import { createHash } from 'node:crypto';

/**
 * Names a question to the operators, so that the same one isn't mailed twice. Numbers and dates in its text don't
 * count: a key grows older, and the question stays the same.
 */
export function questionId(kind: 'needsPerson' | 'failed' | 'escalation', about: string): string {
  const essence = about.replaceAll(/\b\d[\d.:TZ-]*\b/g, '#');
  return `${kind}-${createHash('sha256').update(essence).digest('hex').slice(0, 16)}`;
}
