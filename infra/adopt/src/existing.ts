/** Which of the retained resources are there. */
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { references, text, type Resource } from './template.ts';

export interface Clients {
  dynamodb: Pick<DynamoDBClient, 'send'>;
  kms: Pick<KMSClient, 'send'>;
  secrets: Pick<SecretsManagerClient, 'send'>;
}

/** A resource that an import can name. */
export interface Existing {
  logicalId: string;
  type: string;
  /** As CloudFormation identifies one of this type. */
  identifier: { [property: string]: string };
}

/** What is there, and which key encrypts it. */
interface Found {
  existing: Existing;
  keyArn?: string | undefined;
}

type Named = [string, Resource];
type Parameters = { [name: string]: string };

const TABLES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
const SECRET = 'AWS::SecretsManager::Secret';
const KEY = 'AWS::KMS::Key';

/** The types that can be adopted; others that stay are left to whoever deploys. */
export const ADOPTABLE = [...TABLES, SECRET, KEY];

/**
 * Those of `resources` that are there: tables and secrets by their names, keys by
 * what they encrypt. Throws where one is on its way to deletion and something needs
 * it: that is for a person to decide.
 */
export async function findExisting(
  resources: Named[],
  parameters: Parameters,
  clients: Clients,
): Promise<Existing[]> {
  const found: [Named, Found][] = [];
  for (const [logicalId, resource] of resources) {
    const one = await findNamed(logicalId, resource, parameters, clients);
    if (one) found.push([[logicalId, resource], one]);
  }
  const keys: Existing[] = [];
  for (const [logicalId, resource] of resources) {
    if (resource.Type !== KEY) continue;
    const users = found.filter(([[, user]]) => references(user.Properties).has(logicalId));
    const arns = new Set(users.flatMap(([, { keyArn }]) => keyArn ?? []));
    if (arns.size > 1) throw new Error(`${logicalId} is one key, and encrypts with several: ${[...arns]}`);
    for (const arn of arns) keys.push(await usableKey(logicalId, arn, clients));
  }
  return [...found.map(([, { existing }]) => existing), ...keys];
}

async function findNamed(
  logicalId: string,
  { Type: type, Properties: properties }: Resource,
  parameters: Parameters,
  clients: Clients,
): Promise<Found | undefined> {
  if (TABLES.includes(type)) {
    const name = text(properties?.TableName, parameters);
    return ifThere(async () => {
      const { Table: table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: name }));
      if (table?.TableStatus === 'DELETING') throw new Error(`the table ${name} is being deleted`);
      const existing = { logicalId, type, identifier: { TableName: name } };
      return { existing, keyArn: table?.SSEDescription?.KMSMasterKeyArn };
    });
  }
  if (type === SECRET) {
    const name = text(properties?.Name, parameters);
    return ifThere(async () => {
      const secret = await clients.secrets.send(new DescribeSecretCommand({ SecretId: name }));
      if (secret.DeletedDate) {
        throw new Error(`the secret ${name} is scheduled for deletion: restore it or let it go first`);
      }
      return { existing: { logicalId, type, identifier: { Id: secret.ARN! } }, keyArn: secret.KmsKeyId };
    });
  }
  return undefined;
}

/** What `look` finds, or nothing if the service says that it is not there. */
async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function usableKey(logicalId: string, arn: string, { kms }: Clients): Promise<Existing> {
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: arn }));
  if (key?.KeyState !== 'Enabled') {
    throw new Error(
      `the key ${arn} is ${key?.KeyState ?? 'not there'}: what it encrypts cannot be read without it. ` +
        'Cancel its deletion and enable it first',
    );
  }
  return { logicalId, type: KEY, identifier: { KeyId: key.KeyId! } };
}
