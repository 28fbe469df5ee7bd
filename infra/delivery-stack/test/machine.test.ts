import validate from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { only, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const machine = only(template, 'AWS::StepFunctions::StateMachine').Properties;
const SECONDS = '45';

/** The definition as it is deployed, each ARN by the id of its resource. */
function definition() {
  const [, parts] = machine.DefinitionString['Fn::Join'] as [string, unknown[]];
  const text = parts.map((part) => {
    if (typeof part === 'string') return part;
    const { Ref: ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
    return ref === 'SettleSeconds' ? SECONDS : `arn:aws:lambda:eu-west-1:123456789012:function:${ref ?? attribute?.[0]}`;
  });
  return JSON.parse(text.join(''));
}

const { States } = definition();
const send = States.Shards.ItemProcessor.States.Send;

test('the definition is valid with what is put into it, and nothing is left out', () => {
  expect(validate(definition())).toMatchObject({ isValid: true, errors: [] });
  expect(JSON.stringify(definition())).not.toContain('${');
});

test('it waits as long as the parameter says', () => {
  expect(States.Settle.Seconds).toBe(Number(SECONDS));
  expect(template.toJSON().Parameters.SettleSeconds).toMatchObject({ Default: 30, MinValue: 1 });
});

describe('a step', () => {
  test.each([
    ['Plan', States.Plan, /FunctionsPlan/],
    ['Send', send, /FunctionsLiveSend/],
    ['Finish', States.Finish, /FunctionsFinish/],
  ])('%s calls its function, and waits for it longer than that may take', (_, state, id) => {
    expect(state.Parameters.FunctionName).toMatch(id);
    const name = /function:(\w+)$/.exec(state.Parameters.FunctionName)![1]!;
    const all = resources(template);
    const alias = all[name]?.Type === 'AWS::Lambda::Alias' ? all[name].Properties.FunctionName.Ref : name;
    expect(state.TimeoutSeconds).toBeGreaterThan(all[alias]?.Properties.Timeout);
  });
});

test('each function knows the machine by its name, and the name is the stage’s', () => {
  const all = Object.values(deployed(template, { Stage: 'beta' }));
  const named = all.find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  expect(named?.Properties.StateMachineName).toBe('pennypost-beta-issues');
  for (const { Properties } of all.filter(({ Type }) => Type === 'AWS::Lambda::Function')) {
    expect(Properties.Environment.Variables.PENNYPOST_STATE_MACHINE_ARN).toBe(
      'arn:aws:states:eu-west-1:123456789012:stateMachine:pennypost-beta-issues',
    );
  }
});

test('executions are traced, and what goes wrong is logged without what went in', () => {
  expect(machine).toMatchObject({
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
  });
  // An execution goes on for hours: the standard type, which is the default.
  expect(machine.StateMachineType ?? 'STANDARD').toBe('STANDARD');
});

test('the role may do what walking takes, and no more', () => {
  const policy = Object.entries(resources(template, 'AWS::IAM::Policy')).find(([id]) => /^IssuesPolicy/.test(id))![1];
  const statements = policy.Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[];
  const of = (action: string) => {
    const found = statements.filter(({ Action }) => [Action].flat().includes(action));
    expect(found).toHaveLength(1);
    return JSON.stringify(found[0]!.Resource);
  };
  expect(JSON.parse(of('lambda:InvokeFunction'))).toEqual([
    { 'Fn::GetAtt': [expect.stringMatching(/^FunctionsFinish/), 'Arn'] },
    { 'Fn::GetAtt': [expect.stringMatching(/^FunctionsPlan/), 'Arn'] },
    { Ref: expect.stringMatching(/^FunctionsLiveSend/) },
  ]);
  expect(of('states:StartExecution')).toMatch(/:stateMachine:pennypost-",\{"Ref":"Stage"\},"-issues"/);
  expect(of('states:StopExecution')).toContain('-issues:*"');
  expect(of('states:StopExecution')).toContain('-issues/shards:*"');
  expect(of('states:RedriveExecution')).toMatch(/-issues\/shards:\*"/);
  const traces = statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith('xray:'));
  expect(traces.sort()).toEqual([
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
  const others = statements.flatMap(({ Action }) => Action).filter((action) => !/^(lambda|states|logs|xray):/.test(action));
  expect(others).toEqual([]);
});

test('an execution that fails, takes too long or is stopped raises an alarm', () => {
  const metrics = Object.values(resources(template, 'AWS::CloudWatch::Alarm'))
    .filter(({ Properties }) => Properties.Namespace === 'AWS/States')
    .map(({ Properties }) => Properties.MetricName);
  expect(metrics.sort()).toEqual(['ExecutionsAborted', 'ExecutionsFailed', 'ExecutionsTimedOut']);
});
