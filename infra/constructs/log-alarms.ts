import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './function.ts';

/** Something that the service says and a person has to hear of. */
export interface Saying {
  /** What it means and what to do. */
  readonly description: string;
  /** The messages of the log, word by word as the service has them. */
  readonly messages: string[];
  /** The functions that say it, by their ids in the stack. */
  readonly by: string[];
}

/** What the relay and the sweeper of either service say, as `outbox` has it. */
export const EVENTS_REFUSED: Saying = {
  description:
    'The bus refuses an event for good. Its row stays in the outbox for 30 days. The log of the relay says why.',
  messages: ['the bus refuses an event', 'a stream record is no outbox row'],
  by: ['Relay', 'Sweeper'],
};

export interface LogAlarmsProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  /** By the name of the alarm. */
  readonly sayings: { [alarm: string]: Saying };
  /** Those that say it, by their ids in the stack. */
  readonly functions: { [id: string]: ServiceFunction };
}

/** Alarms on what the functions say. */
export class LogAlarms extends Construct {
  constructor(scope: Construct, id: string, props: LogAlarmsProps) {
    super(scope, id);
    const { deployment, alarms, sayings, functions } = props;
    for (const [name, { description, messages, by }] of Object.entries(sayings)) {
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
