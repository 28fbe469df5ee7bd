/** An account to test against: what is in it, and what CloudFormation was asked for. */
import type { Surroundings } from '../src/adopt.ts';

type Input = { [field: string]: any };
type Output = { [field: string]: unknown };

export interface Account {
  /** By name; with the key that encrypts it, if it has one of its own. */
  tables: { [name: string]: { keyArn?: string; status?: string } };
  secrets: { [name: string]: { keyArn?: string; deleted?: boolean } };
  /** By ARN; the state. */
  keys: { [arn: string]: string };
  stack?: { status: string; resources: { [logicalId: string]: string } };
  /** Why CloudFormation refuses the next import. */
  refusal?: string;
  /** The state that the next import ends in. */
  importEnds?: string;
}

export interface Testing extends Surroundings {
  told: string[];
  /** The inputs of what was asked, by the commands' names. */
  asked(command: string): Input[];
}

function error(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

export function arnOf(secret: string): string {
  return `arn:aws:secretsmanager:eu-west-1:1:secret:${secret}-AbCdEf`;
}

/** Surroundings in which that account is the only one. */
export function surroundings(account: Account): Testing {
  const asked: [string, Input][] = [];
  const told: string[] = [];
  const notThere = () => error('ResourceNotFoundException', 'not found');
  let importing: Input | undefined;
  let looks = 0;
  const answers: { [command: string]: (input: Input) => Output } = {
    DescribeTableCommand({ TableName: name }) {
      const table = account.tables[name];
      if (!table) throw notThere();
      const sse = table.keyArn ? { KMSMasterKeyArn: table.keyArn } : undefined;
      return { Table: { TableStatus: table.status ?? 'ACTIVE', SSEDescription: sse } };
    },
    DescribeSecretCommand({ SecretId: name }) {
      const secret = account.secrets[name];
      if (!secret) throw notThere();
      const deleted = secret.deleted ? new Date(0) : undefined;
      return { ARN: arnOf(name), KmsKeyId: secret.keyArn, DeletedDate: deleted };
    },
    DescribeKeyCommand({ KeyId: arn }) {
      return { KeyMetadata: { KeyId: arn.split('/')[1], KeyState: account.keys[arn] } };
    },
    DescribeStacksCommand() {
      if (!account.stack) throw error('ValidationError', 'Stack with id x does not exist');
      // An import takes a while, even to begin.
      if (importing && ++looks > 2) {
        account.stack.status = account.importEnds ?? 'IMPORT_COMPLETE';
      }
      return { Stacks: [{ StackName: 'x', StackStatus: account.stack.status }] };
    },
    DescribeStackResourcesCommand() {
      const resources = Object.entries(account.stack!.resources);
      return {
        StackResources: resources.map(([LogicalResourceId, PhysicalResourceId]) => ({
          LogicalResourceId, PhysicalResourceId, ResourceStatus: 'CREATE_COMPLETE',
        })),
      };
    },
    CreateChangeSetCommand() {
      account.stack ??= { status: 'REVIEW_IN_PROGRESS', resources: {} };
      return { Id: 'set', StackId: 'stack' };
    },
    DescribeChangeSetCommand() {
      const { refusal } = account;
      if (refusal) return { Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE', StatusReason: refusal };
      return { Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' };
    },
    DeleteChangeSetCommand: () => ({}),
    ExecuteChangeSetCommand(input) {
      importing = input;
      return {};
    },
  };
  const client = {
    async send(command: { input: Input }) {
      const name = command.constructor.name;
      asked.push([name, command.input]);
      return answers[name]!(command.input);
    },
  } as unknown as Surroundings['cloudformation'] & Surroundings['dynamodb'] & Surroundings['kms'] & Surroundings['secrets'];
  return {
    cloudformation: client,
    dynamodb: client,
    kms: client,
    secrets: client,
    tell: (line) => told.push(line),
    pollMs: 0,
    told,
    asked: (command) => asked.filter(([name]) => name === command).map(([, input]) => input),
  };
}
