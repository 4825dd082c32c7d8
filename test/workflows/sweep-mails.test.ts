import { describe, expect, it } from 'vitest';
import type { Execution } from '../../local/engine/execution.ts';
import { organizationOf, Swept } from './swept.ts';

const recorded = (swept: Swept): string[] => swept.world.metrics.flatMap(({ counts }) => Object.keys(counts));
const warningsOf = (swept: Swept, execution: Execution): readonly string[][] => {
  const { warnings: inOutput = [] }: { warnings?: string[] } = JSON.parse(execution.output ?? '{}');
  const { warnings: inReport = [] }: { warnings?: string[] } = JSON.parse(
    swept.object(execution, 'report.json'),
  );
  return [inOutput, inReport];
};

describe('an audit whose report is written, but whose mail SES does not accept,', () => {
  it('succeeds, with a warning in its output, its report, its page, the log and a metric', async () => {
    const swept = await Swept.begin();
    swept.world.aws.rejectMailTo(() => true);
    const execution = await swept.sweep({ audit: true });
    expect(execution.status).toBe('SUCCEEDED');
    for (const warnings of warningsOf(swept, execution)) {
      expect(warnings).toEqual([
        expect.stringMatching(
          /^The mail about this report was not sent: MailRefused: .*operators@example\.com/,
        ),
      ]);
    }
    expect(swept.object(execution, 'index.html')).toContain('The mail about this report was not sent');
    expect(swept.world.logs).toContainEqual(expect.objectContaining({ level: 'warn' }));
    expect(recorded(swept)).toEqual(
      expect.arrayContaining(['SweepCompleted', 'MailRefused', 'ReportMailsNotSent']),
    );
  });

  it.each(['throttle', 'unavailable', 'denied'] as const)(
    'succeeds while SES answers “%s” for hours',
    async (fault) => {
      const swept = await Swept.begin();
      swept.world.aws.inject(({ service }) => (service === 'ses' ? fault : undefined));
      const execution = await swept.sweep({ audit: true });
      expect(execution.status).toBe('SUCCEEDED');
      expect(warningsOf(swept, execution).map(({ length }) => length)).toEqual([1, 1]);
      expect(recorded(swept).filter((name) => name === 'SweepCompleted')).toHaveLength(1);
    },
  );

  it('mails the other owners, and names the one who was not mailed', async () => {
    const organization = organizationOf(1, 3, 'oldKeyInDailyUse');
    for (const [name, user] of organization[0]?.users ?? []) user.tags.set('owner', `${name}@example.com`);
    const swept = await Swept.begin({ organization });
    swept.world.aws.inject(({ service, input }) =>
      service === 'ses' && JSON.stringify(input.Destination).includes('user-1@') ? 'throttle' : undefined,
    );
    const execution = await swept.sweep({ audit: true, tellOwners: true });
    expect(swept.world.aws.mails.map(({ to }) => to.join()).toSorted()).toEqual([
      'operators@example.com',
      'user-0@example.com',
      'user-2@example.com',
    ]);
    for (const warnings of warningsOf(swept, execution)) {
      expect(warnings).toEqual([expect.stringMatching(/^The owner user-1@example\.com was not mailed/)]);
    }
  });

  it('stops mailing hundreds of owners before its function’s time is over, and mails nobody twice', async () => {
    const organization = organizationOf(1, 40, 'oldKeyInDailyUse');
    for (const [name, user] of organization[0]?.users ?? []) user.tags.set('owner', `${name}@example.com`);
    const waves = { perSweep: 40, perAccount: 40 };
    const swept = await Swept.begin({ organization, settings: { waves } });
    swept.world.aws.inject(({ service, input }) =>
      service === 'ses' && JSON.stringify(input.Destination).includes('user-') ? 'throttle' : undefined,
    );
    const execution = await swept.sweep({ audit: true, tellOwners: true });
    expect(execution.status).toBe('SUCCEEDED');
    const [warnings = []] = warningsOf(swept, execution);
    expect(warnings.at(-1)).toMatch(/^3\d owners were not mailed/);
    expect(swept.world.aws.mails).toHaveLength(1);
  });
});

it('has no warning in a report whose mails were sent', async () => {
  const swept = await Swept.begin();
  expect(warningsOf(swept, await swept.sweep({ audit: true }))).toEqual([[], []]);
});
