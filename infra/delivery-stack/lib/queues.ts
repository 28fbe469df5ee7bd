import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import { WorkQueue } from '../../constructs/queue.ts';
import { EventRule } from '../../constructs/rule.ts';
import { CONSUMED } from './contract.ts';

/** How long the functions that read a queue may take. */
export const QUEUE_TIMEOUT = Duration.seconds(60);
/** A mail is waited for longer: `SEND_LIMIT` of the service's port is 100 seconds. */
export const CONFIRMATIONS_TIMEOUT = Duration.seconds(150);

/** The queues, and the rules that fill all but that of feedback. */
export class Queues extends Construct {
  readonly changes: WorkQueue;
  readonly controls: WorkQueue;
  readonly confirmations: WorkQueue;
  readonly feedback: WorkQueue;

  constructor(scope: Construct, id: string, deployment: Deployment, alarms: Alarms) {
    super(scope, id);
    const queue = (name: string, consumerTimeout: Duration) => {
      const words = name.charAt(0).toUpperCase() + name.slice(1);
      return new WorkQueue(this, words, { deployment, alarms, name, consumerTimeout });
    };
    this.changes = queue('changes', QUEUE_TIMEOUT);
    this.controls = queue('controls', QUEUE_TIMEOUT);
    this.confirmations = queue('confirmations', CONFIRMATIONS_TIMEOUT);
    this.feedback = queue('feedback', QUEUE_TIMEOUT);
    const rule = (ruleId: string, detailTypes: string[], to: WorkQueue) =>
      new EventRule(this, ruleId, { deployment, from: 'subscriptions', detailTypes, to });
    rule('ChangesRule', CONSUMED.changes, this.changes);
    rule('ControlsRule', CONSUMED.controls, this.controls);
    rule('ConfirmationsRule', CONSUMED.confirmations, this.confirmations);
  }

  /** By their names, as the dashboard shows them. */
  get all(): { [name: string]: WorkQueue } {
    const { changes, controls, confirmations, feedback } = this;
    return { changes, controls, confirmations, feedback };
  }
}
