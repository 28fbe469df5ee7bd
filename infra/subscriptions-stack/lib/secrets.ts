import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Deployment } from '../../constructs/deployment.ts';
import type { ServiceFunction } from '../../constructs/function.ts';
import { via } from '../../constructs/table.ts';

/** The admin's first password: 24 letters and digits, which is 142 bits. */
const PASSWORD_CHARACTERS = 24;

/** What the service's two keys are made of: 64 characters. */
const KEYS_CHARACTERS = 64;

/** What this service keeps secret. Each is the whole text of its secret. */
export class Secrets extends Construct {
  /** The password of the user `admin`, which counts at the first start only. */
  readonly admin: Secret;
  /**
   * What the service's keys are made of. They are nowhere else: without them no
   * unsubscribe link that was ever mailed works, and no address is recognised. So
   * it stays when the stack goes; and it has a fixed name, so that a new stack
   * stops at the one that is there instead of making another without a word.
   */
  readonly keys: Secret;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: { deployment: Deployment; encryptionKey: IKey },
  ) {
    super(scope, id);
    this.admin = this.random('Admin', {
      name: 'admin',
      description: 'The first password of the user admin',
      characters: PASSWORD_CHARACTERS,
      removalPolicy: RemovalPolicy.DESTROY,
      keptAsItIs:
        'It counts at the first start only. After that the password is in the table, as a hash, and changed at /admin/password.',
    });
    this.keys = this.random('Keys', {
      name: 'keys',
      description: 'What unsubscribe links and address fingerprints are made with. Never delete it.',
      characters: KEYS_CHARACTERS,
      removalPolicy: RemovalPolicy.RETAIN,
      keptAsItIs:
        'Unsubscribe links never expire: another key would end every one that was mailed, and no address would be recognised.',
    });
  }

  /** Lets a function read `secrets`, and their key for nothing else than that. */
  grant(to: ServiceFunction, ...secrets: Secret[]): void {
    to.allow(
      ['secretsmanager:GetSecretValue'],
      secrets.map((secret) => secret.secretArn),
    );
    to.allow(['kms:Decrypt'], [this.props.encryptionKey.keyArn], via('secretsmanager'));
  }

  private random(
    id: string,
    props: {
      name: string;
      description: string;
      characters: number;
      removalPolicy: RemovalPolicy;
      keptAsItIs: string;
    },
  ): Secret {
    const { deployment, encryptionKey } = this.props;
    const secret = new Secret(this, id, {
      secretName: `pennypost/${deployment.stage}/${deployment.service}/${props.name}`,
      description: props.description,
      encryptionKey,
      removalPolicy: props.removalPolicy,
      generateSecretString: { passwordLength: props.characters, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: props.keptAsItIs });
    return secret;
  }
}
