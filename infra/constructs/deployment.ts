import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Aws, CfnCondition, CfnOutput, CfnParameter, Fn, type IResolvable, type Stack, Validations } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';

/** The repository's root. */
const ROOT = resolve(import.meta.dirname, '../..');

const ARCHITECTURES: Record<string, Architecture> = {
  arm64: Architecture.ARM_64,
  x86_64: Architecture.X86_64,
};

/** Spans go over HTTP; the length is for the description of a version: `LiveAlias`. */
const OTLP_ENDPOINT = '^(http://\\S{1,70})?$';

/** A version of a Lambda layer; the lengths of its name and number are for the same. */
const LAYER = '^(arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9_-]{1,44}:[0-9]{1,4})?$';

/** The two services, by the names that their events' sources end in. */
export type Service = 'subscriptions' | 'delivery';

/** The stage that a stack is for unless the context names one. */
export const DEFAULT_STAGE = 'production';

/** What a stack of `service` is called at `stage`. */
export function stackName(service: Service, stage: string): string {
  return `pennypost-${stage}-${service}`;
}

/**
 * What is common to everything in one stack: its parameters, the switch for the
 * local cloud, and the names of things. Each stack makes its own.
 *
 * Read from the CDK context: `stage` (default of the parameter Stage),
 * `architecture` (`arm64` or `x86_64`), and `assets`, the folder with the
 * `bootstrap` (default `target/lambda/ARCHITECTURE/SERVICE`).
 */
export class Deployment {
  readonly architecture: Architecture;
  /** The folder whose content every function of the stack has as its code. */
  readonly assets: string;
  readonly stage: string;
  readonly eventBusName: string;
  readonly otlpEndpoint: string;
  /** The layers of every function, as the value of its property. */
  readonly layers: IResolvable;
  readonly alarmEmail: string;
  private readonly collectorLayer: string;
  /** Holds in the emulator, and nowhere else. */
  readonly onLocalCloud: CfnCondition;
  /** Holds wherever [`onLocalCloud`] does not. */
  readonly onAws: CfnCondition;

  constructor(
    readonly stack: Stack,
    readonly service: Service,
  ) {
    const name = stack.node.tryGetContext('architecture') ?? 'arm64';
    const architecture = ARCHITECTURES[name];
    if (!architecture) throw new Error(`architecture is ${name}: it can be arm64 or x86_64`);
    this.architecture = architecture;
    this.assets = resolve(
      ROOT,
      stack.node.tryGetContext('assets') ?? `target/lambda/${name}/${service}`,
    );
    if (!existsSync(this.assets)) {
      throw new Error(`${this.assets} is not there: run \`infra/build ${service} ${name}\` first`);
    }

    this.stage = this.parameter('Stage', {
      description: 'The stage: part of every name, and of every event, so that stages do not mix.',
      default: stack.node.tryGetContext('stage') ?? DEFAULT_STAGE,
      allowedPattern: '^[a-z][a-z0-9-]{0,15}$',
    });
    this.eventBusName = this.parameter('EventBusName', {
      description: 'The name of the event bus between the services. It is there before the stack.',
      default: 'default',
      allowedPattern: '^[A-Za-z0-9._/-]{1,256}$',
    });
    this.otlpEndpoint = this.parameter('OtlpEndpoint', {
      description:
        'Where spans go, such as http://localhost:4318 with CollectorLayer. Empty: nowhere.',
      default: '',
      allowedPattern: OTLP_ENDPOINT,
    });
    this.collectorLayer = this.parameter('CollectorLayer', {
      description:
        'The ARN, with version, of a Lambda layer whose extension takes spans at localhost and sends them on. Empty: none.',
      default: '',
      allowedPattern: LAYER,
    });
    const hasCollector = new CfnCondition(stack, 'HasCollector', {
      expression: Fn.conditionNot(Fn.conditionEquals(this.collectorLayer, '')),
    });
    // It is the stack to which the finding about a parameter belongs.
    Validations.of(stack).acknowledge({
      id: 'CloudFormation-Validate::W1030',
      reason: 'An empty CollectorLayer is no layer of anything: HasCollector sees to it.',
    });
    this.layers = Fn.conditionIf(hasCollector.logicalId, [this.collectorLayer], Aws.NO_VALUE);
    this.alarmEmail = this.parameter('AlarmEmail', {
      description: 'Who is told of alarms by e-mail. Empty: nobody.',
      default: '',
      allowedPattern: '^([^@\\s]+@[^@\\s]+)?$',
    });
    const localCloud = this.parameter('LocalCloud', {
      description: 'true only in the emulator; infra/README.md says what differs there.',
      default: 'false',
      allowedValues: ['false', 'true'],
    });
    this.onLocalCloud = new CfnCondition(stack, 'OnLocalCloud', {
      expression: Fn.conditionEquals(localCloud, 'true'),
    });
    this.onAws = new CfnCondition(stack, 'OnAws', {
      expression: Fn.conditionEquals(localCloud, 'false'),
    });
  }

  /** What a version of a function depends on without the template saying so: `LiveAlias`. */
  get frozenIntoVersions(): string[] {
    // Account, name and number of the layer; its region is the stack's. The colons
    // at the end have these pieces there, though empty, where there is no layer.
    const pieces = Fn.split(':', Fn.join('', [this.collectorLayer, ':::::::']));
    const layer = Fn.join(':', [4, 6, 7].map((part) => Fn.select(part, pieces)));
    return [this.otlpEndpoint, layer];
  }

  /** A parameter of the template, as the text it has at deployment. */
  parameter(
    id: string,
    props: {
      description: string;
      default?: string;
      type?: 'String' | 'Number';
      allowedPattern?: string;
      allowedValues?: string[];
      minValue?: number;
    },
  ): string {
    return Fn.ref(new CfnParameter(this.stack, id, props).logicalId);
  }

  /** The name of something of this service at this stage. */
  name(...parts: string[]): string {
    return ['pennypost', this.stage, this.service, ...parts].join('-');
  }

  /** The source of the events of `service`. */
  source(service: Service = this.service): string {
    return `pennypost.${service}`;
  }

  /** The ARN of the bus between the services. */
  get eventBusArn(): string {
    return this.stack.formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: this.eventBusName,
    });
  }

  /**
   * Tells `value` to who deploys and operates: as the stack's output `id`, and as
   * the SSM parameter `/pennypost/STAGE/SERVICE/` and the output's name in words.
   */
  publish(id: string, value: string, description: string): void {
    new CfnOutput(this.stack, id, { value, description });
    const words = id.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    new StringParameter(this.stack, `${id}Parameter`, {
      parameterName: `/pennypost/${this.stage}/${this.service}/${words}`,
      simpleName: false,
      stringValue: value,
      description,
    });
  }
}
