import { ArnFormat, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Effect, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';

/** What whoever uses encrypted data needs of its key. */
export const KEY_USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * What the account may do with its key, action by action: so IAM policies decide,
 * and nobody is given an action that is not known yet.
 */
const KEY_ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:CreateGrant',
  'kms:DeleteAlias',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RetireGrant',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** How long a key that somebody deletes can still be had back: the most there is. */
const PENDING_WINDOW = Duration.days(30);

export interface ServiceKeyProps {
  readonly deployment: Deployment;
  /** Whether the key stays when the stack goes: it must if data stays that needs it. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A customer-managed key, rotated every year, for one service's data: its table,
 * its secrets, its logs (of the names `/aws/…/pennypost-STAGE-SERVICE-…`) and the
 * alarms that CloudWatch puts on a topic.
 */
export class ServiceKey extends Key {
  constructor(scope: Construct, id: string, props: ServiceKeyProps) {
    const { deployment } = props;
    super(scope, id, {
      alias: deployment.name(),
      description: `What Pennypost's ${deployment.service} keeps`,
      enableKeyRotation: true,
      pendingWindow: PENDING_WINDOW,
      removalPolicy: props.removalPolicy,
      policy: new PolicyDocument({ statements: policy(deployment) }),
    });
  }
}

/** In a key's policy the resource `*` means this key: there is no other way to say it. */
function policy(deployment: Deployment): PolicyStatement[] {
  const stack = Stack.of(deployment.stack);
  const logs = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `/aws/*/${deployment.name()}-*`,
  });
  return [
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new AccountRootPrincipal()],
      actions: [...KEY_ADMINISTRATION, ...KEY_USE],
      resources: ['*'],
    }),
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
      actions: KEY_USE,
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logs } },
    }),
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  ];
}
