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
  expect([...new Set(wild)].sort()).toEqual([
    'cloudwatch:DescribeAlarms',
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
    'ses:GetAccount',
    // Executions of this one machine, by whatever name.
    'states:DescribeExecution',
    'states:RedriveExecution',
    'states:StopExecution',
    // As X-Ray's page for Step Functions has them.
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
});

test('no role has a policy that somebody else can change', () => {
  for (const role of Object.values(resources(template, 'AWS::IAM::Role'))) {
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  }
});

/** What each function may do, beside logs and traces. */
const MAY: Record<string, string[]> = {
  Inbound: ['read', 'write', 'receive', 'start', 'ses:GetAccount'],
  Confirmations: ['read', 'write', 'receive', 'start', 'mail', 'ses:GetAccount'],
  Feedback: ['read', 'write', 'receive'],
  Plan: ['read', 'write', 'ses:GetAccount'],
  Send: ['read', 'write', 'start', 'mail', 'bulk', 'ses:GetAccount'],
  Finish: ['read', 'write'],
  Relay: ['delete', 'events:PutEvents'],
  Sweeper: ['read', 'write', 'start', 'events:PutEvents'],
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
  start: ['states:StartExecution', 'states:DescribeExecution'],
  mail: ['ses:SendEmail', 'ses:SendRawEmail'],
  bulk: ['ses:SendBulkEmail', 'ses:SendBulkTemplatedEmail'],
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
    const beside = /^(logs|xray):/;
    const can = own.flatMap(({ statement }) => actions(statement)).filter((action) => !beside.test(action));
    const needs = may.flatMap((word) => MEANING[word] ?? [word]);
    expect([...new Set(can)].sort()).toEqual([...new Set(needs)].sort());
  });
});

test('events are put in this service’s name alone', () => {
  const putting = statements.filter(({ statement }) => actions(statement).includes('events:PutEvents'));
  expect(putting).toHaveLength(2);
  for (const { statement } of putting) {
    expect(statement.Condition).toEqual({
      'ForAllValues:StringEquals': { 'events:source': 'pennypost.delivery' },
    });
    expect(JSON.stringify(statement.Resource)).toContain(':event-bus/');
  }
});
