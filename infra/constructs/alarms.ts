import { Aws, CfnCondition, Duration, Fn, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';

export interface AlarmsProps {
  readonly deployment: Deployment;
  /**
   * Encrypts what is on the topic. It must be a customer-managed one that lets
   * CloudWatch use it, as a `ServiceKey` does: no alarm gets through another.
   */
  readonly encryptionKey: IKey;
}

export interface AlarmProps {
  /** What it means and what to do, in a sentence: it is in the mail. */
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Default: at or above the threshold. */
  readonly comparison?: ComparisonOperator;
  /** How many of the metric's periods are looked at; default 1. */
  readonly periods?: number;
  /** How many of these must be bad; default: all. */
  readonly badPeriods?: number;
  /** Default: nothing is known, so nothing is wrong. */
  readonly missingData?: TreatMissingData;
}

/** A service's alarms, and the topic that they go to. */
export class Alarms extends Construct {
  readonly topic: Topic;
  /** All of them, in the order in which they were made. */
  readonly all: Alarm[] = [];
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { deployment } = props;
    this.deployment = deployment;
    this.topic = new Topic(this, 'Topic', {
      topicName: deployment.name('alarms'),
      displayName: `Pennypost ${deployment.service}`,
      masterKey: props.encryptionKey,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const hasEmail = new CfnCondition(this, 'HasEmail', {
      expression: Fn.conditionNot(Fn.conditionEquals(deployment.alarmEmail, '')),
    });
    const email = new CfnSubscription(this, 'Email', {
      topicArn: this.topic.topicArn,
      protocol: 'email',
      endpoint: deployment.alarmEmail,
    });
    email.cfnOptions.condition = hasEmail;
    Validations.of(email).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'A mail that does not arrive takes nothing along: the state of every alarm stands on the dashboard.',
    });
  }

  /** An alarm named `pennypost-STAGE-SERVICE-NAME`; told when it is raised and when it is over. */
  add(name: string, props: AlarmProps): Alarm {
    const periods = props.periods ?? 1;
    const alarm = new Alarm(this, name, {
      alarmName: this.deployment.name(name),
      alarmDescription: props.description,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: props.badPeriods ?? periods,
      treatMissingData: props.missingData ?? TreatMissingData.NOT_BREACHING,
    });
    const tell = new SnsAction(this.topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
    this.all.push(alarm);
    return alarm;
  }
}

/** The period of metrics that an alarm looks at, unless it says otherwise. */
export const ALARM_PERIOD = Duration.minutes(5);
