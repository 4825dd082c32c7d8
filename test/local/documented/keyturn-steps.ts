import { join } from 'node:path';
import { expect } from 'vitest';
import type { DocumentedStage } from './stage.ts';
import type { DocumentedStep } from './step.ts';

/** The runbook's commands of `npx keyturn`, in an order in which each finds something to do. */
export function keyturnSteps(stage: DocumentedStage, folder: string): DocumentedStep[] {
  const aKey = (place = 0) => ({ 'AKIA...': stage.keyId(place) });
  const tagsOfUser = () => new RegExp(`^Changed, as .+:tags-${stage.accountId}-${stage.user}-`);
  const isOfUser = () => new RegExp(`${stage.accountId}[-/]${stage.user}`);
  const list = join(folder, 'stopped.json');
  return [
    { command: /^npx keyturn audit --wait 30$/, says: () => /^done .+\n.+index\.html\n$/ },
    { command: /^npx keyturn audit --accounts/, says: () => /^started / },
    {
      command: /^npx keyturn report open$/,
      says: () => /^Sweep .+index\.html\n$/s,
    },
    {
      command: /^npx keyturn report diff$/,
      before: async () => {
        await stage.days(1);
        await stage.sweep({ audit: true });
      },
      says: () => /^ +2026\S+ .+ change\naccounts /,
    },
    {
      command: /^npx keyturn rotate "\$ACCOUNT\/\$IAM_USER"$/,
      before: () => stage.nextUser(),
      says: isOfUser,
      after: () => expect(stage.statuses).toEqual(['Active', 'Active']),
    },
    {
      command: /^npx keyturn status "/,
      says: () =>
        new RegExp(
          `^${stage.user} in .+\\(${stage.accountId}\\)\n[^]*${stage.keyId(0)}[^]*${stage.keyId(1)}`,
        ),
    },
    { command: /^npx keyturn why "/, says: () => new RegExp(`${stage.keyId(0)}[^]*rotation`) },
    {
      command: /^npx keyturn whose AKIA/,
      fill: () => aKey(),
      says: () => new RegExp(`${stage.user}[^]*${stage.accountId}`),
    },
    { command: /^npx keyturn answer .+ more-time --days 7/, says: () => /^Taken, as Jane Doe/ },
    {
      command: /^npx keyturn answer .+ confirm --by/,
      before: () => stage.owner.install(),
      says: () => /^Taken, as Jane Doe, security/,
    },
    {
      command: /^npx keyturn rollback "/,
      before: () => stage.days(9),
      says: () => /is active again/,
      after: () => expect(stage.statuses).toEqual(['Active', 'Active']),
    },
    { command: /^npx keyturn stop "/, says: () => /Stopped 1\./ },
    { command: /^npx keyturn ls --failed$/, says: () => new RegExp(`${stage.user} +stopped`) },
    {
      command: /^npx keyturn rotate .+ --by/,
      before: () => stage.days(1),
      says: isOfUser,
    },
    {
      command: /^npx keyturn watch "/,
      before: () => stage.days(30),
      says: () => /completed/,
      after: () => expect(stage.statuses).toEqual(['Active']),
    },
    {
      command: /^npx keyturn exempt .+ --until/,
      before: () => stage.nextUser(),
      says: tagsOfUser,
      after: () => expect(stage.tag('keyturn:exempt')).toBe('2027-03-31 waits for the vendor'),
    },
    {
      command: /^npx keyturn exempt .+ --end/,
      says: tagsOfUser,
      after: () => expect(stage.tag('keyturn:exempt')).toBeUndefined(),
    },
    {
      command: /^npx keyturn policy "/,
      says: tagsOfUser,
      after: () => expect(stage.tag('keyturn:quiet-days')).toBe('14'),
    },
    {
      command: /^npx keyturn owner "/,
      says: tagsOfUser,
      after: () => expect(stage.tag('owner')).toBe('anna.lind@example.com'),
    },
    { command: /^npx keyturn retire "/, fill: () => aKey(), says: isOfUser },
    {
      command: /^npx keyturn leak AKIA/,
      before: () => stage.nextUser(),
      fill: () => aKey(),
      says: () => /AKIA\w+ is inactive\.\n$/,
      after: () => expect(stage.statuses).toEqual(['Inactive', 'Active']),
    },
    {
      command: /^npx keyturn ls --needs-me$/,
      before: async () => {
        stage.nextUser();
        await stage.start({ policy: { quietDays: 3, drainDays: 2 } });
      },
      says: () => new RegExp(`/${stage.user} +failed`),
      // Of the user who was stopped before, the next rotation has completed.
      after: (out) => expect(out).not.toContain('stopped'),
    },
    { command: /^npx keyturn ls --overdue$/, says: () => /./ },
    {
      command: /^npx keyturn stop --all --by/,
      more: ['--list', list],
      says: () => /Stopped \d+\.\nKept in .+stopped\.json/,
    },
    {
      command: /^npx keyturn resume /,
      fill: () => ({ 'keyturn-stopped-....json': list }),
      before: () => stage.days(1),
      says: () => /→ \d{12}-/,
    },
    { command: /^npx keyturn doctor$/, exitCode: 1, says: () => /^ok +organization/m },
    { command: /^npx keyturn doctor --assume Auditor$/, exitCode: 1, says: () => /member roles/ },
  ];
}
