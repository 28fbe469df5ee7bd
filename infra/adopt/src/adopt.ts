/** Adopts what a deleted stack left behind. */
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type CloudFormationClient,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { ADOPTABLE, findExisting, type Clients, type Existing } from './existing.ts';
import { parameterValues, reduced, retained, type Template } from './template.ts';

export interface Request {
  stack: string;
  template: Template;
  parameters: { [name: string]: string };
}

export interface Surroundings extends Clients {
  cloudformation: Pick<CloudFormationClient, 'send'>;
  /** Tells the person who runs it. */
  tell(line: string): void;
  /** How long to wait, in milliseconds, between two looks. */
  pollMs: number;
}

/** How long each of the two steps of an import may take, in milliseconds. */
const DEADLINE_MS = 10 * 60 * 1000;

/** States in which a stack of that name has no resources. */
const EMPTY = ['REVIEW_IN_PROGRESS', 'DELETE_COMPLETE'];

/**
 * Imports what `template` retains and is there into a new stack, so that the
 * ordinary deployment then updates that stack instead of failing because a name is
 * taken. Does nothing where nothing is there, or where the stack has it already.
 * Answers with what it adopted.
 */
export async function adopt(request: Request, around: Surroundings): Promise<Existing[]> {
  const { template, stack: name } = request;
  const parameters = parameterValues(template, request.parameters);
  const candidates = retained(template);
  for (const [logicalId, { Type: type }] of candidates) {
    if (!ADOPTABLE.includes(type)) around.tell(`left alone: ${logicalId}, a ${type}`);
  }
  const existing = await findExisting(candidates, parameters, around);
  if (existing.length === 0) {
    around.tell('nothing that the stack retains is there: deploy it');
    return [];
  }
  const stack = await describe(name, around);
  if (stack && !EMPTY.includes(stack.StackStatus!)) {
    await checkHeld(stack, existing, around);
    around.tell(`${name} has what it retains already`);
    return [];
  }
  for (const one of existing) around.tell(`found: ${one.logicalId}, ${Object.values(one.identifier)}`);
  await importInto(name, reduced(template, existing.map((one) => one.logicalId)), request, existing, around);
  around.tell(`${name} has adopted it: deploy the stack now`);
  return existing;
}

/** Throws unless the stack has every one of `existing`. */
async function checkHeld(stack: Stack, existing: Existing[], around: Surroundings): Promise<void> {
  const { StackName: name, StackStatus: status } = stack;
  const { StackResources: held = [] } = await around.cloudformation.send(
    new DescribeStackResourcesCommand({ StackName: name }),
  );
  const has = (one: Existing) =>
    held.some(
      ({ LogicalResourceId: id, PhysicalResourceId: physical, ResourceStatus }) =>
        id === one.logicalId && !!physical && ResourceStatus !== 'DELETE_COMPLETE' &&
        Object.values(one.identifier).includes(physical),
    );
  const missing = existing.filter((one) => !has(one));
  if (missing.length === 0) return;
  throw new Error(
    `${name} is there (${status}) without ${missing.map((one) => one.logicalId)}. ` +
      'Only a new stack adopts: delete this one, which keeps what it retains, and try again',
  );
}

async function importInto(
  name: string,
  template: Template,
  request: Request,
  existing: Existing[],
  around: Surroundings,
): Promise<void> {
  const { cloudformation } = around;
  const used = Object.keys(template.Parameters ?? {});
  const { Id: changeSet, StackId: stackId } = await cloudformation.send(
    new CreateChangeSetCommand({
      StackName: name,
      ChangeSetName: `adopt-${Date.now()}`,
      ChangeSetType: 'IMPORT',
      TemplateBody: JSON.stringify(template),
      Parameters: Object.entries(request.parameters)
        .filter(([key]) => used.includes(key))
        .map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      ResourcesToImport: existing.map((one) => ({
        LogicalResourceId: one.logicalId,
        ResourceType: one.type,
        ResourceIdentifier: one.identifier,
      })),
    }),
  );
  const made = await eventually('the change set', around, async () => {
    const set = await cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: changeSet }));
    return ['CREATE_COMPLETE', 'FAILED'].includes(set.Status!) ? set : undefined;
  });
  // A set can be made, and yet nobody be able to execute it.
  if (made.Status === 'FAILED' || made.ExecutionStatus !== 'AVAILABLE') {
    await cloudformation.send(new DeleteChangeSetCommand({ ChangeSetName: changeSet }));
    throw new Error(`CloudFormation refuses the import: ${made.StatusReason}`);
  }
  await cloudformation.send(new ExecuteChangeSetCommand({ ChangeSetName: changeSet }));
  const after = await eventually('the import', around, async () => {
    const stack = await describe(stackId!, around);
    // Before it begins, the stack still has the state that it had.
    const isOn = !stack || /IN_PROGRESS$/.test(stack.StackStatus!);
    return isOn ? undefined : stack;
  });
  if (after.StackStatus !== 'IMPORT_COMPLETE') {
    throw new Error(`the import ended as ${after.StackStatus}: ${after.StackStatusReason}`);
  }
}

/** The stack, unless there is none. */
async function describe(name: string, { cloudformation }: Surroundings): Promise<Stack | undefined> {
  try {
    const { Stacks: stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return stacks?.[0];
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}

/** What `look` finds once it finds something. Throws if that takes too long. */
async function eventually<T>(
  what: string,
  { pollMs }: Surroundings,
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`${what} is not done after ${DEADLINE_MS / 60_000} minutes: look at it in CloudFormation`);
}
