import { describe, expect, it } from 'vitest';
import { brandSchema } from '../../tasks/domain/settings/brand.ts';
import type { KeyRow } from '../../tasks/domain/sweeps/row.ts';
import { auditNotice } from '../../tasks/messages/audit-notice.ts';
import { auditReport } from '../../tasks/messages/audit-report.ts';
import { digest } from '../../tasks/messages/digest.ts';
import type { Message } from '../../tasks/messages/document.ts';
import { leakNeedsPerson } from '../../tasks/messages/leak.ts';
import { sweepFailed } from '../../tasks/messages/sweep-failed.ts';
import { type RenderedMail, renderMail } from '../../tasks/presentation/mail.ts';
import { speakerOf } from '../../tasks/presentation/speaker.ts';

const brand = brandSchema.parse({});
const speaker = speakerOf({ brand, operators: 'ops@example.com', runbookUrl: 'docs/runbook.md' });
const accountId = '111122223333';
const executionArn = 'arn:aws:states:eu-west-1:999988887777:execution:sweep-organization:monday';
const at = new Date('2026-11-25T08:00:00Z');

const rowOf = (said: string): KeyRow => ({
  accountId,
  userName: said,
  keyId: 'AKIAOLDOLDOLDOLDQJHX',
  status: 'Active',
  since: at,
  ageDays: 300,
  lastUse: { state: 'neverUsed' },
  owner: said,
  ownerRead: true,
  decision: 'due',
  because: said,
  overdue: true,
});

const totals = {
  accounts: 10,
  failedAccounts: 1,
  users: 100,
  keys: 120,
  due: 7,
  exempt: 2,
  overdue: 3,
  rootKey: 1,
  deferred: 2,
  unreadable: 0,
  exemptionsExpired: 1,
};

const mailsSaying = (said: string): Record<string, RenderedMail> =>
  Object.fromEntries(
    Object.entries(messagesSaying(said)).map(([name, message]) => [name, renderMail(message, brand)]),
  );

const messagesSaying = (said: string): Record<string, Message> => ({
  sweepFailed: sweepFailed({ executionArn, error: said, cause: said, stage: said, speaker }),
  auditReport: auditReport({
    sweep: { id: said, executionArn, at },
    totals,
    oldest: [rowOf(said)],
    reportUrl: 's3://reports/sweeps/monday/index.html',
    speaker,
  }),
  auditNotice: auditNotice({
    keys: [{ accountId, userName: said, because: said }],
    speaker,
  }),
  digest: digest({
    gone: {
      count: 1,
      first: [
        {
          ...{ accountId: '111122223333', userName: 'former-bot', act: 'wait' },
          ...{ secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x', since: new Date(0) },
          because: 'its user has been gone since 1970-01-01',
        },
      ],
    },
    sweep: { id: said, at },
    open: {
      first: [
        {
          accountId,
          userName: said,
          waitsFor: 'operators',
          what: said,
          id: 'a',
          next: { start: 'deploy-bot-2' },
        },
        { accountId, userName: said, waitsFor: 'owner', what: said, id: 'b' },
      ],
      operators: 3,
      owners: 1,
      fingerprint: 'a',
    },
    failedAccounts: [{ accountId, name: said, because: said }],
    machine: 'arn:aws:states:eu-west-1:999988887777:stateMachine:keyturn-rotate-user-key:live',
    reportUrl: 's3://reports/sweeps/monday/index.html',
    speaker,
  }),
  leak: leakNeedsPerson({
    accountId,
    keyId: 'AKIAOLDOLDOLDOLDQJHX',
    userName: said,
    severity: 'leaked',
    because: said,
    report: { by: 'AWS Health', at: at.toISOString(), says: said },
    machine: 'arn:aws:states:eu-west-1:999988887777:stateMachine:rotate-user-key:live',
    speaker,
  }),
});

describe('the mails about sweeps and leaks', () => {
  it.each([
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    'one\r\nBcc: all@example.com\n\nbody\u2028more\u0000\u001b[31m',
  ])('stay harmless whatever others say in them (%#)', (words) => {
    for (const [kind, { subject, text, html }] of Object.entries(mailsSaying(words))) {
      expect(subject, kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(text.replaceAll('\n', ''), kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(html, kind).not.toMatch(/<img|<script|<a /i);
      expect(text, kind).not.toMatch(/^Bcc:/m);
    }
  });

  it('say what there is and what to do', () => {
    const { sweepFailed: failed, auditReport: audit, auditNotice: notice, leak } = mailsSaying('deploy-bot');
    expect(failed?.text).toContain(
      'aws stepfunctions start-execution --region eu-west-1 --state-machine-arn arn:aws:states:eu-west-1:999988887777:stateMachine:sweep-organization:live',
    );
    expect(audit?.subject).toBe('Access keys: 3 overdue of 120, 2026-11-25');
    expect(audit?.text).toContain('aws s3 cp --recursive s3://reports/sweeps/monday/ report/');
    expect(audit?.text).toMatch(/deploy-bot in 111122223333: AKIAOLDOLDOLDOLD…, 300\s+days old/);
    expect(notice?.text).toContain('You need to do nothing yet');
    expect(leak?.subject).toContain('AKIAOLDOLDOLDOLDQJHX in 111122223333');
    expect(leak?.text).toContain('Deactivate the key');
  });

  it('give operators first what waits for them, with the command for each', () => {
    const { subject = '', text = '' } = mailsSaying('deploy-bot').digest ?? {};
    expect(subject).toBe('Access keys: 4 waiting for you, 1 for owners, 2026-11-25');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      "aws stepfunctions start-execution --region eu-west-1 --state-machine-arn arn:aws:states:eu-west-1:999988887777:stateMachine:keyturn-rotate-user-key:live --name deploy-bot-2 --input '{",
    );
    expect(text.indexOf('start-execution')).toBeLessThan(text.indexOf('Waits for owners'));
    expect(text).toContain('And 2 more, in the report.');
  });

  it('tell an owner no key’s ID', () => {
    expect(mailsSaying('deploy-bot').auditNotice?.text).not.toContain('AKIA');
  });
});
