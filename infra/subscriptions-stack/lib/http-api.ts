import { CfnOutput, Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnApiMapping,
  CfnDomainName,
  CfnIntegration,
  CfnRoute,
  CfnStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { type Alarm, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Alarms } from '../../constructs/alarms.ts';
import type { Deployment } from '../../constructs/deployment.ts';
import { LOG_RETENTION } from '../../constructs/limits.ts';
import type { PublicUrl } from './public-url.ts';

/** The one stage of the API: its paths are then the service's. */
const STAGE = '$default';

/** The most that an HTTP API waits for an answer, in milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * What the access log says of a request. No path, query or body, as these hold
 * tokens; no address or browser, as these tell people apart.
 */
const LOGGED = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  method: '$context.httpMethod',
  protocol: '$context.protocol',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
};

export interface HttpApiProps {
  readonly deployment: Deployment;
  readonly alarms: Alarms;
  readonly publicUrl: PublicUrl;
  readonly logKey: IKey;
}

/** The HTTP API before the service's router: one route, which takes everything. */
export class HttpApi extends Construct {
  /** The address that it has without a domain name of its own. */
  readonly ownUrl: string;
  /** Raised if the service answers with 5xx in two of five minutes. */
  readonly serverErrors: Alarm;
  private readonly api: CfnApi;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HttpApiProps,
  ) {
    super(scope, id);
    const { deployment } = props;
    this.api = new CfnApi(this, 'Api', {
      name: deployment.name(),
      description: "Pennypost's pages and its API",
      protocolType: 'HTTP',
    });
    this.ownUrl = this.api.attrApiEndpoint;
    const stage = this.addStage();
    this.addDomain(stage);
    this.serverErrors = this.addAlarms();
  }

  /** Hands every request to `service`, and what that answers back. */
  serve(service: IFunction): void {
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: service.functionArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: TIMEOUT_MS,
    });
    const route = new CfnRoute(this, 'Route', {
      apiId: this.api.ref,
      routeKey: '$default',
      authorizationType: 'NONE',
      target: `integrations/${integration.ref}`,
    });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The service decides who may do what, by sessions and tokens, and subscribers are the public: a path alone does not tell.',
    });
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: service.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.api.ref,
        resourceName: '*/$default',
      }),
    });
  }

  /** A metric of the whole API, over five minutes. */
  metric(metricName: string, statistic: string, label?: string, period = Duration.minutes(5)): IMetric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.api.ref },
      statistic,
      label,
      period,
    });
  }

  private addStage(): CfnStage {
    const { deployment, logKey } = this.props;
    const log = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/${deployment.name('access')}`,
      retention: LOG_RETENTION,
      encryptionKey: logKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: STAGE,
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: number(
          deployment.parameter('ThrottleRate', {
            description: 'Requests per second that the API lets through, on average.',
            type: 'Number',
            default: '100',
            minValue: 1,
          }),
        ),
        throttlingBurstLimit: number(
          deployment.parameter('ThrottleBurst', {
            description: 'Requests that the API lets through at once.',
            type: 'Number',
            default: '200',
            minValue: 1,
          }),
        ),
      },
      accessLogSettings: {
        destinationArn: log.logGroupArn,
        format: JSON.stringify(LOGGED),
      },
    });
  }

  private addDomain(stage: CfnStage): void {
    const { domainName, certificateArn, hasDomain } = this.props.publicUrl;
    const domain = new CfnDomainName(this, 'Domain', {
      domainName,
      domainNameConfigurations: [
        { certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
      ],
    });
    const mapping = new CfnApiMapping(this, 'Mapping', {
      apiId: this.api.ref,
      domainName: domain.ref,
      stage: stage.ref,
    });
    for (const resource of [domain, mapping]) resource.cfnOptions.condition = hasDomain;
    // The empty default of CertificateArn is no ARN, and never gets here.
    domain.addMetadata('cfn-lint', { config: { ignore_checks: ['W1030'] } });
    const target = new CfnOutput(Stack.of(this), 'DomainTarget', {
      value: domain.attrRegionalDomainName,
      description: 'What the DNS record of DomainName points to',
    });
    target.condition = hasDomain;
  }

  private addAlarms(): Alarm {
    const { alarms } = this.props;
    alarms.add('api-latency', {
      description: 'One request in a hundred takes more than 5 seconds.',
      metric: this.metric('Latency', 'p99'),
      threshold: 5000,
      periods: 3,
    });
    return alarms.add('api-server-errors', {
      description: 'Requests are answered with 5xx: see the log of the function api by the request id in the access log.',
      metric: this.metric('5xx', 'Sum', undefined, Duration.minutes(1)),
      threshold: 1,
      periods: 5,
      badPeriods: 2,
    });
  }
}

/** A parameter's text, where the template wants a number. */
function number(parameter: string): number {
  return Token.asNumber(parameter);
}
