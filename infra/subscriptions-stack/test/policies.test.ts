import { describe, expect, test } from 'vitest';
import { resources, synthesise } from './synthesise.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

const template = synthesise();

/** Everything that says who may do what: of roles, queues, topics and keys. */
const statements = Object.entries(resources(template)).flatMap(([id, resource]) => {
  const document = resource.Properties.PolicyDocument ?? resource.Properties.KeyPolicy;
  return ((document?.Statement ?? []) as Statement[]).map((statement) => ({ id, statement }));
});

function actions({ Action }: Statement): string[] {
  return [Action].flat();
}

test('no policy allows an action with a *', () => {
  expect(statements.length).toBeGreaterThan(20);
  const allowed = statements.filter(({ statement }) => statement.Effect === 'Allow');
  const wild = allowed.filter(({ statement }) => actions(statement).some((action) => action.includes('*')));
  expect(wild).toEqual([]);
});

test('resources are named, but where AWS takes no name', () => {
  const wild = Object.entries(resources(template, 'AWS::IAM::Policy')).flatMap(([, policy]) =>
    (policy.Properties.PolicyDocument.Statement as Statement[])
      .filter(({ Resource }) => JSON.stringify(Resource).includes('*'))
      .flatMap(actions),
  );
  expect(new Set(wild)).toEqual(
    new Set(['xray:PutTelemetryRecords', 'xray:PutTraceSegments', 'cloudwatch:DescribeAlarms']),
  );
});

test('no role has a policy that somebody else can change', () => {
  for (const role of Object.values(resources(template, 'AWS::IAM::Role'))) {
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  }
});

/** What each function may do, beside logs, traces and its table's key. */
const MAY: Record<string, string[]> = {
  Api: ['read', 'write', 'secretsmanager:GetSecretValue', 'sqs:SendMessage'],
  Relay: ['delete', 'events:PutEvents'],
  Inbound: ['read', 'write', 'secretsmanager:GetSecretValue', 'receive'],
  Import: ['read', 'write', 'secretsmanager:GetSecretValue', 'sqs:SendMessage', 'receive'],
  Sweeper: ['read', 'write', 'secretsmanager:GetSecretValue', 'events:PutEvents', 'sqs:SendMessage'],
  Rebuild: ['read', 'write', 'secretsmanager:GetSecretValue'],
};

const MEANING: Record<string, string[]> = {
  read: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  write: [
    'dynamodb:BatchWriteItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
  ],
  delete: ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
  receive: [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ],
};

describe.each(Object.entries(MAY))('the function %s', (name, may) => {
  const own = statements.filter(({ id }) => id.startsWith(`Functions${name}RoleDefaultPolicy`));

  test('may do what its role needs, and no more', () => {
    const beside = /^(logs|xray|kms):/;
    const can = own.flatMap(({ statement }) => actions(statement)).filter((action) => !beside.test(action));
    const needs = may.flatMap((word) => MEANING[word] ?? [word]);
    expect([...new Set(can)].sort()).toEqual([...new Set(needs)].sort());
  });

  test('uses the key through DynamoDB and Secrets Manager only', () => {
    const ofKey = own.filter(({ statement }) => actions(statement).some((action) => action.startsWith('kms:')));
    expect(ofKey.length).toBeGreaterThan(0);
    for (const { statement } of ofKey) {
      expect(JSON.stringify(statement.Condition?.StringEquals?.['kms:ViaService'])).toMatch(
        /"(dynamodb|secretsmanager)\."/,
      );
    }
  });
});

test('only the API can read the first password', () => {
  const readers = statements.filter(({ statement }) => JSON.stringify(statement.Resource ?? '').includes('SecretsAdmin'));
  expect(readers.map(({ id }) => id)).toEqual([expect.stringMatching(/^FunctionsApiRole/)]);
});

test('events are put in this service’s name alone', () => {
  const putting = statements.filter(({ statement }) => actions(statement).includes('events:PutEvents'));
  expect(putting).toHaveLength(2);
  for (const { statement } of putting) {
    expect(statement.Condition).toEqual({
      'ForAllValues:StringEquals': { 'events:source': 'pennypost.subscriptions' },
    });
    expect(JSON.stringify(statement.Resource)).toContain(':event-bus/');
  }
});
