import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resources, ROOT, synthesise } from './synthesise.ts';

const template = synthesise();
const rules = Object.entries(resources(template, 'AWS::Events::Rule'))
  .filter(([, { Properties }]) => Properties.EventPattern.source[0] !== 'aws.ses')
  .map(([id, { Properties }]) => [id, Properties] as const);

/** The name of the queue that a rule fills, from its id. */
function queueOf(id: string): string {
  return /^Queues(\w+)Rule/.exec(id)![1]!.toLowerCase();
}

test('every type that a rule takes is in the contracts, and comes from subscriptions', () => {
  const types: string[] = rules.flatMap(([, rule]) => rule.EventPattern['detail-type']);
  expect(types.length).toBeGreaterThan(10);
  for (const type of types) {
    const schema = readFileSync(join(ROOT, `contracts/schemas/${type}.json`), 'utf8');
    const example = readFileSync(join(ROOT, `contracts/examples/${type}.json`), 'utf8');
    expect(JSON.parse(schema)).toBeTruthy();
    expect(JSON.parse(example)).toMatchObject({ type, source: 'pennypost.subscriptions' });
  }
});

test('the rules take exactly what the service consumes, each for the queue that it names', () => {
  const described = JSON.parse(readFileSync(join(ROOT, 'docs/asyncapi/delivery.json'), 'utf8'));
  const consumed = Object.values<{ action: string; channel: { $ref: string }; 'x-queue'?: string }>(
    described.operations,
  )
    .filter(({ action }) => action === 'receive')
    .map((operation) => [operation['x-queue'], operation.channel.$ref.split('/').pop()]);
  // The service calls the queue of changes its inbound one.
  const taken = rules.flatMap(([id, rule]) =>
    rule.EventPattern['detail-type'].map((type: string) => [
      queueOf(id).replace('changes', 'inbound'),
      type,
    ]),
  );
  expect(taken.sort()).toEqual(consumed.sort());
});

describe.each(rules)('%s', (id, rule) => {
  test('takes subscriptions’ events of its own stage from the bus that is named', () => {
    expect(rule.EventPattern.source).toEqual(['pennypost.subscriptions']);
    expect(rule.EventPattern.detail).toEqual({ stage: [{ Ref: 'Stage' }] });
    expect(rule.EventBusName).toEqual({ Ref: 'EventBusName' });
  });

  test('fills its queue; what does not get there within a day is a dead letter', () => {
    const queue = new RegExp(`^Queues${queueOf(id)}Queue`, 'i');
    const deadLetters = new RegExp(`^Queues${queueOf(id)}DeadLetters`, 'i');
    expect(rule.Targets).toHaveLength(1);
    expect(rule.Targets[0]).toMatchObject({
      Arn: { 'Fn::GetAtt': [expect.stringMatching(queue), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(deadLetters), 'Arn'] } },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    });
  });
});
