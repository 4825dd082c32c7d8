import { beforeEach } from 'vitest';
import { writeIntent } from '../../tasks/domain/provisioning/intents.ts';
import type { Work } from '../../tasks/domain/rotation.ts';
import { intentTag } from '../../tasks/domain/tags.ts';
import { later } from '../../tasks/domain/time.ts';
import { provisionNewKey } from '../../tasks/rotate-user-key/provision-new-key.ts';
import { now } from '../domain/uses.ts';
import { makeKey } from './given.ts';
import { executionArn, newKeyId, secretArn } from './ids.ts';
import { setUp } from './setting-up.ts';
import { makeWorkWithoutNewKey } from './work.ts';

export let world: ReturnType<typeof setUp>;
/** Each test file calls it: modules are loaded once per worker, so a hook up here would run for one file. */
export const newWorldBeforeEach = () =>
  beforeEach(() => {
    world = setUp();
  });
export const provision = (work: Work = makeWorkWithoutNewKey(), more: object = {}) =>
  provisionNewKey.invoke({ ...work, ...more }, world.dependencies);
export const done = { newKeyId, secretArn, provedAt: now.toISOString() };
export const minuteAgo = later(now, -60_000);
export const intended = { [intentTag]: writeIntent(executionArn, minuteAgo, undefined) };
export const orphan = makeKey(newKeyId, 'Active', later(minuteAgo, 1000));
