import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { only, resources, ROOT, synthesise } from './synthesise.ts';

const template = synthesise();
const table = only(template, 'AWS::DynamoDB::Table');
const [keyId] = Object.keys(resources(template, 'AWS::KMS::Key'));
const keyArn = { 'Fn::GetAtt': [keyId, 'Arn'] };

test('the table has the shape that the services create locally', () => {
  const schema = readFileSync(join(ROOT, 'dynamo/src/schema.rs'), 'utf8');
  const name = (constant: string) => new RegExp(`${constant}: &str = "(\\w+)"`).exec(schema)![1]!;
  const key = (hash: string, range: string) => [
    { AttributeName: name(hash), KeyType: 'HASH' },
    { AttributeName: name(range), KeyType: 'RANGE' },
  ];
  expect(table.Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: key('PARTITION_KEY', 'SORT_KEY'),
    GlobalSecondaryIndexes: [
      {
        IndexName: name('LISTING_INDEX'),
        KeySchema: key('LIST_KEY', 'LIST_ORDER'),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    TimeToLiveSpecification: { AttributeName: name('EXPIRES_AT'), Enabled: true },
  });
});

test('the table has a stream, and every second of 35 days', () => {
  expect(table.Properties).toMatchObject({
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
  });
});

test('the table is encrypted by the key that DynamoDB has in KMS, logs and alarms by ours', () => {
  expect(table.Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
  expect(only(template, 'AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true);
  const logs = Object.values(resources(template, 'AWS::Logs::LogGroup'));
  // Eight functions, and the state machine.
  expect(logs).toHaveLength(9);
  for (const { Properties } of logs) {
    expect(Properties.KmsKeyId).toEqual(keyArn);
    expect(Properties.RetentionInDays).toBe(30);
  }
  expect([keyArn, { Ref: keyId }]).toContainEqual(only(template, 'AWS::SNS::Topic').Properties.KmsMasterKeyId);
});

test('the table stays when the stack goes, and nothing else does', () => {
  const kept = Object.values(resources(template)).filter(
    ({ DeletionPolicy, UpdateReplacePolicy }) =>
      DeletionPolicy?.startsWith('Retain') || UpdateReplacePolicy?.startsWith('Retain'),
  );
  expect(kept).toEqual([table]);
  expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});
