import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import { ServiceFunction, type ServiceFunctionProps } from '../../constructs/function.ts';
import type { ServiceKey } from '../../constructs/key.ts';
import type { WorkQueue } from '../../constructs/queue.ts';
import type { ServiceTable } from '../../constructs/table.ts';
import type { Secrets } from './secrets.ts';

/** The timeout of the functions that read a queue. */
export const QUEUE_TIMEOUT = Duration.seconds(60);

/** A second less than the API waits for. */
const API_TIMEOUT = Duration.seconds(29);
/** Checking a password takes much of a processor, of which memory buys a share. */
const API_MEMORY_MB = 512;
const RELAY_TIMEOUT = Duration.seconds(60);
const SWEEPER_TIMEOUT = Duration.seconds(120);
const REBUILD_TIMEOUT = Duration.seconds(300);

export interface FunctionsProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly key: ServiceKey;
  readonly table: ServiceTable;
  readonly secrets: Secrets;
  readonly inboundQueue: WorkQueue;
  readonly importQueue: WorkQueue;
  readonly publicUrl: string;
}

/** The service in each of its roles, with what that may do and no more. */
export class Functions extends Construct {
  readonly api: ServiceFunction;
  readonly relay: ServiceFunction;
  readonly inbound: ServiceFunction;
  readonly import: ServiceFunction;
  readonly sweeper: ServiceFunction;
  readonly rebuild: ServiceFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionsProps,
  ) {
    super(scope, id);
    this.api = this.addApi();
    this.relay = this.addRelay();
    this.inbound = this.addInbound();
    this.import = this.addImport();
    this.sweeper = this.addSweeper();
    this.rebuild = this.addRebuild();
  }

  private addApi(): ServiceFunction {
    const { table, secrets, importQueue } = this.props;
    const api = this.add('Api', {
      role: 'api',
      description: 'Answers HTTP requests',
      timeout: API_TIMEOUT,
      memoryMb: API_MEMORY_MB,
      environment: {
        PENNYPOST_ADMIN_SECRET: secrets.adminArn,
        PENNYPOST_IMPORT_QUEUE_URL: importQueue.queue.queueUrl,
      },
      losesNothing: 'The HTTP API waits for the answer, and whoever asked gets a 5xx and asks again.',
    });
    table.grant(api, 'read', 'write');
    secrets.grant(api, secrets.adminArn, secrets.keysArn);
    this.allowSending(api);
    return api;
  }

  private addRelay(): ServiceFunction {
    const relay = this.add('Relay', {
      role: 'relay',
      description: 'Puts outbox rows on the bus',
      timeout: RELAY_TIMEOUT,
      environment: { PENNYPOST_BUS: this.props.deployment.eventBusName },
      losesNothing:
        'The pipe waits for the answer and tries the records again; a row that is not published stays in the table for the sweeper.',
    });
    this.props.table.grant(relay, 'delete');
    this.allowPublishing(relay);
    return relay;
  }

  private addInbound(): ServiceFunction {
    const { table, secrets, inboundQueue } = this.props;
    const inbound = this.add('Inbound', {
      role: 'inbound',
      description: "Handles delivery's events",
      timeout: QUEUE_TIMEOUT,
      environment: { PENNYPOST_QUEUE_URLS: inboundQueue.queue.queueUrl },
      readsQueues: true,
      losesNothing: 'The messages come again from their queue, which has dead letters.',
    });
    table.grant(inbound, 'read', 'write');
    secrets.grant(inbound, secrets.keysArn);
    return inbound;
  }

  private addImport(): ServiceFunction {
    const { table, secrets, importQueue } = this.props;
    const imports = this.add('Import', {
      role: 'import',
      description: 'Works off imported lists',
      timeout: QUEUE_TIMEOUT,
      environment: {
        PENNYPOST_QUEUE_URLS: importQueue.queue.queueUrl,
        PENNYPOST_IMPORT_QUEUE_URL: importQueue.queue.queueUrl,
      },
      readsQueues: true,
      losesNothing: 'The messages come again from their queue, which has dead letters.',
    });
    table.grant(imports, 'read', 'write');
    secrets.grant(imports, secrets.keysArn);
    this.allowSending(imports);
    return imports;
  }

  private addSweeper(): ServiceFunction {
    const { deployment, table, secrets, importQueue } = this.props;
    const sweeper = this.add('Sweeper', {
      role: 'sweeper',
      description: 'Publishes what the relay missed, and resumes imports that nobody works off',
      timeout: SWEEPER_TIMEOUT,
      environment: {
        PENNYPOST_BUS: deployment.eventBusName,
        PENNYPOST_IMPORT_QUEUE_URL: importQueue.queue.queueUrl,
      },
      losesNothing: 'Its event has no content: what it finds is in the table, and it is called again in five minutes.',
    });
    table.grant(sweeper, 'read', 'write');
    secrets.grant(sweeper, secrets.keysArn);
    this.allowPublishing(sweeper);
    this.allowSending(sweeper);
    return sweeper;
  }

  private addRebuild(): ServiceFunction {
    const { table, secrets } = this.props;
    const rebuild = this.add('Rebuild', {
      role: 'rebuild',
      description: "Publishes every subscriber's present state again, when somebody calls it",
      timeout: REBUILD_TIMEOUT,
      losesNothing: 'Whoever calls it waits for the answer, and calls again from the place that it named last.',
      // It works for as long as it may, and says where it stopped.
      slowAfter: REBUILD_TIMEOUT,
    });
    table.grant(rebuild, 'read', 'write');
    secrets.grant(rebuild, secrets.keysArn);
    return rebuild;
  }

  private add(
    id: string,
    props: Omit<ServiceFunctionProps, 'deployment' | 'alarms' | 'tableName' | 'logKey'>,
  ): ServiceFunction {
    const { deployment, alarms, table, key, publicUrl, secrets } = this.props;
    return new ServiceFunction(this, id, {
      ...props,
      deployment,
      alarms,
      tableName: table.tableName,
      logKey: key,
      environment: {
        PENNYPOST_PUBLIC_URL: publicUrl,
        PENNYPOST_KEYS_SECRET: secrets.keysArn,
        ...props.environment,
      },
    });
  }

  private allowSending(to: ServiceFunction): void {
    to.allow(['sqs:SendMessage'], [this.props.importQueue.queue.queueArn]);
  }

  /** Events of this service alone, on the bus between the services. */
  private allowPublishing(to: ServiceFunction): void {
    const { deployment } = this.props;
    to.allow(['events:PutEvents'], [deployment.eventBusArn], {
      // One call has several events, each with a source.
      'ForAllValues:StringEquals': { 'events:source': deployment.source() },
    });
  }

  /** By their ids, as alarms and the dashboard name them. */
  get all(): { [id: string]: ServiceFunction } {
    const { api, relay, inbound, import: imports, sweeper, rebuild } = this;
    return {
      Api: api,
      Relay: relay,
      Inbound: inbound,
      Import: imports,
      Sweeper: sweeper,
      Rebuild: rebuild,
    };
  }
}
