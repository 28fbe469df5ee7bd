import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './function.ts';
import type { WorkQueue } from './queue.ts';

/** A dashboard is 24 units wide. */
const FULL = 24;
const THIRD = 8;

export interface ServiceDashboardProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly functions: Record<string, ServiceFunction>;
  readonly queues: Record<string, WorkQueue>;
  /** Further rows, put after the alarms. */
  readonly rows?: IWidget[][];
}

/** The service at a glance: its alarms, what is its own, its queues, its functions. */
export class ServiceDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    const functions = Object.entries(props.functions);
    const queues = Object.entries(props.queues);
    const ofFunctions = (metric: (of: ServiceFunction, label: string) => IMetric) =>
      functions.map(([label, of]) => metric(of, label));
    super(scope, id, {
      dashboardName: props.deployment.name(),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: props.alarms.all, width: FULL, height: 6 })],
        ...(props.rows ?? []),
        [
          graph('Messages waiting', queues.map(([label, of]) => of.queue.metricApproximateNumberOfMessagesVisible({ label }))),
          graph('Age of the oldest message, seconds', queues.map(([label, of]) => of.queue.metricApproximateAgeOfOldestMessage({ label }))),
          graph('Dead letters', queues.map(([label, of]) => of.deadLetters.metricApproximateNumberOfMessagesVisible({ label }))),
        ],
        [
          graph('Invocations', ofFunctions((of, label) => of.function.metricInvocations({ label }))),
          graph('Errors', ofFunctions((of, label) => of.function.metricErrors({ label }))),
          graph('Duration, the slowest hundredth, ms', ofFunctions((of, label) => of.function.metricDuration({ label, statistic: 'p99' }))),
        ],
      ],
    });
  }
}

/** A third of a row. */
export function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: THIRD, height: 6 });
}
