/** Templates of the kind that CDK makes of ours. */
import type { Json, Template } from '../src/template.ts';

const RETAIN = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

function named(...suffix: string[]): Json {
  return { 'Fn::Join': ['', ['pennypost-', { Ref: 'Stage' }, ...suffix]] };
}

const PARAMETERS = {
  Stage: { Type: 'String', Default: 'prod' },
  LocalCloud: { Type: 'String', Default: 'false' },
  FromAddress: { Type: 'String' },
  BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/x/version' },
};

/** A table that needs nothing else, and what goes with the stack. */
export const DELIVERY: Template = {
  Parameters: PARAMETERS,
  Conditions: {
    OnAws: { 'Fn::Not': [{ Condition: 'OnLocalCloud' }] },
    OnLocalCloud: { 'Fn::Equals': [{ Ref: 'LocalCloud' }, 'true'] },
    Other: { 'Fn::Equals': [{ Ref: 'FromAddress' }, ''] },
  },
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      ...RETAIN,
      DependsOn: ['Queue'],
      Metadata: { some: 'thing' },
      Properties: {
        TableName: named('-delivery'),
        DeletionProtectionEnabled: { 'Fn::If': ['OnAws', true, false] },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Delete' },
  },
};

/** A table and two secrets, one with a key that the table has, too. */
export const SUBSCRIPTIONS: Template = {
  Parameters: PARAMETERS,
  Resources: {
    Key: {
      Type: 'AWS::KMS::Key',
      ...RETAIN,
      Properties: { KeyPolicy: { Principal: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } } },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      ...RETAIN,
      Properties: {
        TableName: named('-subscriptions'),
        SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
      },
    },
    Keys: {
      Type: 'AWS::SecretsManager::Secret',
      ...RETAIN,
      Properties: { Name: { 'Fn::Sub': 'pennypost-${Stage}-keys' }, KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    },
    Admin: {
      Type: 'AWS::SecretsManager::Secret',
      ...RETAIN,
      Properties: { Name: named('-admin') },
    },
    Function: { Type: 'AWS::Lambda::Function', Properties: { Table: { Ref: 'Table' } } },
  },
};
