import { defineConfig } from 'vitest/config';
import SlowestFirst from './test/slowest-first.ts';

/** Tests that mock SDK clients by their class, which would affect any other file in the same process. */
const mocking = [
  'test/tasks/**/*.test.ts',
  'test/owner/**/*.test.ts',
  'test/cli/doctor.test.ts',
  'test/lambda.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['./test/global-setup.ts'],
    // The SDK's notice about Node 20 is for the person who deploys; functions run on a newer one.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    reporters: ['dot', './test/closing-line.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    sequence: { sequencer: SlowestFirst },
    // Nothing else runs at the same time; by default one core would stay idle.
    maxWorkers: '100%',
    // Lives leave much short-lived garbage.
    execArgv: ['--max-semi-space-size=64'],
    projects: [
      { extends: true, test: { name: 'mocking', include: mocking, isolate: false } },
      // The SDK is loaded once per process, not once per file: that saves a third of the time.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: mocking, isolate: false },
      },
    ],
  },
});
