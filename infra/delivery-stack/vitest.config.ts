import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The files of ../constructs have no packages of their own: they get the app's.
  resolve: { dedupe: ['aws-cdk-lib', 'constructs'] },
  test: {
    include: ['test/**/*.test.ts'],
    // One process for all files: most of the time goes into loading the CDK.
    isolate: false,
    fileParallelism: false,
    testTimeout: 120_000,
  },
});
