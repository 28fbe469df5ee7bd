import { CfnDeletionPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Deployment } from '../../constructs/deployment.ts';
import type { ServiceFunction } from '../../constructs/function.ts';
import { via } from '../../constructs/table.ts';

/** The admin's first password: 24 letters and digits, which is 142 bits. */
const PASSWORD_CHARACTERS = 24;

/** What the service's two keys are made of: 64 letters and digits. */
const KEYS_CHARACTERS = 64;

/** What this service keeps secret. Each is the whole text of its secret. */
export class Secrets extends Construct {
  /** The password of the user `admin`, which counts at the first start only. */
  readonly adminArn: string;
  /**
   * What the service's keys are made of. They are nowhere else: without them no
   * unsubscribe link that was ever mailed works, and no address is recognised. So
   * it stays when the stack goes; and it has a fixed name, so that a new stack
   * stops at the one that is there instead of making another without a word.
   */
  readonly keysArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: { deployment: Deployment; encryptionKey: IKey },
  ) {
    super(scope, id);
    this.adminArn = this.random('Admin', {
      name: 'admin',
      description: 'The first password of the user admin',
      characters: PASSWORD_CHARACTERS,
      deletionPolicy: CfnDeletionPolicy.DELETE,
      keptAsItIs:
        'It counts at the first start only. After that the password is in the table, as a hash, and changed at /admin/password.',
    });
    this.keysArn = this.random('Keys', {
      name: 'keys',
      description: 'What unsubscribe links and address fingerprints are made with. Never delete it.',
      characters: KEYS_CHARACTERS,
      deletionPolicy: CfnDeletionPolicy.RETAIN,
      keptAsItIs:
        'Unsubscribe links never expire: another key would end every one that was mailed, and no address would be recognised.',
    });
  }

  /** Lets a function read the secrets of `arns`, and their key for nothing else than that. */
  grant(to: ServiceFunction, ...arns: string[]): void {
    to.allow(['secretsmanager:GetSecretValue'], arns);
    to.allow(['kms:Decrypt'], [this.props.encryptionKey.keyArn], via('secretsmanager'));
  }

  private random(
    id: string,
    props: {
      name: string;
      description: string;
      characters: number;
      deletionPolicy: CfnDeletionPolicy;
      keptAsItIs: string;
    },
  ): string {
    const { deployment, encryptionKey } = this.props;
    // Not the construct of the second level: that widens the policy of its key.
    const secret = new CfnSecret(this, id, {
      name: `pennypost/${deployment.stage}/${deployment.service}/${props.name}`,
      description: props.description,
      kmsKeyId: encryptionKey.keyArn,
      generateSecretString: { passwordLength: props.characters, excludePunctuation: true },
    });
    secret.cfnOptions.deletionPolicy = props.deletionPolicy;
    secret.cfnOptions.updateReplacePolicy = props.deletionPolicy;
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: props.keptAsItIs });
    return secret.ref;
  }
}
