import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Deployment, Service } from './deployment.ts';
import { RULE_MAX_AGE, RULE_RETRIES } from './limits.ts';
import type { WorkQueue } from './queue.ts';

export interface EventRuleProps {
  readonly deployment: Deployment;
  /** Whose events. */
  readonly from: Service;
  /** Their types, with version. */
  readonly detailTypes: string[];
  /** Where they go. What cannot get there goes to its dead letters. */
  readonly to: WorkQueue;
}

/** Puts events of the other service, of this stage, into a queue. */
export class EventRule extends Rule {
  constructor(scope: Construct, id: string, props: EventRuleProps) {
    const { deployment, from, detailTypes, to } = props;
    super(scope, id, {
      eventBus: EventBus.fromEventBusName(scope, `${id}Bus`, deployment.eventBusName),
      eventPattern: {
        source: [deployment.source(from)],
        detailType: detailTypes,
        detail: { stage: [deployment.stage] },
      },
      targets: [
        new SqsQueue(to.queue, {
          deadLetterQueue: to.deadLetters,
          maxEventAge: RULE_MAX_AGE,
          retryAttempts: RULE_RETRIES,
        }),
      ],
    });
  }
}
