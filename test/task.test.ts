import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { UnrecognizedKey } from '../tasks/domain/errors.ts';
import { task } from '../tasks/task.ts';
import { awsError } from './tasks/mocked-aws.ts';
import { setUp } from './tasks/setting-up.ts';

const { dependencies } = setUp();
const failing = (error: unknown) =>
  task({ name: 'Fail', input: z.unknown(), run: () => Promise.reject(error) }).invoke({}, dependencies);

describe('a task', () => {
  const add = task({
    name: 'Add',
    input: z.object({ a: z.number(), b: z.object({ c: z.coerce.date() }) }),
    run: async ({ a, b }) => ({ a: a + 1, c: b.c }),
  });

  it('runs with what its schema made of the event', async () => {
    const answer = await add.invoke({ a: 1, b: { c: '2026-11-22T08:00:00Z' } }, dependencies);
    expect(answer).toEqual({ a: 2, c: new Date('2026-11-22T08:00:00Z') });
  });

  it.each([
    ['nothing', undefined, /^Add got an invalid input: input: [^:]/],
    ['a wrong field', { a: 'x', b: { c: '2026-11-22T08:00:00Z' } }, /a: /],
    ['a field within', { a: 1, b: { c: 'never' } }, /b\.c: /],
    ['several', { b: {} }, /a: .*; b\.c: /],
  ])('refuses %s, and names every field that is wrong', async (_, event, message) => {
    await expect(add.invoke(event, dependencies)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['throttling', awsError('ThrottlingException')],
    ['IAM’s throttling', awsError('Throttling')],
    ['the organization’s', awsError('TooManyRequestsException')],
    ['a status of 429', awsError('SlowDown', 429)],
    ['a status of 500', awsError('InternalFailure', 500)],
    ['a status of 503', awsError('ServiceUnavailable', 503)],
    ['a broken connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a connection that takes too long', Object.assign(new Error('late'), { name: 'TimeoutError' })],
  ])('ends as AwsUnavailable at %s, and keeps what was said', async (_, error) => {
    await expect(failing(error)).rejects.toMatchObject({
      name: 'AwsUnavailable',
      message: `${error.name}: ${error.message}`,
      cause: error,
    });
  });

  it.each([
    ['a refusal', awsError('AccessDenied', 403)],
    ['an error of its own', new UnrecognizedKey('AKIA… is in the way')],
    ['a mistake in the code', new TypeError('x is undefined')],
    ['something that isn’t an error', 'text'],
  ])('keeps the name of %s', async (_, error) => {
    await expect(failing(error)).rejects.toBe(error);
  });
});
