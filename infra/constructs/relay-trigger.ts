import { Aws, type CfnResource } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './function.ts';
import { RELAY_BATCH, RELAY_MAX_AGE, RELAY_RETRIES } from './limits.ts';
import { DeadLetterQueue } from './queue.ts';
import { type ServiceTable, via } from './table.ts';

/** Inserted outbox rows, and nothing else (`PARTITION_PREFIX` in `outbox/src/row.rs`). */
const INSERTED_OUTBOX_ROWS = JSON.stringify({
  eventName: ['INSERT'],
  dynamodb: { Keys: { pk: { S: [{ prefix: 'OUTBOX#' }] } } },
});

export interface RelayTriggerProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly table: ServiceTable;
  readonly relay: ServiceFunction;
}

/**
 * Feeds the relay from the table's stream: by an EventBridge Pipe, or, on the local
 * cloud, whose pipes deliver nothing, by an event source mapping of the same filter
 * and limits. Either tells the relay's answer apart record by record. What is given
 * up leaves a note of its place in the stream with the dead letters; the row itself
 * is in the table, and the sweeper publishes it.
 */
export class RelayTrigger extends Construct {
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: RelayTriggerProps) {
    super(scope, id);
    const { deployment, alarms } = props;
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      deployment,
      alarms,
      name: 'relay',
      description:
        'Records of outbox rows were given up. The rows are in the table and the sweeper publishes them: see why in the log of the relay, then purge this queue.',
    });
    this.addPipe(props);
    this.addMapping(props);
  }

  private addPipe({ deployment, alarms, table, relay }: RelayTriggerProps): void {
    const role = new Role(this, 'PipeRole', {
      description: 'Reads the stream and calls the relay',
      assumedBy: new ServicePrincipal('pipes.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const policy = new Policy(this, 'PipePolicy', {
      roles: [role],
      statements: [
        ...this.readsStream(table),
        allow(['lambda:InvokeFunction'], relay.function.functionArn),
      ],
    });
    const name = deployment.name('relay');
    const pipe = new CfnPipe(this, 'Pipe', {
      name,
      description: 'Inserted outbox rows, to the relay',
      desiredState: 'RUNNING',
      roleArn: role.roleArn,
      source: table.streamArn,
      sourceParameters: {
        filterCriteria: { filters: [{ pattern: INSERTED_OUTBOX_ROWS }] },
        dynamoDbStreamParameters: {
          startingPosition: 'TRIM_HORIZON',
          batchSize: RELAY_BATCH,
          maximumRetryAttempts: RELAY_RETRIES,
          maximumRecordAgeInSeconds: RELAY_MAX_AGE.toSeconds(),
          onPartialBatchItemFailure: 'AUTOMATIC_BISECT',
          deadLetterConfig: { arn: this.deadLetters.queueArn },
        },
      },
      target: relay.function.functionArn,
      targetParameters: {
        // Its answer says which records failed, so it is waited for.
        lambdaFunctionParameters: { invocationType: 'REQUEST_RESPONSE' },
      },
    });
    pipe.node.addDependency(policy);
    for (const resource of [role, policy, pipe]) only(resource, deployment.onAws);

    alarms.add('relay-pipe-failing', {
      description:
        'The pipe from the table to the relay fails. It may disable itself: see its state and the reason for it, repair that, and start it. Meanwhile the sweeper publishes, some minutes late.',
      metric: new Metric({
        namespace: 'AWS/EventBridge/Pipes',
        metricName: 'ExecutionFailed',
        dimensionsMap: { PipeName: name },
        period: ALARM_PERIOD,
        statistic: 'Sum',
      }),
      threshold: 1,
      periods: 2,
    });
  }

  private addMapping({ deployment, table, relay }: RelayTriggerProps): void {
    const policy = new Policy(this, 'MappingPolicy', {
      roles: [relay.role],
      statements: this.readsStream(table),
    });
    const mapping = new CfnEventSourceMapping(this, 'Mapping', {
      eventSourceArn: table.streamArn,
      functionName: relay.function.functionName,
      startingPosition: 'TRIM_HORIZON',
      batchSize: RELAY_BATCH,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: RELAY_RETRIES,
      maximumRecordAgeInSeconds: RELAY_MAX_AGE.toSeconds(),
      functionResponseTypes: ['ReportBatchItemFailures'],
      filterCriteria: { filters: [{ pattern: INSERTED_OUTBOX_ROWS }] },
      destinationConfig: { onFailure: { destination: this.deadLetters.queueArn } },
    });
    mapping.node.addDependency(policy);
    for (const resource of [policy, mapping]) only(resource, deployment.onLocalCloud);
  }

  private readsStream(table: ServiceTable): PolicyStatement[] {
    const key = table.encryptionKey;
    return [
      allow(
        [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        table.streamArn,
      ),
      allow(['sqs:SendMessage'], this.deadLetters.queueArn),
      ...(key ? [allow(['kms:Decrypt'], key.keyArn, via('dynamodb'))] : []),
    ];
  }
}

function allow(
  actions: string[],
  resource: string,
  conditions?: Record<string, unknown>,
): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resource], conditions });
}

function only(construct: Construct, condition: Deployment['onAws']): void {
  const resource = (construct.node.defaultChild ?? construct) as CfnResource;
  resource.cfnOptions.condition = condition;
}
