#!/usr/bin/env node
// What `npx keyturn` runs in a clone after `npm ci`: no build step, so TypeScript is read as it is.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch {
  process.stderr.write('keyturn: run npm ci first, in the folder of keyturn.\n');
  process.exit(2);
}
await import('./index.ts');
