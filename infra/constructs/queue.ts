import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import {
  MAX_RECEIVE_COUNT,
  MESSAGE_RETENTION,
  QUEUE_BEHIND_AFTER,
  VISIBILITY_FACTOR,
} from './limits.ts';

/** The most messages that a consumer gets at once, unless it says otherwise. */
const BATCH = 10;

/** How many invocations read one queue at a time, unless set. SQS's least is 2. */
const MAX_CONCURRENCY = 10;

export interface DeadLetterQueueProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  /** Whose dead letters: part of the queue's name. */
  readonly name: string;
  /** What lies there and what to do, for the alarm's mail. */
  readonly description: string;
}

/** What could not be handled, for 14 days, with an alarm as soon as there is anything. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id, {
      ...common(props.deployment.name(props.name, 'dead-letters')),
    });
    const reason = 'It is a dead-letter queue itself.';
    Validations.of(this).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    props.alarms.add(`${props.name}-dead-letters`, {
      description: props.description,
      metric: this.metricApproximateNumberOfMessagesVisible({
        period: ALARM_PERIOD,
        statistic: 'Maximum',
      }),
      threshold: 1,
    });
  }
}

export interface WorkQueueProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  /** Part of the queue's name, by which its consumer knows it. */
  readonly name: string;
  /** The timeout of the function that reads it. */
  readonly consumerTimeout: Duration;
}

/** A queue that a function reads, and its dead letters. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { deployment, alarms, name } = props;
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      deployment,
      alarms,
      name,
      description: `Messages of the queue ${name} could not be handled. Repair the cause, then redrive them: docs/operations.md.`,
    });
    this.queue = new Queue(this, 'Queue', {
      ...common(deployment.name(name)),
      visibilityTimeout: Duration.seconds(props.consumerTimeout.toSeconds() * VISIBILITY_FACTOR),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    alarms.add(`${name}-behind`, {
      description: `Messages wait in the queue ${name} for ${QUEUE_BEHIND_AFTER.toMinutes()} minutes: its consumer is behind, failing or not there. They wait for 14 days.`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: ALARM_PERIOD,
        statistic: 'Maximum',
      }),
      threshold: QUEUE_BEHIND_AFTER.toSeconds(),
    });
  }

  /**
   * Has `consumer` (a function or its alias) read the queue and tell which messages
   * of a batch failed. It may also change their visibility: that is how it waits.
   */
  consumedBy(
    consumer: IFunction,
    options: { batchSize?: number; maxConcurrency?: number } = {},
  ): void {
    consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: options.batchSize ?? BATCH,
        maxConcurrency: options.maxConcurrency ?? MAX_CONCURRENCY,
        reportBatchItemFailures: true,
      }),
    );
    for (const child of consumer.node.children) {
      if (!(child instanceof EventSourceMapping)) continue;
      Validations.of(child).acknowledge({
        id: 'Serverless-LambdaEventSourceMappingDestination',
        reason: 'A mapping of an SQS queue takes none: the queue has dead letters.',
      });
    }
  }
}

function common(queueName: string) {
  return {
    queueName,
    retentionPeriod: MESSAGE_RETENTION,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
  };
}
