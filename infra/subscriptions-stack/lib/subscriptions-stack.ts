import { type App, DefaultStackSynthesizer, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Alarms } from '../../constructs/alarms.ts';
import { graph, ServiceDashboard } from '../../constructs/dashboard.ts';
import { DEFAULT_STAGE, Deployment, stackName } from '../../constructs/deployment.ts';
import { ServiceKey } from '../../constructs/key.ts';
import { LiveAlias } from '../../constructs/live-alias.ts';
import { FAULTS, LogAlarms } from '../../constructs/log-alarms.ts';
import { WorkQueue } from '../../constructs/queue.ts';
import { RelayTrigger } from '../../constructs/relay-trigger.ts';
import { EventRule } from '../../constructs/rule.ts';
import { SweepSchedule } from '../../constructs/sweeper.ts';
import { ServiceTable } from '../../constructs/table.ts';
import { INBOUND } from './contract.ts';
import { Functions, QUEUE_TIMEOUT } from './functions.ts';
import { HttpApi } from './http-api.ts';
import { SAYINGS } from './log-alarms.ts';
import { PublicUrl } from './public-url.ts';
import { Secrets } from './secrets.ts';

/** How many invocations work off imports at a time: they compete for the same rows. */
const IMPORTS_AT_A_TIME = 2;

/** Everything of the service subscriptions, at one stage. */
export class SubscriptionsStack extends Stack {
  constructor(app: App) {
    const stage = app.node.tryGetContext('stage') ?? DEFAULT_STAGE;
    super(app, 'Subscriptions', {
      stackName: stackName('subscriptions', stage),
      description: `Pennypost subscriptions, stage ${stage}`,
      analyticsReporting: false,
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    const deployment = new Deployment(this, 'subscriptions');
    Tags.of(this).add('pennypost:service', deployment.service);
    // Not on the stack itself, whose tags are set before its parameters are known.
    Tags.of(this).add('pennypost:stage', deployment.stage, {
      excludeResourceTypes: ['aws:cdk:stack'],
    });

    const key = new ServiceKey(this, 'Key', { deployment, removalPolicy: RemovalPolicy.RETAIN });
    const alarms = new Alarms(this, 'Alarms', { deployment, encryptionKey: key });
    const table = new ServiceTable(this, 'Data', { deployment, encryptionKey: key });
    const secrets = new Secrets(this, 'Secrets', { deployment, encryptionKey: key });
    const publicUrl = new PublicUrl(this, 'PublicUrls', deployment);
    const api = new HttpApi(this, 'Http', { deployment, alarms, publicUrl, logKey: key });
    const ofQueue = { deployment, alarms, consumerTimeout: QUEUE_TIMEOUT };
    const inboundQueue = new WorkQueue(this, 'InboundQueue', { ...ofQueue, name: 'inbound' });
    const importQueue = new WorkQueue(this, 'ImportQueue', { ...ofQueue, name: 'import' });
    const functions = new Functions(this, 'Functions', {
      deployment,
      alarms,
      key,
      table,
      secrets,
      inboundQueue,
      importQueue,
      publicUrl: publicUrl.or(api.ownUrl),
    });

    const said = new LogAlarms(this, 'Sayings', {
      deployment,
      alarms,
      sayings: SAYINGS,
      functions: functions.all,
    });

    const settings = [publicUrl.or(api.ownUrl), ...deployment.frozenIntoVersions];
    const live = { deployment, settings };
    api.serve(
      new LiveAlias(this, 'LiveApi', {
        ...live,
        function: functions.api,
        rollBackOn: [api.serverErrors],
      }),
    );
    inboundQueue.consumedBy(
      new LiveAlias(this, 'LiveInbound', {
        ...live,
        function: functions.inbound,
        rollBackOn: [said.alarm(FAULTS)],
      }),
    );
    importQueue.consumedBy(functions.import.function, {
      batchSize: 1,
      maxConcurrency: IMPORTS_AT_A_TIME,
    });
    new EventRule(this, 'FromDelivery', {
      deployment,
      from: 'delivery',
      detailTypes: INBOUND,
      to: inboundQueue,
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
      queues: { inbound: inboundQueue, import: importQueue },
      rows: [
        [
          graph('Requests', [api.metric('Count', 'Sum', 'requests')]),
          graph('Refused and failed', [
            api.metric('4xx', 'Sum', '4xx'),
            api.metric('5xx', 'Sum', '5xx'),
          ]),
          graph('Latency, the slowest hundredth, ms', [api.metric('Latency', 'p99', 'latency')]),
        ],
      ],
    });

    deployment.publish('ApiUrl', api.ownUrl, 'The address of the API');
    deployment.publish('TableName', table.tableName, 'The table');
    deployment.publish('AdminSecretArn', secrets.adminArn, 'The first password of admin');
    deployment.publish(
      'RebuildFunctionName',
      functions.rebuild.function.functionName,
      "Publishes every subscriber's present state again",
    );
    deployment.publish('InboundQueueUrl', inboundQueue.queue.queueUrl, "Delivery's events");
    deployment.publish(
      'InboundDeadLettersUrl',
      inboundQueue.deadLetters.queueUrl,
      "Delivery's events that could not be handled",
    );
    deployment.publish('ImportQueueUrl', importQueue.queue.queueUrl, 'Imports to be worked off');
    deployment.publish(
      'RelayDeadLettersUrl',
      relay.deadLetters.queueUrl,
      "Places in the table's stream that were given up",
    );
  }
}
