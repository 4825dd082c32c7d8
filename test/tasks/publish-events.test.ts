import { gzipSync } from 'node:zlib';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { reportedSteps } from '../../tasks/aws/reported.ts';
import type { ReportedStep } from '../../tasks/domain/events/event.ts';
import { shortKeyId } from '../../tasks/domain/keys.ts';
import { publishEvents } from '../../tasks/events/publish-events.ts';
import { now } from '../domain/uses.ts';
import { accountId, executionArn, newKeyId, oldKeyId, userName } from './ids.ts';
import { setUp } from './setting-up.ts';

const bus = mockClient(EventBridgeClient);
const about = { accountId, userName, executionArn };
const ready: ReportedStep = { name: 'Key ready', ...about, oldKeyId, newKeyId };

/** What CloudWatch Logs delivers of these lines. */
const delivered = (lines: readonly string[]) => ({
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '111111111111',
        logEvents: lines.map((message, index) => ({ id: String(index), timestamp: now.getTime(), message })),
      }),
    ).toString('base64'),
  },
});
const reported = (steps: readonly ReportedStep[], at = now): string[] => {
  const lines: string[] = [];
  const events = reportedSteps(
    (line) => void lines.push(line),
    () => at,
  );
  for (const step of steps) events.report(step);
  return lines;
};
const entries = () => bus.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input.Entries ?? []);

describe('PublishEvents', () => {
  beforeEach(() => {
    bus.reset();
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  });
  const publish = (lines: readonly string[], { dependencies } = setUp()) =>
    publishEvents.invoke(delivered(lines), dependencies);

  it('puts a reported step on the bus, with shortened key IDs', async () => {
    await expect(publish(reported([ready]))).resolves.toEqual({ put: 1 });
    const [[entry] = []] = entries();
    expect(entry).toMatchObject({
      ...{ EventBusName: 'keyturn', Source: 'keyturn', DetailType: 'Key ready', Time: now },
      Resources: [executionArn],
    });
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({
      ...{ version: '1', id: expect.stringMatching(/^[0-9a-f]{32}$/), at: now.toISOString(), ...about },
      ...{ oldKeyId: shortKeyId(oldKeyId), newKeyId: shortKeyId(newKeyId) },
    });
  });

  it('gives the same step the same ID whenever it is reported', async () => {
    await publish([...reported([ready]), ...reported([ready], new Date(now.getTime() + 60_000))]);
    await publish(reported([{ ...ready, newKeyId: oldKeyId }]));
    const ids = entries()
      .flat()
      .map(({ Detail = '' }) => JSON.parse(Detail).id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('shows the whole ID of a leaked key', async () => {
    await publish(reported([{ name: 'Key leaked', ...about, keyId: oldKeyId }]));
    expect(entries()[0]?.[0]?.Detail).toContain(`"${oldKeyId}"`);
  });

  it('puts no more than ten in one call', async () => {
    const steps = Array.from(
      { length: 23 },
      (_, round): ReportedStep => ({
        ...{ name: 'Owner asked', ...about, oldKeyId, reminder: 0, answerBy: now.toISOString() },
        round,
      }),
    );
    await expect(publish(reported(steps))).resolves.toEqual({ put: 23 });
    expect(entries().map(({ length }) => length)).toEqual([10, 10, 3]);
  });

  it('makes no call for lines that report no step', async () => {
    await expect(publish(['{"level":"INFO","message":"asked"}', 'START RequestId: 1'])).resolves.toEqual({
      put: 0,
    });
    expect(entries()).toEqual([]);
  });

  it('never puts what the schema doesn’t know, and says so', async () => {
    const lines = reported([
      { ...ready, ...{ token: 'AAAA' } },
      Object.assign({}, ready, { name: 'Key lost' }),
      { ...ready, newKeyId: 'https://example.com/answer/1' },
    ]);
    const context = setUp();
    await expect(publish(lines, context)).resolves.toEqual({ put: 0 });
    expect(entries()).toEqual([]);
    expect(context.logged.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  it('fails if EventBridge didn’t accept all of them, so that Lambda tries again', async () => {
    bus
      .on(PutEventsCommand)
      .resolves({ FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }] });
    await expect(publish(reported([ready, ready]))).rejects.toMatchObject({
      name: 'AwsUnavailable',
      message: expect.stringContaining('ThrottlingException'),
    });
  });

  it.each([[{}], [{ awslogs: { data: 'bm90IGNvbXByZXNzZWQ=' } }]])(
    'takes nothing from a delivery like %j',
    async (event) => {
      const { dependencies } = setUp();
      const put = publishEvents.invoke(event, dependencies);
      await ('awslogs' in event
        ? expect(put).resolves.toEqual({ put: 0 })
        : expect(put).rejects.toMatchObject({ name: 'InvalidInput' }));
      expect(entries()).toEqual([]);
    },
  );
});
