import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { only, resources, ROOT, synthesise } from './synthesise.ts';

const template = synthesise();
const pipe = only(template, 'AWS::Pipes::Pipe').Properties;
const mapping = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping')).find(
  (resource) => resource.Condition === 'OnLocalCloud',
)?.Properties;

test('the pipe lets inserted outbox rows through, and nothing else', () => {
  const filters = pipe.SourceParameters.FilterCriteria.Filters;
  const row = readFileSync(join(ROOT, 'outbox/src/row.rs'), 'utf8');
  const prefix = /PARTITION_PREFIX: &str = "(.+)"/.exec(row)?.[1];
  expect(prefix).toBeTruthy();
  expect(filters.map((filter: { Pattern: string }) => JSON.parse(filter.Pattern))).toEqual([
    { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix }] } } } },
  ]);
});

test('the pipe starts with what the stream has, retries, bisects, and gives up to dead letters', () => {
  expect(pipe.SourceParameters.DynamoDBStreamParameters).toEqual({
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    MaximumRetryAttempts: 10,
    MaximumRecordAgeInSeconds: 3600,
    OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^RelayTriggerDeadLetters/), 'Arn'] } },
  });
  expect(pipe.TargetParameters.LambdaFunctionParameters.InvocationType).toBe('REQUEST_RESPONSE');
  expect(pipe.DesiredState).toBe('RUNNING');
});

test('the event source mapping of the local cloud does the same', () => {
  const { DynamoDBStreamParameters: ofPipe, ...source } = {
    ...pipe.SourceParameters,
  };
  expect(mapping).toMatchObject({
    EventSourceArn: pipe.Source,
    FilterCriteria: source.FilterCriteria,
    StartingPosition: ofPipe.StartingPosition,
    BatchSize: ofPipe.BatchSize,
    MaximumRetryAttempts: ofPipe.MaximumRetryAttempts,
    MaximumRecordAgeInSeconds: ofPipe.MaximumRecordAgeInSeconds,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: ofPipe.DeadLetterConfig.Arn } },
  });
});

test('what the sweeper logs of a relay that stands still is what the metric counts', () => {
  const filters = Object.values(resources(template, 'AWS::Logs::MetricFilter'));
  const counted = filters.map(({ Properties }) => Properties);
  const [filter] = counted.filter(({ FilterPattern }) => FilterPattern.includes('left over'));
  const sweeper = readFileSync(join(ROOT, 'outbox/src/sweeper.rs'), 'utf8');
  const logged = /tracing::warn!\((\w+) = [^,]+, "(.+)"\)/.exec(sweeper);
  expect(filter?.FilterPattern).toBe(`{ $.message = "${logged?.[2]}" }`);
  expect(filter?.MetricTransformations[0].MetricValue).toBe(`$.fields.${logged?.[1]}`);
});

test('the sweeper is called every five minutes', () => {
  const schedule = only(template, 'AWS::Scheduler::Schedule').Properties;
  expect(schedule.ScheduleExpression).toBe('rate(5 minutes)');
  expect(schedule.Target.Arn['Fn::GetAtt'][0]).toMatch(/^FunctionsSweeper/);
});
