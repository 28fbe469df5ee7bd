import { type App, Validations } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { build } from './synthesise.ts';

function check(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  // Throws the findings that nobody acknowledged.
  app.synth();
}

test('cdk-nag finds nothing that has no reason', () => {
  expect(() => check(build().app)).not.toThrow();
});

test('cdk-nag would find something', () => {
  const { app, stack } = build();
  new CfnTopic(stack, 'Unencrypted');
  expect(() => check(app)).toThrow(/AwsSolutions-SNS/);
});
