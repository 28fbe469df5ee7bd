import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import { ServiceFunction, type ServiceFunctionProps } from '../../constructs/function.ts';
import { LiveAlias } from '../../constructs/live-alias.ts';
import { FAULTS, LogAlarms } from '../../constructs/log-alarms.ts';
import type { WorkQueue } from '../../constructs/queue.ts';
import type { ServiceTable } from '../../constructs/table.ts';
import type { IssueMachineName } from './issue-machine.ts';
import { SAYINGS } from './log-alarms.ts';
import type { Mail } from './mail.ts';
import { CONFIRMATIONS_TIMEOUT, QUEUE_TIMEOUT, type Queues } from './queues.ts';
import type { Settings } from './settings.ts';

const STEP_TIMEOUT = Duration.seconds(60);
/** Works until its time is up, less what the last mail it began may take. */
const SEND_TIMEOUT = Duration.seconds(300);
/** It folds the log of a shard: a million recipients are 1,250 rows. */
const SEND_MEMORY_MB = 512;
const RELAY_TIMEOUT = Duration.seconds(60);
const SWEEPER_TIMEOUT = Duration.seconds(300);

/** Mails leave at the pace of SES, so more would only be throttled. */
const CONFIRMATIONS_AT_A_TIME = 2;

export interface FunctionsProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly settings: Settings;
  readonly table: ServiceTable;
  readonly queues: Queues;
  readonly mail: Mail;
  readonly machine: IssueMachineName;
  readonly logKey: IKey;
}

const REDELIVERED = 'SQS hands a message out again until it is handled, and then to its dead letters.';
const RETRIED = 'The state machine calls it again for hours, and the sweeper starts the run again after that.';

