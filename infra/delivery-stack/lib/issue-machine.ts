import { readFileSync } from 'node:fs';
import { ArnFormat, Aws, Duration, RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type CfnStateMachine, DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import type { ServiceFunction } from '../../constructs/function.ts';
import { LOG_RETENTION } from '../../constructs/limits.ts';

const DEFINITION = new URL('../state-machine/issue.asl.json', import.meta.url);

/** The label of the map over the shards, as the definition has it. */
const MAP = 'shards';

/** The steps, by the names in the definition's braces. */
export interface Steps {
  readonly PlanFunction: IFunction;
  readonly SendFunction: IFunction;
  readonly FinishFunction: IFunction;
}

export interface IssueMachineProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly steps: Steps;
  readonly settleSeconds: number;
  readonly logKey: IKey;
}

/** The name and the ARNs of the machine, which its steps know before it is there. */
export class IssueMachineName {
  readonly name: string;
  readonly arn: string;
  /** Every execution of an issue's run; not those of its shards. */
  readonly executions: string;

  constructor(private readonly deployment: Deployment) {
    this.name = `pennypost-${deployment.stage}-issues`;
    this.arn = this.format('stateMachine', this.name);
    this.executions = this.format('execution', `${this.name}:*`);
  }

  /** The executions of the shards, as a distributed map names them. */
  get shardExecutions(): string {
    return this.format('execution', `${this.name}/${MAP}:*`);
  }

  private format(resource: string, resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return this.deployment.stack.formatArn({ service: 'states', resource, resourceName, arnFormat });
  }

  /** Lets a function start runs, and see how they are. */
  allowStarting(to: ServiceFunction): void {
    to.allow(['states:StartExecution'], [this.arn]);
    to.allow(['states:DescribeExecution'], [this.executions]);
    Validations.of(to.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagArn(':*')}]`,
      reason: 'An execution is named by the run, which is not known before. All are of this one machine.',
    });
  }
}

/** Walks the runs of issues: docs/adr/0015-step-functions-walks-an-issue.md. */
export class IssueMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, names: IssueMachineName, props: IssueMachineProps) {
    super(scope, id);
    const { deployment } = props;
    const role = new Role(this, 'Role', {
      description: "Walks issues' runs",
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const policy = this.addPolicy(role, names, props.steps);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: names.name,
      definitionBody: DefinitionBody.fromString(
        definition(deployment.stack, props.steps, props.settleSeconds),
      ),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Log', {
          // By this prefix, Step Functions needs no change to the account's log policy.
          logGroupName: `/aws/vendedlogs/states/${deployment.name('issues')}`,
          retention: LOG_RETENTION,
          removalPolicy: RemovalPolicy.DESTROY,
          encryptionKey: props.logKey,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    (this.machine.node.defaultChild as CfnStateMachine).node.addDependency(policy);
    Validations.of(this.machine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Every event of an execution is in its history for 90 days; the log has what went wrong. At level ALL it would have some ten lines for each invocation of a shard.',
    });
    this.addAlarms(props.alarms);
  }

  private addPolicy(role: Role, names: IssueMachineName, steps: Steps): Policy {
    const policy = new Policy(this, 'Policy', {
      roles: [role],
      statements: [
        allow(['lambda:InvokeFunction'], Object.values(steps).map((step) => step.functionArn)),
        // A distributed map starts an execution for each item, of the machine itself.
        // Source: https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
        allow(['states:StartExecution'], [names.arn]),
        allow(['states:DescribeExecution', 'states:StopExecution'], [
          names.executions,
          names.shardExecutions,
        ]),
        allow(['states:RedriveExecution'], [names.shardExecutions]),
        // Source: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
        allow(
          [
            'xray:GetSamplingRules', 'xray:GetSamplingTargets',
            'xray:PutTelemetryRecords', 'xray:PutTraceSegments',
          ],
          ['*'],
        ),
        // Source: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        allow(
          [
            'logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups',
            'logs:DescribeResourcePolicies', 'logs:GetLogDelivery', 'logs:ListLogDeliveries',
            'logs:PutResourcePolicy', 'logs:UpdateLogDelivery',
          ],
          ['*'],
        ),
      ],
    });
    Validations.of(policy).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'The actions of X-Ray, those that ask what is to be sampled among them, and those that deliver logs of AWS services, take no resource.',
      },
      ...[':*', `/${MAP}:*`].map((resource) => ({
        id: `AwsSolutions-IAM5[Resource::${nagArn(resource)}]`,
        reason: 'The executions of this one machine, whose names are not known before.',
      })),
    );
    return policy;
  }

  private addAlarms(alarms: Alarms): void {
    const period = Duration.minutes(5);
    alarms.add('executions-failed', {
      description:
        "A run of an issue failed: a step failed for good, or an outage lasted for hours. The sweeper starts it again under another name, and nobody is mailed twice. The execution's history says why.",
      metric: this.machine.metricFailed({ period, statistic: 'Sum' }),
      threshold: 1,
    });
    alarms.add('executions-timed-out', {
      description: 'A run of an issue took a month and was ended. The sweeper starts it again. See how fast mails go out.',
      metric: this.machine.metricTimedOut({ period, statistic: 'Sum' }),
      threshold: 1,
    });
    alarms.add('executions-aborted', {
      description: 'Somebody stopped a run of an issue. The sweeper starts it again: to stop an issue, pause or cancel it.',
      metric: this.machine.metricAborted({ period, statistic: 'Sum' }),
      threshold: 1,
    });
  }
}

/** The definition of the file with what is known at deployment in it. */
export function definition(stack: Stack, steps: Steps, settleSeconds: number): string {
  const parsed = JSON.parse(readFileSync(DEFINITION, 'utf8'), (_, value: unknown) => {
    const [, name] = (typeof value === 'string' && /^\$\{(\w+)\}$/.exec(value)) || [];
    if (name === undefined) return value;
    if (!(name in steps)) throw new Error(`the definition names an unknown step, ${name}`);
    return steps[name as keyof Steps].functionArn;
  });
  parsed.States.Settle.Seconds = settleSeconds;
  return stack.toJsonString(parsed);
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}

/** How cdk-nag writes these ARNs: what is known at deployment stands in angle brackets. */
function nagArn(resource: string): string {
  return `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:pennypost-<Stage>-issues${resource}`;
}
