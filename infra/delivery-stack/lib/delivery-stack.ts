import { type App, DefaultStackSynthesizer, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Alarms } from '../../constructs/alarms.ts';
import { graph, ServiceDashboard } from '../../constructs/dashboard.ts';
import { DEFAULT_STAGE, Deployment, stackName } from '../../constructs/deployment.ts';
import { ServiceKey } from '../../constructs/key.ts';
import { RelayTrigger } from '../../constructs/relay-trigger.ts';
import { SweepSchedule } from '../../constructs/sweeper.ts';
import { ServiceTable } from '../../constructs/table.ts';
import { Functions } from './functions.ts';
import { IssueMachine, IssueMachineName } from './issue-machine.ts';
import { Mail } from './mail.ts';
import { Queues } from './queues.ts';
import { Settings } from './settings.ts';

/** Everything of the service delivery, at one stage. */
export class DeliveryStack extends Stack {
  private readonly deployment: Deployment;

  constructor(app: App) {
    const stage = app.node.tryGetContext('stage') ?? DEFAULT_STAGE;
    super(app, 'Delivery', {
      stackName: stackName('delivery', stage),
      description: `Pennypost delivery, stage ${stage}`,
      analyticsReporting: false,
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    const deployment = new Deployment(this, 'delivery');
    this.deployment = deployment;
    Tags.of(this).add('pennypost:service', deployment.service);
    // Not on the stack itself, whose tags are set before its parameters are known.
    Tags.of(this).add('pennypost:stage', deployment.stage, {
      excludeResourceTypes: ['aws:cdk:stack'],
    });

    const settings = new Settings(deployment);
    // For logs and alarms alone, which go with the stack: the table has another one.
    const key = new ServiceKey(this, 'Key', { deployment, removalPolicy: RemovalPolicy.DESTROY });
    const alarms = new Alarms(this, 'Alarms', { deployment, encryptionKey: key });
    const table = new ServiceTable(this, 'Table', { deployment });
    const queues = new Queues(this, 'Queues', deployment, alarms);
    const mail = new Mail(this, 'Mail', { deployment, alarms, settings, feedback: queues.feedback });
    const name = new IssueMachineName(deployment);
    const functions = new Functions(this, 'Functions', {
      deployment, alarms, settings, table, queues, mail, machine: name, logKey: key,
    });
    const machine = new IssueMachine(this, 'Issues', name, {
      deployment,
      alarms,
      steps: {
        PlanFunction: functions.plan.function,
        SendFunction: functions.liveSend,
        FinishFunction: functions.finish.function,
      },
      settleSeconds: settings.settleSeconds,
      logKey: key,
    });
    const relay = new RelayTrigger(this, 'RelayTrigger', {
      deployment,
      alarms,
      table,
      relay: functions.relay,
    });
    new SweepSchedule(this, 'Sweep', { deployment, alarms, sweeper: functions.sweeper });
    new ServiceDashboard(this, 'Dashboard', {
      deployment,
      alarms,
      functions: functions.all,
      queues: queues.all,
      rows: [
        [
          graph('Runs of issues', [
            machine.machine.metricStarted({ label: 'started' }),
            machine.machine.metricSucceeded({ label: 'ended' }),
            machine.machine.metricFailed({ label: 'failed' }),
          ]),
          graph("The account's mails", mail.metrics.sent),
          graph("The account's reputation", mail.metrics.reputation),
        ],
      ],
    });
    this.publish(table, machine, queues, mail);
    deployment.publish(
      'RelayDeadLettersUrl',
      relay.deadLetters.queueUrl,
      "Places in the table's stream that were given up",
    );
  }

  private publish(table: ServiceTable, machine: IssueMachine, queues: Queues, mail: Mail): void {
    const { deployment } = this;
    deployment.publish('TableName', table.tableName, "The service's table");
    deployment.publish('StateMachineArn', machine.machine.stateMachineArn, 'Walks the runs of issues');
    deployment.publish('ConfigurationSetName', mail.configurationSetName, "SES's, of every mail of the stage");
    for (const [name, { queue, deadLetters }] of Object.entries(queues.all)) {
      const words = name.charAt(0).toUpperCase() + name.slice(1);
      deployment.publish(`${words}QueueUrl`, queue.queueUrl, `The queue ${name}`);
      deployment.publish(`${words}DeadLettersUrl`, deadLetters.queueUrl, `The dead letters of the queue ${name}`);
    }
  }
}
