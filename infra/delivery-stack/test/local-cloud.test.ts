import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { type Resource, synthesise } from './synthesise.ts';

const template = synthesise();
const onAws = deployed(template, { LocalCloud: 'false' });
const onLocalCloud = deployed(template, { LocalCloud: 'true' });

/** The types of what is in `one` and not in `other`. */
function without(one: typeof onAws, other: typeof onAws): string[] {
  return Object.entries(one)
    .filter(([id]) => !(id in other))
    .map(([, { Type }]) => Type)
    .sort();
}

// infra/README.md says the same.
describe('the local cloud', () => {
  test('has no pipe, no CodeDeploy, and not their roles', () => {
    expect(without(onAws, onLocalCloud)).toEqual([
      'AWS::CodeDeploy::Application',
      'AWS::CodeDeploy::Application',
      'AWS::CodeDeploy::DeploymentGroup',
      'AWS::CodeDeploy::DeploymentGroup',
      'AWS::IAM::Policy',
      'AWS::IAM::Policy',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::IAM::Role',
      'AWS::Pipes::Pipe',
    ]);
  });

  test('has an event source mapping for the relay instead, and the policy for that', () => {
    expect(without(onLocalCloud, onAws)).toEqual([
      'AWS::IAM::Policy',
      'AWS::Lambda::EventSourceMapping',
    ]);
  });

  test('moves aliases at once, lets go of the table, and has mails go one by one', () => {
    const changed = Object.entries(onAws).filter(
      ([id, resource]) => id in onLocalCloud && !isDeepStrictEqual(resource, onLocalCloud[id]),
    );
    const types = changed.map(([, { Type }]) => Type);
    expect([...new Set(types)].sort()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::Lambda::Alias',
      'AWS::Lambda::Function',
      'AWS::Lambda::Version',
    ]);
    for (const [id, resource] of changed) changes[resource.Type]!(resource, onLocalCloud[id]!);
  });
});

/** What changes in a resource, and that nothing else in it does. */
const changes: Record<string, (onAws: Resource, onLocalCloud: Resource) => void> = {
  'AWS::DynamoDB::Table'(there, here) {
    const protection = { DeletionProtectionEnabled: true };
    expect(there.Properties).toMatchObject(protection);
    expect({ ...here.Properties, ...protection }).toEqual(there.Properties);
  },
  'AWS::Lambda::Alias'(there, here) {
    expect(there.UpdatePolicy).toHaveProperty('CodeDeployLambdaAliasUpdate.ApplicationName');
    expect(here.UpdatePolicy).toEqual({});
    expect(here.Properties).toEqual(there.Properties);
  },
  'AWS::Lambda::Function'(there, here) {
    const { Variables } = there.Properties.Environment;
    expect(Variables.PENNYPOST_SES_CALLS).toBe('bulk');
    expect(here.Properties).toEqual({
      ...there.Properties,
      Environment: { Variables: { ...Variables, PENNYPOST_SES_CALLS: 'single' } },
    });
  },
  // Its description has the settings of the function in it.
  'AWS::Lambda::Version'(there, here) {
    expect(here.Properties.Description).toBe(there.Properties.Description.replace('bulk', 'single'));
  },
};

test('AWS is what a stack is for unless it is told otherwise', () => {
  expect(deployed(template)).toEqual(onAws);
});
