import { Aws, type CfnResource, Fn, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnApplication, CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './function.ts';

/** The alias that callers use. */
const NAME = 'live';

/** A tenth of the calls for five minutes, then all of them. */
const CANARY = 'CodeDeployDefault.LambdaCanary10Percent5Minutes';

export interface LiveAliasProps {
  readonly deployment: Deployment;
  readonly function: ServiceFunction;
  /**
   * The values in the function's environment that a deployment can change without
   * a change to the template: its parameters. A version is frozen with its
   * environment, so each change to them must make another one. All together 256
   * characters at most.
   */
  readonly settings: string[];
  /** Beside the function's errors and throttles: what else rolls a deployment back. */
  readonly rollBackOn?: Alarm[];
}

/**
 * The alias `live` on the function's current version. A deployment moves a tenth
 * of the calls to the new version first, and takes them back if an alarm is raised.
 * On the local cloud, which has no CodeDeploy, the alias moves at once.
 */
export class LiveAlias extends Alias {
  constructor(scope: Construct, id: string, props: LiveAliasProps) {
    const version = props.function.function.currentVersion;
    (version.node.defaultChild as CfnResource).addPropertyOverride(
      'Description',
      Fn.join(' ', props.settings),
    );
    super(scope, id, { aliasName: NAME, version });
    this.shiftSlowly(props);
  }

  private shiftSlowly({ deployment, function: target, rollBackOn }: LiveAliasProps): void {
    const application = new CfnApplication(this, 'Application', { computePlatform: 'Lambda' });
    const alarms = [target.errors, target.throttles, ...(rollBackOn ?? [])];
    const role = this.deployerOf(target);
    const group = new CfnDeploymentGroup(this, 'Deployments', {
      applicationName: application.ref,
      serviceRoleArn: role.roleArn,
      deploymentConfigName: CANARY,
      deploymentStyle: {
        deploymentType: 'BLUE_GREEN',
        deploymentOption: 'WITH_TRAFFIC_CONTROL',
      },
      alarmConfiguration: {
        enabled: true,
        alarms: alarms.map((alarm) => ({ name: alarm.alarmName })),
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    });
    group.node.addDependency(role);
    for (const construct of [application, group, role, ...role.node.children]) {
      const resource = (construct.node.defaultChild ?? construct) as CfnResource;
      if (resource.cfnOptions) resource.cfnOptions.condition = deployment.onAws;
    }
    // By an override, as the type of the property takes no condition.
    (this.node.defaultChild as CfnResource).addOverride('UpdatePolicy', {
      CodeDeployLambdaAliasUpdate: Fn.conditionIf(
        deployment.onAws.logicalId,
        { ApplicationName: application.ref, DeploymentGroupName: group.ref },
        { Ref: 'AWS::NoValue' },
      ),
    });
  }

  private deployerOf(target: ServiceFunction): Role {
    const role = new Role(this, 'DeployerRole', {
      description: 'Moves an alias from version to version',
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    const arn = target.function.functionArn;
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'lambda:GetAlias',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:UpdateAlias',
        ],
        resources: [arn, `${arn}:${NAME}`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'DescribeAlarms, the only action with it, only reads; with a narrower resource it leaves out composite alarms, and CodeDeploy stops a deployment whose alarms it cannot read.',
    });
    return role;
  }
}
