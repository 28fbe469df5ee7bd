import { CfnParameter, Fn } from 'aws-cdk-lib';
import type { Deployment } from '../../constructs/deployment.ts';

/**
 * A sender with or without a name before it. The length is for the description of a
 * Lambda version, which takes 256 characters and has all settings in it.
 */
const FROM_ADDRESS = '^(?=.{3,92}$)([^<>@]*<)?[^<>@\\s]+@[A-Za-z0-9.-]+>?$';

/** What is particular to delivery and can differ from stage to stage. */
export class Settings {
  readonly fromAddress: string;
  readonly sendRate: string;
  /** Seconds, as a number that is known at deployment. */
  readonly settleSeconds: number;
  readonly progressSeconds: string;
  /** How issue mails are handed to SES. */
  readonly sesCalls: string;

  constructor(readonly deployment: Deployment) {
    this.fromAddress = deployment.parameter('FromAddress', {
      description:
        'The sender, such as "Pennypost <news@example.com>". SES has its domain or the address as a verified identity.',
      allowedPattern: FROM_ADDRESS,
    });
    this.sendRate = deployment.parameter('SendRate', {
      description: "Issue mails a second, over all shards. Empty: what the account's quota leaves.",
      default: '',
      allowedPattern: '^([0-9]{1,6}([.][0-9]{1,3})?)?$',
    });
    this.settleSeconds = new CfnParameter(deployment.stack, 'SettleSeconds', {
      description: 'How long after its publication an issue is begun, so that confirmations from before have arrived.',
      type: 'Number',
      default: 30,
      minValue: 1,
      maxValue: 900,
    }).valueAsNumber;
    this.progressSeconds = deployment.parameter('ProgressSeconds', {
      description: 'How often an issue on its way reports how far it is, at most.',
      type: 'Number',
      default: '15',
      minValue: 1,
    });
    // The emulator's SES drops the headers of bulk mail, List-Unsubscribe among them.
    this.sesCalls = Fn.conditionIf(deployment.onLocalCloud.logicalId, 'single', 'bulk').toString();
  }

  /** The identities that SES may have for the sender: its domain, and the address itself. */
  get identities(): string[] {
    const [before, after] = [0, 1].map((part) => Fn.select(part, Fn.split('@', this.fromAddress)));
    const domain = Fn.select(0, Fn.split('>', after!));
    // With a name in front it is what follows the bracket, and else all of it: said
    // twice, with a bracket between, the second piece is the one in both cases.
    const user = Fn.select(1, Fn.split('<', Fn.join('<', [before!, before!])));
    return [domain, Fn.join('@', [user, domain])];
  }

  /** What a version of a function depends on without the template saying so. */
  get frozenIntoVersions(): string[] {
    const own = [this.fromAddress, this.sendRate, this.progressSeconds, this.sesCalls];
    return [...own, ...this.deployment.frozenIntoVersions];
  }
}
