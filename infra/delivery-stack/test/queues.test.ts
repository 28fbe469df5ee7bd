import { describe, expect, test } from 'vitest';
import { type Resource, resources, synthesise } from './synthesise.ts';

const DAYS_14 = 14 * 24 * 60 * 60;

const template = synthesise();
const queues = resources(template, 'AWS::SQS::Queue');
const functions = resources(template, 'AWS::Lambda::Function');
const aliases = resources(template, 'AWS::Lambda::Alias');
const mappings = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping')).filter(
  (mapping) => mapping.Properties.EventSourceArn['Fn::GetAtt'][0] in queues,
);

/** The queues that others name as their dead letters' place. */
const deadLetters = new Set(
  Array.from(
    JSON.stringify(template.toJSON()).matchAll(
      /"(?:deadLetterTargetArn|DeadLetterConfig":\{"Arn)":\{"Fn::GetAtt":\["(\w+)"/g,
    ),
    (match) => match[1],
  ),
);

function isDeadLetters(id: string): boolean {
  return deadLetters.has(id);
}

test('there are four queues and five places for dead letters', () => {
  expect(Object.keys(queues)).toHaveLength(9);
  expect(Object.keys(queues).filter(isDeadLetters)).toHaveLength(5);
});

describe.each(Object.entries(queues))('%s', (id, queue) => {
  test('keeps messages for 14 days, encrypted', () => {
    expect(queue.Properties.MessageRetentionPeriod).toBe(DAYS_14);
    expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
  });

  test('has dead letters after 16 tries, or is for dead letters', () => {
    if (isDeadLetters(id)) return expect(queue.Properties.RedrivePolicy).toBeUndefined();
    expect(queue.Properties.RedrivePolicy.maxReceiveCount).toBe(16);
  });

  test('refuses whoever comes without TLS', () => {
    const policy = Object.values(resources(template, 'AWS::SQS::QueuePolicy')).find(
      (candidate) => candidate.Properties.Queues[0].Ref === id,
    );
    expect(policy?.Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Resource: { 'Fn::GetAtt': [id, 'Arn'] },
    });
  });

  test('has an alarm', () => {
    const metric = isDeadLetters(id) ? 'ApproximateNumberOfMessagesVisible' : 'ApproximateAgeOfOldestMessage';
    const alarm = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).find(
      ({ Properties: { MetricName, Dimensions } }) =>
        MetricName === metric && Dimensions[0].Value['Fn::GetAtt']?.[0] === id,
    );
    expect(alarm).toBeDefined();
  });
});

test('every queue has its reader, which tells what failed and is bounded', () => {
  const read = mappings.map((mapping) => mapping.Properties.EventSourceArn['Fn::GetAtt'][0]);
  expect(read.sort()).toEqual(Object.keys(queues).filter((id) => !isDeadLetters(id)).sort());
  for (const { Properties } of mappings) {
    expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
  }
});

test('a message stays invisible for six times as long as its reader may take', () => {
  for (const { Properties } of mappings) {
    const queue = queues[Properties.EventSourceArn['Fn::GetAtt'][0]];
    const timeout = reader(Properties).Properties.Timeout;
    expect(queue?.Properties.VisibilityTimeout).toBe(6 * timeout);
  }
});

function reader(mapping: Resource['Properties']): Resource {
  const name = JSON.stringify(mapping.FunctionName);
  const alias = Object.entries(aliases).find(([id]) => name.includes(id))?.[1];
  const id = (alias?.Properties ?? mapping).FunctionName.Ref;
  const found = functions[id];
  if (!found) throw new Error(`nobody reads: ${name}`);
  return found;
}

test('confirmations are read by a function of their own, few at a time', () => {
  const reading = mappings.filter(
    ({ Properties: { EventSourceArn } }) => /Confirmations/.test(EventSourceArn['Fn::GetAtt'][0]),
  );
  expect(reading).toHaveLength(1);
  expect(reading[0]?.Properties.FunctionName.Ref).toMatch(/^FunctionsConfirmations/);
  expect(reading[0]?.Properties.ScalingConfig.MaximumConcurrency).toBe(2);
});

test('what changes and controls say is read by the alias', () => {
  const reading = mappings.filter(({ Properties: { EventSourceArn } }) =>
    /Changes|Controls/.test(EventSourceArn['Fn::GetAtt'][0]));
  expect(reading).toHaveLength(2);
  for (const { Properties } of reading) {
    expect(JSON.stringify(Properties.FunctionName)).toContain('LiveInbound');
  }
});