/** The service in each of its roles, with what that may do and no more. */
export class Functions extends Construct {
  readonly inbound: ServiceFunction;
  readonly confirmations: ServiceFunction;
  readonly feedback: ServiceFunction;
  readonly plan: ServiceFunction;
  readonly send: ServiceFunction;
  readonly finish: ServiceFunction;
  readonly relay: ServiceFunction;
  readonly sweeper: ServiceFunction;
  private readonly said: LogAlarms;
  /** What the queues of changes and controls, and the state machine, call. */
  readonly liveInbound: LiveAlias;
  readonly liveSend: LiveAlias;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionsProps,
  ) {
    super(scope, id);
    this.inbound = this.addInbound();
    this.confirmations = this.addConfirmations();
    this.feedback = this.addFeedback();
    this.plan = this.addPlan();
    this.send = this.addSend();
    this.finish = this.addFinish();
    this.relay = this.addRelay();
    this.sweeper = this.addSweeper();
    const { deployment, alarms } = props;
    this.said = new LogAlarms(this, 'Sayings', { deployment, alarms, sayings: SAYINGS, functions: this.all });
    this.liveInbound = this.live('LiveInbound', this.inbound);
    this.liveSend = this.live('LiveSend', this.send);
    this.connect();
  }

  private addInbound(): ServiceFunction {
    const { mail, machine, queues } = this.props;
    const inbound = this.addConsumer('Inbound', [queues.changes, queues.controls], {
      role: 'inbound',
      description: 'Knows who is a recipient, and starts, pauses and ends issues',
      timeout: QUEUE_TIMEOUT,
    });
    machine.allowStarting(inbound);
    mail.allowQuota(inbound);
    return inbound;
  }

  private addConfirmations(): ServiceFunction {
    const { mail, machine, queues } = this.props;
    const confirmations = this.addConsumer('Confirmations', [queues.confirmations], {
      role: 'inbound',
      name: 'confirmations',
      description: 'Mails the links by which subscribers confirm',
      timeout: CONFIRMATIONS_TIMEOUT,
    });
    machine.allowStarting(confirmations);
    mail.allowSending(confirmations, 'single');
    mail.allowQuota(confirmations);
    return confirmations;
  }

  private addFeedback(): ServiceFunction {
    return this.addConsumer('Feedback', [this.props.queues.feedback], {
      role: 'feedback',
      description: 'Takes in what SES tells of mails',
      timeout: QUEUE_TIMEOUT,
    });
  }

  private addPlan(): ServiceFunction {
    const plan = this.addStep('Plan', {
      role: 'plan',
      description: "Begins an issue's run",
      timeout: STEP_TIMEOUT,
    });
    this.props.mail.allowQuota(plan);
    return plan;
  }

  private addSend(): ServiceFunction {
    const { mail, machine } = this.props;
    const send = this.addStep('Send', {
      role: 'send',
      description: 'Mails a shard of an issue',
      timeout: SEND_TIMEOUT,
      memoryMb: SEND_MEMORY_MB,
      slowAfter: SEND_TIMEOUT,
    });
    // A row that it writes may make another run necessary.
    machine.allowStarting(send);
    mail.allowSending(send, 'single', 'bulk');
    mail.allowQuota(send);
    return send;
  }

  private addFinish(): ServiceFunction {
    return this.addStep('Finish', {
      role: 'finish',
      description: "Ends an issue's run",
      timeout: STEP_TIMEOUT,
    });
  }

  private addRelay(): ServiceFunction {
    const { deployment, table } = this.props;
    const relay = this.add('Relay', {
      role: 'relay',
      description: 'Puts outbox rows on the bus',
      timeout: RELAY_TIMEOUT,
      environment: { PENNYPOST_BUS: deployment.eventBusName },
      losesNothing: 'The pipe tries again, and the sweeper publishes what stays in the outbox.',
    });
    table.grant(relay, 'delete');
    this.allowPublishing(relay);
    return relay;
  }

  private addSweeper(): ServiceFunction {
    const { deployment, table, machine } = this.props;
    const sweeper = this.add('Sweeper', {
      role: 'sweeper',
      description: 'Finds issues that nobody sends and rows that nobody published',
      timeout: SWEEPER_TIMEOUT,
      environment: { PENNYPOST_BUS: deployment.eventBusName },
      losesNothing: 'It is called every five minutes, and each call does the work of all before.',
    });
    table.grant(sweeper, 'read', 'write');
    machine.allowStarting(sweeper);
    this.allowPublishing(sweeper);
    return sweeper;
  }

  /** A function that reads queues. */
  private addConsumer(
    id: string,
    queues: WorkQueue[],
    props: Pick<ServiceFunctionProps, 'role' | 'name' | 'description' | 'timeout'>,
  ): ServiceFunction {
    const consumer = this.add(id, {
      ...props,
      environment: { PENNYPOST_QUEUE_URLS: queues.map(({ queue }) => queue.queueUrl).join(',') },
      readsQueues: true,
      losesNothing: REDELIVERED,
    });
    this.props.table.grant(consumer, 'read', 'write');
    return consumer;
  }

  /** A step of the state machine. */
  private addStep(
    id: string,
    props: Omit<ServiceFunctionProps, 'deployment' | 'alarms' | 'tableName' | 'losesNothing'>,
  ): ServiceFunction {
    const step = this.add(id, { ...props, losesNothing: RETRIED });
    this.props.table.grant(step, 'read', 'write');
    return step;
  }

  private add(
    id: string,
    props: Omit<ServiceFunctionProps, 'deployment' | 'alarms' | 'tableName'>,
  ): ServiceFunction {
    const { deployment, alarms, table, settings, machine, mail, logKey } = this.props;
    return new ServiceFunction(this, id, {
      deployment,
      alarms,
      tableName: table.tableName,
      logKey,
      ...props,
      environment: {
        PENNYPOST_FROM: settings.fromAddress,
        PENNYPOST_SEND_RATE: settings.sendRate,
        PENNYPOST_PROGRESS_SECONDS: settings.progressSeconds,
        PENNYPOST_SES_CALLS: settings.sesCalls,
        PENNYPOST_STATE_MACHINE_ARN: machine.arn,
        PENNYPOST_CONFIGURATION_SET: mail.configurationSetName,
        ...props.environment,
      },
    });
  }

  private live(id: string, target: ServiceFunction): LiveAlias {
    const { deployment, settings } = this.props;
    return new LiveAlias(this, id, {
      deployment,
      function: target,
      settings: settings.frozenIntoVersions,
      rollBackOn: [this.said.alarm(FAULTS)],
    });
  }

  private connect(): void {
    const { changes, controls, confirmations, feedback } = this.props.queues;
    changes.consumedBy(this.liveInbound);
    controls.consumedBy(this.liveInbound);
    confirmations.consumedBy(this.confirmations.function, {
      maxConcurrency: CONFIRMATIONS_AT_A_TIME,
    });
    feedback.consumedBy(this.feedback.function);
  }

  private allowPublishing(to: ServiceFunction): void {
    const { deployment } = this.props;
    to.allow(['events:PutEvents'], [deployment.eventBusArn], {
      'ForAllValues:StringEquals': { 'events:source': deployment.source() },
    });
  }

  /** By their ids, as alarms and the dashboard name them. */
  get all(): { [id: string]: ServiceFunction } {
    const { inbound, confirmations, feedback, plan, send, finish, relay, sweeper } = this;
    return {
      Inbound: inbound,
      Confirmations: confirmations,
      Feedback: feedback,
      Plan: plan,
      Send: send,
      Finish: finish,
      Relay: relay,
      Sweeper: sweeper,
    };
  }
}
