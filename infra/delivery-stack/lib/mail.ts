import { Duration, Validations } from 'aws-cdk-lib';
import { Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { CfnConfigurationSet, CfnConfigurationSetEventDestination } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import type { ServiceFunction } from '../../constructs/function.ts';
import { RULE_MAX_AGE, RULE_RETRIES } from '../../constructs/limits.ts';
import type { WorkQueue } from '../../constructs/queue.ts';
import type { Settings } from './settings.ts';

/**
 * What SES tells of, by its name in a configuration set and in an event. Not of
 * sending: it comes within a second, while the claim is open and about to be settled
 * anyhow; that a mail was delivered or delayed proves as much later, when a claim
 * that is still open is in doubt (docs/adr/0016-feedback-from-ses.md).
 * Source: <https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html>
 */
const TOLD = {
  delivery: 'Email Delivered',
  deliveryDelay: 'Email Delivery Delayed',
  reject: 'Email Rejected',
  bounce: 'Email Bounced',
  complaint: 'Email Complaint Received',
  renderingFailure: 'Email Rendering Failed',
};

/**
 * The shares of bounces and complaints at which SES puts an account under review.
 * Source: <https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-dg.html>
 */
const BOUNCE_REVIEW = 0.05;
const COMPLAINT_REVIEW = 0.001;

/**
 * SES asks IAM by the names of its first version, too: a raw mail by `SendEmail`
 * needs `SendRawEmail`, and `SendBulkEmail` needs `SendBulkTemplatedEmail`.
 */
const ACTIONS = {
  single: ['ses:SendEmail', 'ses:SendRawEmail'],
  bulk: ['ses:SendBulkEmail', 'ses:SendBulkTemplatedEmail'],
};

export interface MailProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly settings: Settings;
  /** Where what SES tells of mails goes. */
  readonly feedback: WorkQueue;
}

/** How mail goes out by SES, and how what becomes of it comes back. */
export class Mail extends Construct {
  readonly configurationSetName: string;
  private readonly settings: Settings;

  constructor(scope: Construct, id: string, props: MailProps) {
    super(scope, id);
    this.settings = props.settings;
    this.configurationSetName = props.deployment.name();
    this.addConfigurationSet();
    this.addFeedback(props.feedback);
    this.addAlarms(props.alarms);
  }

  private addConfigurationSet(): void {
    const set = new CfnConfigurationSet(this, 'ConfigurationSet', {
      name: this.configurationSetName,
      deliveryOptions: { tlsPolicy: 'REQUIRE' },
      reputationOptions: { reputationMetricsEnabled: true },
      sendingOptions: { sendingEnabled: true },
      // Subscriptions heeds who bounced or complained, and lets them subscribe
      // again. SES's list would keep that confirmation from them, and the address
      // after everything else about them was erased.
      suppressionOptions: { suppressedReasons: [] },
    });
    new CfnConfigurationSetEventDestination(this, 'ToEventBridge', {
      configurationSetName: set.ref,
      eventDestination: {
        name: 'event-bridge',
        enabled: true,
        matchingEventTypes: Object.keys(TOLD),
        // SES takes the account's default bus and no other.
        eventBridgeDestination: {
          eventBusArn: this.settings.deployment.stack.formatArn({
            service: 'events',
            resource: 'event-bus',
            resourceName: 'default',
          }),
        },
      },
    });
  }

  private addFeedback(feedback: WorkQueue): void {
    new Rule(this, 'Feedback', {
      description: 'What SES tells of the mails of this stage',
      eventPattern: {
        source: ['aws.ses'],
        detailType: Object.values(TOLD),
        detail: { mail: { tags: { 'ses:configuration-set': [this.configurationSetName] } } },
      },
      targets: [
        new SqsQueue(feedback.queue, {
          deadLetterQueue: feedback.deadLetters,
          maxEventAge: RULE_MAX_AGE,
          retryAttempts: RULE_RETRIES,
        }),
      ],
    });
  }

  private addAlarms(alarms: Alarms): void {
    alarms.add('bounce-rate', {
      description: `Of the account's mails ${100 * BOUNCE_REVIEW} % bounce. SES puts it under review for that, and stops it at twice as many. See whom the last import brought.`,
      metric: reputation('Reputation.BounceRate'),
      threshold: BOUNCE_REVIEW,
    });
    alarms.add('complaint-rate', {
      description: `Of the account's mails ${100 * COMPLAINT_REVIEW} % are called spam by who gets them. SES puts it under review for that, and stops it at five times as many. Pause what is on its way, and see what it is.`,
      metric: reputation('Reputation.ComplaintRate'),
      threshold: COMPLAINT_REVIEW,
    });
  }

  /** Lets a function hand mails of the sender to SES, one by one or many at a time. */
  allowSending(to: ServiceFunction, ...calls: (keyof typeof ACTIONS)[]): void {
    const { stack } = this.settings.deployment;
    const ses = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'ses', resource, resourceName });
    to.allow(calls.flatMap((call) => ACTIONS[call]), [
      ...this.settings.identities.map((identity) => ses('identity', identity)),
      ses('configuration-set', this.configurationSetName),
    ]);
  }

  /** Lets a function ask how much the account may send. */
  allowQuota(to: ServiceFunction): void {
    to.allow(['ses:GetAccount'], ['*']);
    Validations.of(to.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        "GetAccount, PutTraceSegments and PutTelemetryRecords, the only actions with it, take no resource; the first only reads the account's quota.",
    });
  }

  /** For the dashboard. */
  get metrics(): { sent: IMetric[]; reputation: IMetric[] } {
    const sent = ['Send', 'Bounce', 'Complaint', 'Reject'].map(
      (metricName) => new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Sum', label: metricName }),
    );
    return {
      sent,
      reputation: [reputation('Reputation.BounceRate'), reputation('Reputation.ComplaintRate')],
    };
  }
}

/** The account's: SES stops an account, not a configuration set. */
function reputation(metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/SES',
    metricName,
    statistic: 'Average',
    period: Duration.hours(1),
  });
}
