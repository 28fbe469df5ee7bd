import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnFunction, Code, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type Alarms } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import { LOG_RETENTION, SLOW_SHARE } from './limits.ts';

/** Megabytes of memory, unless a function needs more; it gets a share of a processor by it. */
const MEMORY_MB = 256;

/**
 * How long an invocation waits at its end for a collector to take its spans, in
 * milliseconds. It is beside the function or close by; one that hangs costs the
 * spans, and must not hold up every answer.
 */
const OTLP_TIMEOUT_MS = 1000;

export interface ServiceFunctionProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  /** What the program is to be: the function's handler setting. */
  readonly role: string;
  /** What the function is called, where several have one role; default: the role. */
  readonly name?: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly memoryMb?: number;
  /** Beside what every function has. */
  readonly environment?: Record<string, string>;
  /** The name of the table that the service has. */
  readonly tableName: string;
  /** Encrypts the log; none: CloudWatch's own key does. */
  readonly logKey?: IKey;
  /**
   * Why an invocation that fails loses nothing: who tries again, or what stays
   * where. There is no dead-letter queue for the function itself.
   */
  readonly losesNothing: string;
  /**
   * Whether it takes messages from queues. One that fails, by a panic too, comes
   * again and fails no invocation: that is `PROGRAM_FAULTS`' and the dead letters'.
   */
  readonly readsQueues?: boolean;
  /**
   * How long an invocation may take before an alarm says so: 80 % of the timeout
   * unless set. For one that works until its time is up, its timeout.
   */
  readonly slowAfter?: Duration;
}

/** A function that runs the service's one program in one of its roles. */
export class ServiceFunction extends Construct {
  readonly function: Function;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly timeout: Duration;
  /**
   * Raised by an invocation that failed: by a crash, a time-out, or a panic outside
   * the messages of a queue. Looked at every minute.
   */
  readonly errors: Alarm;
  readonly throttles: Alarm;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { deployment } = props;
    const name = props.name ?? props.role;
    const functionName = deployment.name(name);
    this.timeout = props.timeout;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: props.logKey,
    });
    this.role = new Role(this, 'Role', {
      description: `${props.role} of Pennypost's ${deployment.service}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.function = new Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.PROVIDED_AL2023,
      architecture: deployment.architecture,
      code: Code.fromAsset(deployment.assets),
      handler: props.role,
      role: this.role,
      memorySize: props.memoryMb ?? MEMORY_MB,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      environment: {
        PENNYPOST_STAGE: deployment.stage,
        PENNYPOST_TABLE: props.tableName,
        RUST_LOG: 'info',
        OTEL_EXPORTER_OTLP_ENDPOINT: deployment.otlpEndpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT: String(OTLP_TIMEOUT_MS),
        ...props.environment,
      },
    });
    // By an override, as the type of the property takes no condition.
    (this.function.node.defaultChild as CfnFunction).addPropertyOverride('Layers', deployment.layers);
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);
    this.acknowledge(props.losesNothing);
    this.errors = this.addErrors(props, name);
    this.throttles = this.addThrottles(props, name);
    this.addSlow(props, name);
  }

  /** Lets the function do `actions` with `resources`, and nothing else. */
  allow(actions: string[], resources: string[], conditions?: Record<string, unknown>): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
  }

  private acknowledge(losesNothing: string): void {
    // Tracing.ACTIVE adds these to the role.
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray takes no resource for PutTraceSegments and PutTelemetryRecords, the only actions with it.',
    });
    Validations.of(this.function).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: losesNothing },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: losesNothing },
    );
  }

  private addErrors({ alarms, role, readsQueues }: ServiceFunctionProps, name: string): Alarm {
    const happened = readsQueues
      ? 'could not begin, crashed or timed out with all its messages, which come again. One that fails alone is told by program-faults or its dead letters'
      : 'panicked, crashed or timed out. Nothing is lost by it';
    return alarms.add(`${name}-errors`, {
      description: `${role} ${happened}; the log says why.`,
      metric: this.function.metricErrors({ period: Duration.minutes(1), statistic: 'Sum' }),
      threshold: 1,
    });
  }

  private addThrottles({ alarms, role }: ServiceFunctionProps, name: string): Alarm {
    return alarms.add(`${name}-throttles`, {
      description: `${role} was not started as often as it was called: the account's concurrency is used up.`,
      metric: this.function.metricThrottles({ period: ALARM_PERIOD, statistic: 'Sum' }),
      threshold: 1,
      periods: 2,
    });
  }

  private addSlow({ alarms, role, timeout, slowAfter }: ServiceFunctionProps, name: string): void {
    alarms.add(`${name}-slow`, {
      description: `${role} takes nearly as long as it may (${timeout.toSeconds()} seconds).`,
      metric: this.function.metricDuration({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: slowAfter?.toMilliseconds() ?? timeout.toMilliseconds() * SLOW_SHARE,
    });
  }
}
