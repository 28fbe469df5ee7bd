import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { only, ROOT, synthesise } from './synthesise.ts';

const rule = only(synthesise(), 'AWS::Events::Rule').Properties;
const types: string[] = rule.EventPattern['detail-type'];

test('every type that the rule takes is in the contracts, and comes from delivery', () => {
  for (const type of types) {
    const schema = readFileSync(join(ROOT, `contracts/schemas/${type}.json`), 'utf8');
    const example = readFileSync(join(ROOT, `contracts/examples/${type}.json`), 'utf8');
    expect(JSON.parse(schema)).toBeTruthy();
    expect(JSON.parse(example)).toMatchObject({ type, source: 'pennypost.delivery' });
  }
});

test('the rule takes exactly what the service consumes', () => {
  const described = JSON.parse(readFileSync(join(ROOT, 'docs/asyncapi/subscriptions.json'), 'utf8'));
  const consumed = Object.values<{ action: string; channel: { $ref: string }; 'x-queue'?: string }>(
    described.operations,
  )
    .filter(({ action }) => action === 'receive')
    .map((operation) => [operation['x-queue'], operation.channel.$ref.split('/').pop()]);
  expect(consumed.sort()).toEqual(types.map((type) => ['inbound', type]).sort());
});

test('the rule takes delivery’s events of its own stage from the bus that is named', () => {
  expect(rule.EventPattern.source).toEqual(['pennypost.delivery']);
  expect(rule.EventPattern.detail).toEqual({ stage: [{ Ref: 'Stage' }] });
  expect(rule.EventBusName).toEqual({ Ref: 'EventBusName' });
});

test('what does not get into the queue within a day is a dead letter', () => {
  expect(rule.Targets).toHaveLength(1);
  expect(rule.Targets[0]).toMatchObject({
    Arn: { 'Fn::GetAtt': [expect.stringMatching(/^InboundQueue/), 'Arn'] },
    DeadLetterConfig: {
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^InboundQueueDeadLetters/), 'Arn'] },
    },
    RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
  });
});
