import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The files of ../constructs have no packages of their own: they get the app's.
  resolve: { dedupe: ['aws-cdk-lib', 'constructs'] },
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
