import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import type { ServiceFunction } from '../../constructs/function.ts';

/** Something that the service says and a person has to hear of. */
export interface Saying {
  /** What it means and what to do. */
  readonly description: string;
  /** The messages of the log, word by word as the service has them. */
  readonly messages: string[];
  /** The functions that say it, by their ids in the stack. */
  readonly by: string[];
}

/** By the name of the alarm. A test finds every message in the service's source. */
export const SAYINGS: { [alarm: string]: Saying } = {
  'issue-stalled': {
    description:
      'An issue makes no progress for half an hour, or nobody can tell. See the log of the sweeper for which, and the history of its execution.',
    messages: ['an issue makes no progress', 'an issue cannot be looked at'],
    by: ['Sweeper'],
  },
  'issue-left-alone': {
    description:
      'An issue had work left and nobody did it: the sweeper started it again, or could not. Nobody is mailed twice by that. See the log of the sweeper, and why the execution before ended.',
    messages: [
      'an open run cannot be started',
      'an issue without a run cannot be started',
      'nobody walked a run: it is started again',
      'a run failed: it is started again',
      'an issue had work left and no run: it is started',
    ],
    by: ['Sweeper'],
  },
  'issue-paused': {
    description:
      "An issue paused by itself: SES takes no more, for a reason that is the account's or the set-up's, or that nobody knows. The log of the function and GET /v1/issues/{id} say which. Repair it, then resume the issue.",
    messages: ['the issue pauses by itself'],
    by: ['Plan', 'Send'],
  },
  'mails-held': {
    description:
      'A worker ended while mails were being handed over, so that nobody knows whether these left. They are held: docs/operations.md says how to decide.',
    messages: ['held: its worker ended while mails were being handed over'],
    by: ['Send'],
  },
  'confirmations-stopped': {
    description:
      "SES takes no confirmation mails, for a reason that is the account's or the set-up's: see the log. They wait in their queue and then with the dead letters.",
    messages: ['no confirmation leaves before somebody sees to it'],
    by: ['Confirmations'],
  },
  'events-refused': {
    description:
      'The bus refuses an event of delivery for good. Its row stays in the outbox for 30 days. The log of the relay says why.',
    messages: ['the bus refuses an event', 'a stream record is no outbox row'],
    by: ['Relay', 'Sweeper'],
  },
};

export interface LogAlarmsProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly functions: { [id: string]: ServiceFunction };
}

/** Alarms on what the functions say. */
export class LogAlarms extends Construct {
  constructor(scope: Construct, id: string, { deployment, alarms, functions }: LogAlarmsProps) {
    super(scope, id);
    for (const [name, { description, messages, by }] of Object.entries(SAYINGS)) {
      const metricNamespace = 'Pennypost';
      const metricName = deployment.name(name);
      const patterns = messages.map((text) => FilterPattern.stringValue('$.message', '=', text));
      for (const one of by) {
        new MetricFilter(this, `${name}-${one}`, {
          logGroup: functions[one]!.logGroup,
          filterPattern: FilterPattern.any(...patterns),
          metricNamespace,
          metricName,
          metricValue: '1',
        });
      }
      alarms.add(name, {
        description,
        metric: new Metric({
          namespace: metricNamespace,
          metricName,
          period: ALARM_PERIOD,
          statistic: 'Sum',
        }),
        threshold: 1,
      });
    }
  }
}
