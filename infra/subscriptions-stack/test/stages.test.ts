import { expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { build, resources, synthesise } from './synthesise.ts';

const template = synthesise();

/** The properties by which AWS tells things of a type apart, within an account. */
const NAMED: Record<string, string> = {
  'AWS::ApiGatewayV2::Api': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Pipes::Pipe': 'Name',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
};

function names(stage: string): string[] {
  const found = Object.values(deployed(template, { Stage: stage }));
  return found.flatMap(({ Type, Properties }) => {
    const property = NAMED[Type];
    return property ? [`${Type} ${Properties[property]}`] : [];
  });
}

test('two stages live in one account: nothing of theirs has one name', () => {
  const [staging, prod] = [names('staging'), names('prod')];
  expect(staging.length).toBeGreaterThan(50);
  expect(staging.filter((name) => name.includes('[object'))).toEqual([]);
  expect(staging.filter((name) => prod.includes(name))).toEqual([]);
  expect(new Set(staging).size).toBe(staging.length);
});

test('whatever else has a name of its own is listed here', () => {
  const others = Object.values(resources(template)).filter(
    ({ Type, Properties }) =>
      !(Type in NAMED) && ['Name', 'RoleName', 'PipeName', 'TopicName'].some((name) => name in Properties),
  );
  // An alias's name is within its function, and a deployment group has none.
  expect([...new Set(others.map(({ Type }) => Type))]).toEqual(['AWS::Lambda::Alias']);
});

test('what is counted in logs is the stage’s own', () => {
  const filters = Object.values(deployed(template, { Stage: 'staging' })).filter(
    ({ Type }) => Type === 'AWS::Logs::MetricFilter',
  );
  expect(filters.length).toBeGreaterThan(2);
  for (const { Properties } of filters) {
    expect(Properties.MetricTransformations[0].MetricName).toMatch(/^pennypost-staging-subscriptions-[a-z-]+$/);
  }
});

test('the context names the stage: of the stack, and by default of everything in it', () => {
  expect(build({ stage: 'staging' }).stack.stackName).toBe('pennypost-staging-subscriptions');
  expect(synthesise({ stage: 'staging' }).toJSON().Parameters.Stage.Default).toBe('staging');
});

test('nothing is shared with another stack', () => {
  const json = JSON.stringify(template.toJSON());
  expect(json).not.toContain('Fn::ImportValue');
  for (const output of Object.values<object>(template.toJSON().Outputs)) {
    expect(output).not.toHaveProperty('Export');
  }
});

test('what is told as an output is told as a parameter, too', () => {
  const outputs = template.toJSON().Outputs;
  const parameters = Object.values(deployed(template, { Stage: 'prod' })).filter(
    ({ Type }) => Type === 'AWS::SSM::Parameter',
  );
  expect(parameters.map(({ Properties }) => Properties.Name).sort()).toEqual([
    '/pennypost/prod/subscriptions/admin-secret-arn',
    '/pennypost/prod/subscriptions/api-url',
    '/pennypost/prod/subscriptions/import-queue-url',
    '/pennypost/prod/subscriptions/inbound-dead-letters-url',
    '/pennypost/prod/subscriptions/inbound-queue-url',
    '/pennypost/prod/subscriptions/rebuild-function-name',
    '/pennypost/prod/subscriptions/relay-dead-letters-url',
    '/pennypost/prod/subscriptions/table-name',
  ]);
  expect(Object.keys(outputs)).toEqual(
    expect.arrayContaining([
      'ApiUrl',
      'TableName',
      'AdminSecretArn',
      'RebuildFunctionName',
      'InboundQueueUrl',
      'InboundDeadLettersUrl',
      'ImportQueueUrl',
    ]),
  );
});
