import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/global-setup.ts'],
    // The SDK's notice about Node 20 is for whoever deploys; functions run on a newer one.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    reporters: ['dot', './test/closing-line.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Nothing else runs beside; by default one core would be left idle.
    maxWorkers: '100%',
  },
});
