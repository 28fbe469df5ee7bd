import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './function.ts';
import { SWEEP_INTERVAL } from './limits.ts';

/** What the sweeper logs when the relay left rows to it (`outbox/src/sweeper.rs`). */
const LEFT_OVER = 'outbox rows were left over';

/** How many of how many sweeps in a row find rows before the relay counts as standing still. */
const LEFT_OVER_SWEEPS = 3;
const LEFT_OVER_OF = 4;

export interface SweepScheduleProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly sweeper: ServiceFunction;
}

/**
 * Calls the sweeper every five minutes, says when nobody does, and says when what
 * it finds means that the relay stands still: a pipe that disabled itself raises no
 * alarm of its own.
 */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, props: SweepScheduleProps) {
    super(scope, id);
    this.addSchedule(props);
    this.watchSweeper(props);
    this.watchRelay(props);
  }

  private addSchedule({ deployment, sweeper }: SweepScheduleProps): void {
    const target = sweeper.function;
    const role = new Role(this, 'Role', {
      description: 'Calls the sweeper',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [target.functionArn],
        }),
      ],
    });
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: deployment.name('sweeper'),
      description: 'Publishes what the relay missed',
      scheduleExpression: `rate(${SWEEP_INTERVAL.toMinutes()} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        // A call that is late is of no use: the next one does its work.
        retryPolicy: {
          maximumRetryAttempts: 2,
          maximumEventAgeInSeconds: SWEEP_INTERVAL.toSeconds(),
        },
      },
    });
    schedule.node.addDependency(policy);
    const invocations = new CfnEventInvokeConfig(this, 'Invocations', {
      functionName: target.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: SWEEP_INTERVAL.toSeconds(),
    });
    Validations.of(invocations).acknowledge({
      id: 'Serverless-LambdaAsyncFailureDestination',
      reason: 'The event has no content, and the next one comes in five minutes.',
    });
  }

  private watchSweeper({ alarms, sweeper }: SweepScheduleProps): void {
    alarms.add('sweeper-absent', {
      description:
        'The sweeper was not called for 15 minutes, so what the relay misses stays unpublished. Raised once after the first deployment, too.',
      metric: sweeper.function.metricInvocations({
        period: Duration.minutes(15),
        statistic: 'Sum',
      }),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missingData: TreatMissingData.BREACHING,
    });
  }

  private watchRelay({ deployment, alarms, sweeper }: SweepScheduleProps): void {
    const leftOver = new MetricFilter(this, 'LeftOver', {
      logGroup: sweeper.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', LEFT_OVER),
      metricNamespace: 'Pennypost',
      metricName: deployment.name('left-over-rows'),
      metricValue: '$.fields.published',
    });
    alarms.add('relay-standing-still', {
      description: `The sweeper published outbox rows in ${LEFT_OVER_SWEEPS} of ${LEFT_OVER_OF} sweeps: the relay stands still or is behind. See whether the pipe is still RUNNING, and the log of the relay.`,
      metric: leftOver.metric({ period: ALARM_PERIOD, statistic: 'Sum' }),
      threshold: 1,
      periods: LEFT_OVER_OF,
      badPeriods: LEFT_OVER_SWEEPS,
    });
  }
}
