import { CfnCondition, CfnRule, Fn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../../constructs/deployment.ts';

/** Where the public finds the service: what the parameters say of it. */
export class PublicUrl extends Construct {
  readonly domainName: string;
  readonly certificateArn: string;
  /** Whether the API has a domain name of its own. */
  readonly hasDomain: CfnCondition;
  private readonly given: string;
  private readonly isGiven: CfnCondition;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    // Their lengths are such that a version's description can tell them: LiveAlias.
    this.given = deployment.parameter('PublicUrl', {
      description:
        'The base of every link in a mail, with no slash at its end. Empty: DomainName, or else the address that the API gets.',
      default: '',
      allowedPattern: '^(https?://[^\\s]{1,106}[^\\s/])?$',
    });
    this.domainName = deployment.parameter('DomainName', {
      description: 'A domain name for the API. Empty: none.',
      default: '',
      allowedPattern: '^([a-z0-9][a-z0-9.-]{0,99})?$',
    });
    this.certificateArn = deployment.parameter('CertificateArn', {
      description: 'The certificate for DomainName, of ACM in this region.',
      default: '',
      allowedPattern: '^(arn:[a-z-]+:acm:.*)?$',
    });
    this.isGiven = this.isThere('HasPublicUrl', this.given);
    this.hasDomain = this.isThere('HasDomain', this.domainName);
    new CfnRule(this, 'DomainHasCertificate', {
      ruleCondition: Fn.conditionNot(Fn.conditionEquals(this.domainName, '')),
      assertions: [
        {
          assert: Fn.conditionNot(Fn.conditionEquals(this.certificateArn, '')),
          assertDescription: 'DomainName needs CertificateArn',
        },
      ],
    });
  }

  /** The public URL, if `fallback` is the API's own address. */
  or(fallback: string): string {
    const domain = Fn.conditionIf(
      this.hasDomain.logicalId,
      `https://${this.domainName}`,
      fallback,
    );
    return Fn.conditionIf(this.isGiven.logicalId, this.given, domain).toString();
  }

  private isThere(id: string, value: string): CfnCondition {
    return new CfnCondition(this, id, {
      expression: Fn.conditionNot(Fn.conditionEquals(value, '')),
    });
  }
}
