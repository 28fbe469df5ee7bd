import { Aws, CfnDeletionPolicy, Fn, Token } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './function.ts';
import { KEY_USE } from './key.ts';

/** For how many days back the table can be restored to any second: the most there is. */
const RECOVERY_DAYS = 35;

/** The index that lists run over. */
const LISTING = 'listing';

export interface ServiceTableProps {
  readonly deployment: Deployment;
  /** A customer-managed key; none: DynamoDB's own in KMS (`alias/aws/dynamodb`). */
  readonly encryptionKey?: IKey;
}

/** What a function may do with the table. */
export type Access = 'read' | 'write' | 'delete';

/** The actions are those that `dynamo/src` makes, transactions included. */
const ACTIONS: Record<Access, string[]> = {
  read: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  write: [
    'dynamodb:BatchWriteItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
  ],
  delete: ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
};

/**
 * The service's one table, of the shape in `dynamo/src/schema.rs`, with the stream
 * that feeds the relay. It stays when the stack goes.
 */
export class ServiceTable extends Construct {
  readonly tableName: string;
  readonly tableArn: string;
  readonly streamArn: string;
  /** The resource itself, for who adopts it or depends on it. */
  readonly resource: CfnTable;
  readonly encryptionKey?: IKey;

  constructor(scope: Construct, id: string, props: ServiceTableProps) {
    super(scope, id);
    const { deployment, encryptionKey } = props;
    const attributes = ['pk', 'sk', 'list', 'list_order'];
    this.encryptionKey = encryptionKey;
    this.resource = new CfnTable(this, 'Table', {
      tableName: deployment.name(),
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: attributes.map((attributeName) => ({
        attributeName,
        attributeType: 'S',
      })),
      keySchema: keys('pk', 'sk'),
      globalSecondaryIndexes: [
        {
          indexName: LISTING,
          keySchema: keys('list', 'list_order'),
          projection: { projectionType: 'ALL' },
        },
      ],
      timeToLiveSpecification: { attributeName: 'expires_at', enabled: true },
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: RECOVERY_DAYS,
      },
      streamSpecification: { streamViewType: 'NEW_IMAGE' },
      sseSpecification: {
        sseEnabled: true,
        sseType: 'KMS',
        kmsMasterKeyId: encryptionKey?.keyArn,
      },
      // The tests of the local cloud lose the table on purpose.
      deletionProtectionEnabled: Token.asAny(
        Fn.conditionIf(deployment.onAws.logicalId, true, false),
      ),
    });
    this.resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    this.resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.tableName = this.resource.ref;
    this.tableArn = this.resource.attrArn;
    this.streamArn = this.resource.attrStreamArn;
  }

  /** Lets a function use the table, and its key for nothing else than that. */
  grant(to: ServiceFunction, ...access: Access[]): void {
    const actions = [...new Set(access.flatMap((kind) => ACTIONS[kind]))];
    const reads = access.includes('read');
    to.allow(actions, [this.tableArn, ...(reads ? [`${this.tableArn}/index/${LISTING}`] : [])]);
    if (this.encryptionKey) {
      to.allow(KEY_USE, [this.encryptionKey.keyArn], via('dynamodb'));
    }
  }
}

/** The condition that a key is used through `service` alone. */
export function via(service: string): Record<string, unknown> {
  return { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` } };
}

function keys(hash: string, range: string) {
  return [
    { attributeName: hash, keyType: 'HASH' },
    { attributeName: range, keyType: 'RANGE' },
  ];
}
