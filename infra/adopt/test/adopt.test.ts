import { describe, expect, it } from 'vitest';
import { adopt } from '../src/adopt.ts';
import { arnOf, surroundings, type Account } from './account.ts';
import { DELIVERY, SUBSCRIPTIONS } from './templates.ts';

const KEY_ARN = 'arn:aws:kms:eu-west-1:1:key/the-key';
const EMPTY: Account = { tables: {}, secrets: {}, keys: {} };
const WITH_TABLE: Account = { ...EMPTY, tables: { 'pennypost-prod-delivery': {} } };
const SUBSCRIBERS: Account = {
  tables: { 'pennypost-prod-subscriptions': { keyArn: KEY_ARN } },
  secrets: { 'pennypost-prod-keys': { keyArn: KEY_ARN }, 'pennypost-prod-admin': {} },
  keys: { [KEY_ARN]: 'Enabled' },
};
const delivery = (parameters = {}) => ({ stack: 'x', template: DELIVERY, parameters });
const subscriptions = { stack: 'x', template: SUBSCRIPTIONS, parameters: {} };

describe('a stack that was deleted', () => {
  it('adopts its table, with as much of the template as that needs', async () => {
    const around = surroundings(structuredClone(WITH_TABLE));
    await adopt(delivery({ FromAddress: 'a@b', LocalCloud: 'true' }), around);
    const [asked] = around.asked('CreateChangeSetCommand');
    expect(asked).toMatchObject({ ChangeSetType: 'IMPORT', StackName: 'x' });
    expect(asked!.ResourcesToImport).toEqual([
      {
        LogicalResourceId: 'Table',
        ResourceType: 'AWS::DynamoDB::Table',
        ResourceIdentifier: { TableName: 'pennypost-prod-delivery' },
      },
    ]);
    const template = JSON.parse(asked!.TemplateBody);
    expect(Object.keys(template.Resources)).toEqual(['Table']);
    expect(Object.keys(template.Resources.Table)).toEqual([
      'Type', 'Properties', 'DeletionPolicy', 'UpdateReplacePolicy',
    ]);
    expect(Object.keys(template.Parameters)).toEqual(['Stage', 'LocalCloud']);
    expect(Object.keys(template.Conditions)).toEqual(['OnAws', 'OnLocalCloud']);
    expect(asked!.Parameters).toEqual([{ ParameterKey: 'LocalCloud', ParameterValue: 'true' }]);
    expect(around.asked('ExecuteChangeSetCommand')).toEqual([{ ChangeSetName: 'set' }]);
  });

  it('is found at the stage that is named', async () => {
    const account = { ...EMPTY, tables: { 'pennypost-beta-delivery': {} } };
    expect(await adopt(delivery({ Stage: 'beta' }), surroundings(account))).toHaveLength(1);
  });

  it('adopts table, secrets, and the key that encrypts them', async () => {
    const around = surroundings(structuredClone(SUBSCRIBERS));
    const adopted = await adopt(subscriptions, around);
    expect(adopted.map(({ logicalId, identifier }) => [logicalId, identifier])).toEqual([
      ['Table', { TableName: 'pennypost-prod-subscriptions' }],
      ['Keys', { Id: arnOf('pennypost-prod-keys') }],
      ['Admin', { Id: arnOf('pennypost-prod-admin') }],
      ['Key', { KeyId: 'the-key' }],
    ]);
  });

  it('adopts the rest where some was lost, too', async () => {
    const account = { ...structuredClone(SUBSCRIBERS), tables: {} };
    const adopted = await adopt(subscriptions, surroundings(account));
    expect(adopted.map(({ logicalId }) => logicalId)).toEqual(['Keys', 'Admin', 'Key']);
  });

  it('that left nothing behind is left to the deployment', async () => {
    const around = surroundings(structuredClone(EMPTY));
    expect(await adopt(delivery(), around)).toEqual([]);
    expect(around.asked('CreateChangeSetCommand')).toEqual([]);
  });

  it('can be tried again after an import that was not executed', async () => {
    const account = structuredClone(WITH_TABLE);
    account.stack = { status: 'REVIEW_IN_PROGRESS', resources: {} };
    expect(await adopt(delivery(), surroundings(account))).toHaveLength(1);
  });
});

describe('a stack that is there', () => {
  it('is left alone if it has what it retains', async () => {
    const account = structuredClone(WITH_TABLE);
    account.stack = { status: 'UPDATE_COMPLETE', resources: { Table: 'pennypost-prod-delivery' } };
    const around = surroundings(account);
    expect(await adopt(delivery(), around)).toEqual([]);
    expect(around.asked('CreateChangeSetCommand')).toEqual([]);
  });

  it('is refused if what it should have is beside it', async () => {
    const account = structuredClone(WITH_TABLE);
    account.stack = { status: 'ROLLBACK_COMPLETE', resources: {} };
    await expect(adopt(delivery(), surroundings(account))).rejects.toThrow(
      'x is there (ROLLBACK_COMPLETE) without Table',
    );
  });
});

describe('an import is refused', () => {
  it('while the table is being deleted', async () => {
    const account = { ...EMPTY, tables: { 'pennypost-prod-delivery': { status: 'DELETING' } } };
    await expect(adopt(delivery(), surroundings(account))).rejects.toThrow('is being deleted');
  });

  it('if a secret is scheduled for deletion', async () => {
    const account = structuredClone(SUBSCRIBERS);
    account.secrets['pennypost-prod-keys']!.deleted = true;
    await expect(adopt(subscriptions, surroundings(account))).rejects.toThrow('scheduled for deletion');
  });

  it('if the key is on its way to deletion', async () => {
    const account = { ...structuredClone(SUBSCRIBERS), keys: { [KEY_ARN]: 'PendingDeletion' } };
    await expect(adopt(subscriptions, surroundings(account))).rejects.toThrow('PendingDeletion');
  });

  it('if table and secret have different keys where the template has one', async () => {
    const account = structuredClone(SUBSCRIBERS);
    account.secrets['pennypost-prod-keys']!.keyArn = `${KEY_ARN}-other`;
    await expect(adopt(subscriptions, surroundings(account))).rejects.toThrow('several');
  });

  it('by CloudFormation, whose reason is told; the change set is not left', async () => {
    const around = surroundings({ ...structuredClone(WITH_TABLE), refusal: 'no such thing' });
    await expect(adopt(delivery(), around)).rejects.toThrow('no such thing');
    expect(around.asked('DeleteChangeSetCommand')).toHaveLength(1);
    expect(around.asked('ExecuteChangeSetCommand')).toEqual([]);
  });

  it('and said so if it is rolled back', async () => {
    const account = { ...structuredClone(WITH_TABLE), importEnds: 'IMPORT_ROLLBACK_COMPLETE' };
    await expect(adopt(delivery(), surroundings(account))).rejects.toThrow('IMPORT_ROLLBACK_COMPLETE');
  });

  it('for a parameter that the template does not have', async () => {
    await expect(adopt(delivery({ Stge: 'x' }), surroundings(EMPTY))).rejects.toThrow('Stge');
  });
});

it('tells of what is retained and cannot be adopted', async () => {
  const template = structuredClone(DELIVERY);
  template.Resources.Bucket = { Type: 'AWS::S3::Bucket', DeletionPolicy: 'RetainExceptOnCreate' };
  const around = surroundings(structuredClone(WITH_TABLE));
  await adopt({ ...delivery(), template }, around);
  expect(around.told[0]).toBe('left alone: Bucket, a AWS::S3::Bucket');
});
