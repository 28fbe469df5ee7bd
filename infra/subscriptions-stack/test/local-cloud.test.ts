import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { synthesise } from './synthesise.ts';

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

  test('moves aliases at once, and lets go of the table', () => {
    const changed = Object.entries(onAws).filter(
      ([id, resource]) => id in onLocalCloud && !isDeepStrictEqual(resource, onLocalCloud[id]),
    );
    expect(changed.map(([, { Type }]) => Type).sort()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::Lambda::Alias',
      'AWS::Lambda::Alias',
    ]);
    for (const [id, resource] of changed) {
      if (resource.Type !== 'AWS::DynamoDB::Table') {
        expect(resource.UpdatePolicy).toHaveProperty('CodeDeployLambdaAliasUpdate.ApplicationName');
        expect(onLocalCloud[id]?.UpdatePolicy).toEqual({});
        continue;
      }
      const protection = { DeletionProtectionEnabled: true };
      expect(resource.Properties).toMatchObject(protection);
      expect({ ...onLocalCloud[id]?.Properties, ...protection }).toEqual(resource.Properties);
    }
  });
});

test('AWS is what a stack is for unless it is told otherwise', () => {
  expect(deployed(template)).toEqual(onAws);
});
