/** The command; README.md says what for. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { adopt, type Request } from './adopt.ts';

/** Milliseconds between two looks at what CloudFormation does. */
const POLL_MS = 1000;

const USAGE = 'usage: npm start -- --stack NAME --template FILE [--parameter NAME=VALUE …]';

function request(): Request {
  const { values } = parseArgs({
    options: {
      stack: { type: 'string' },
      template: { type: 'string' },
      parameter: { type: 'string', multiple: true, default: [] },
    },
  });
  if (!values.stack || !values.template) throw new Error(USAGE);
  const parameters = values.parameter.map((given) => {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(given) ?? [];
    if (name === undefined) throw new Error(`not NAME=VALUE: ${given}\n${USAGE}`);
    return [name, value];
  });
  return {
    stack: values.stack,
    // npm runs this in its own folder, and says which one it was called in.
    template: JSON.parse(readFileSync(resolve(process.env.INIT_CWD ?? '', values.template), 'utf8')),
    parameters: Object.fromEntries(parameters),
  };
}

try {
  await adopt(request(), {
    cloudformation: new CloudFormationClient(),
    dynamodb: new DynamoDBClient(),
    kms: new KMSClient(),
    secrets: new SecretsManagerClient(),
    tell: (line) => console.log(line),
    pollMs: POLL_MS,
  });
} catch (error) {
  console.error(`adopt: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
