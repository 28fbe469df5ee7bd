import { expect, test } from 'vitest';
import { only, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const table = only(template, 'AWS::DynamoDB::Table');
const [keyId] = Object.keys(resources(template, 'AWS::KMS::Key'));
const keyArn = { 'Fn::GetAtt': [keyId, 'Arn'] };

/** The secrets, by the end of their names. */
function secret(name: string) {
  const found = Object.values(resources(template, 'AWS::SecretsManager::Secret')).find((candidate) =>
    JSON.stringify(candidate.Properties.Name).includes(`/${name}"`),
  );
  if (!found) throw new Error(`no secret ${name}`);
  return found;
}

test('the table has the shape that the services create locally', () => {
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  expect(table.Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: key('pk', 'sk'),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'listing',
        KeySchema: key('list', 'list_order'),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
});

test('the table has a stream, time to live, and every second of 35 days', () => {
  expect(table.Properties).toMatchObject({
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
  });
});

test('the table, the secrets, the logs and the alarms are encrypted with our key', () => {
  expect(table.Properties.SSESpecification).toEqual({
    SSEEnabled: true,
    SSEType: 'KMS',
    KMSMasterKeyId: keyArn,
  });
  for (const [type, property] of [
    ['AWS::SecretsManager::Secret', 'KmsKeyId'],
    ['AWS::Logs::LogGroup', 'KmsKeyId'],
    ['AWS::SNS::Topic', 'KmsMasterKeyId'],
  ] as const) {
    const found = Object.values(resources(template, type));
    expect(found.length).toBeGreaterThan(0);
    for (const { Properties } of found) {
      expect([keyArn, { Ref: keyId }]).toContainEqual(Properties[property]);
    }
  }
});

test('the key is rotated', () => {
  expect(only(template, 'AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true);
});

test('the table, its key and the keys secret stay when the stack goes; nothing else does', () => {
  const kept = Object.entries(resources(template))
    .filter(([, resource]) => resource.DeletionPolicy?.startsWith('Retain'))
    .map(([, resource]) => resource.Type);
  expect(kept.sort()).toEqual([
    'AWS::DynamoDB::Table',
    'AWS::KMS::Key',
    'AWS::SecretsManager::Secret',
  ]);
  for (const resource of [table, only(template, 'AWS::KMS::Key'), secret('keys')]) {
    expect(resource.DeletionPolicy).toBe('Retain');
    expect(resource.UpdateReplacePolicy).toBe('Retain');
  }
});

test('secrets are random, without punctuation, and the whole text of the secret', () => {
  for (const [name, length] of [
    ['admin', 24],
    ['keys', 64],
  ] as const) {
    expect(secret(name).Properties.GenerateSecretString).toEqual({
      ExcludePunctuation: true,
      PasswordLength: length,
    });
  }
});

test('logs are kept for a month', () => {
  const logs = Object.values(resources(template, 'AWS::Logs::LogGroup'));
  expect(logs).toHaveLength(7);
  for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(30);
});
