import { Duration } from 'aws-cdk-lib';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
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
  /** The functions that say it, by their ids in the stack; default: all. */
  readonly by?: string[];
  /** How often it is looked at; default: as other metrics are. */
  readonly period?: Duration;
}

/** What the relay and the sweeper of either service say, as `outbox` and `lambda/src` have it. */
export const EVENTS_REFUSED: Saying = {
  description:
    'Events are refused for good, or do not leave: the bus takes nothing, or the outbox holds more than a sweep can publish. Their rows stay in the outbox for 30 days. The logs of the relay and the sweeper say which, and why.',
  messages: [
    'the bus refuses an event',
    'a stream record is no outbox row',
    'the bus takes nothing: events wait in the outbox',
    'the outbox is larger than one sweep',
  ],
  by: ['Relay', 'Sweeper'],
};

/** The alarm by which a deployment goes back whose program is at fault. */
export const FAULTS = 'program-faults';

/**
 * What the program says of its own mistakes, as `lambda/src` has it. Whoever reads a
 * queue turns each into a message that comes again, so that the invocation succeeds
 * and Lambda counts no error. Looked at as often as errors are, for the canary.
 */
export const PROGRAM_FAULTS: Saying = {
  description:
    'The program panicked, or got a message that it will never handle: a mistake in it, or in who sent that. The log says where. After a deployment, go back to the version before. What was not handled comes again, or lies with the dead letters.',
  messages: ['a panic', 'a message belongs to the dead letters'],
  period: Duration.minutes(1),
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
  private readonly byName = new Map<string, Alarm>();

  constructor(scope: Construct, id: string, props: LogAlarmsProps) {
    super(scope, id);
    for (const [name, saying] of Object.entries(props.sayings)) {
      this.byName.set(name, this.add(name, saying, props));
    }
  }

  /** The alarm on the saying of that name. */
  alarm(name: string): Alarm {
    const found = this.byName.get(name);
    if (!found) throw new Error(`nothing that is said raises ${name}`);
    return found;
  }

  private add(name: string, saying: Saying, props: LogAlarmsProps): Alarm {
    const { deployment, alarms, functions } = props;
    const metricNamespace = 'Pennypost';
    const metricName = deployment.name(name);
    const patterns = saying.messages.map((text) => FilterPattern.stringValue('$.message', '=', text));
    for (const one of saying.by ?? Object.keys(functions)) {
      new MetricFilter(this, `${name}-${one}`, {
        logGroup: functions[one]!.logGroup,
        filterPattern: FilterPattern.any(...patterns),
        metricNamespace,
        metricName,
        metricValue: '1',
      });
    }
    return alarms.add(name, {
      description: saying.description,
      metric: new Metric({
        namespace: metricNamespace,
        metricName,
        period: saying.period ?? ALARM_PERIOD,
        statistic: 'Sum',
      }),
      threshold: 1,
    });
  }
}
