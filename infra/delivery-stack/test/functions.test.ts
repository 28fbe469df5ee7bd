import { describe, expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { type Resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const functions = resources(template, 'AWS::Lambda::Function');

function functionCalled(name: string): Resource {
  const found = Object.values(functions).find(({ Properties }) =>
    JSON.stringify(Properties.FunctionName).includes(`-delivery-${name}"`));
  if (!found) throw new Error(`no function is called ${name}`);
  return found;
}

/** The metric of an alarm, with the names of parameters in place of their values. */
function metricOf(alarm?: Resource): string {
  const name = alarm?.Properties.MetricName;
  const parts: (string | { Ref: string })[] = name?.['Fn::Join']?.[1] ?? [name];
  return parts.map((part) => (typeof part === 'object' ? part.Ref : part)).join('');
}

/** What a function is called, its role, its timeout and memory. */
const FUNCTIONS = [
  ['inbound', 'inbound', 60, 256],
  ['confirmations', 'inbound', 150, 256],
  ['feedback', 'feedback', 60, 256],
  ['plan', 'plan', 60, 256],
  ['send', 'send', 300, 512],
  ['finish', 'finish', 60, 256],
  ['relay', 'relay', 60, 256],
  ['sweeper', 'sweeper', 300, 256],
] as const;

test('there is a function for each role of the program, and one more for confirmations', () => {
  expect(Object.keys(functions)).toHaveLength(FUNCTIONS.length);
});

describe.each(FUNCTIONS)('%s', (name, role, timeout, memory) => {
  const { Properties } = functionCalled(name);

  test('runs as agreed, traced, with a log of its own', () => {
    expect(Properties).toMatchObject({
      Handler: role,
      Runtime: 'provided.al2023',
      Architectures: ['arm64'],
      Timeout: timeout,
      MemorySize: memory,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: { Ref: expect.stringMatching(/^Functions\w+Log/) } },
    });
    expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  test('has alarms on errors, throttles and time', () => {
    const ours = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).filter((alarm) =>
      JSON.stringify(alarm.Properties.AlarmName).match(`-${name}-(errors|throttles|slow)"`),
    );
    expect(ours.map((alarm) => alarm.Properties.MetricName).sort()).toEqual([
      'Duration', 'Errors', 'Throttles',
    ]);
  });

  test('is told what every role of the program may want to know', () => {
    expect(Properties.Environment.Variables).toMatchObject({
      PENNYPOST_STAGE: { Ref: 'Stage' },
      PENNYPOST_TABLE: { Ref: expect.stringMatching(/^Table/) },
      PENNYPOST_FROM: { Ref: 'FromAddress' },
      PENNYPOST_SEND_RATE: { Ref: 'SendRate' },
      PENNYPOST_PROGRESS_SECONDS: { Ref: 'ProgressSeconds' },
      PENNYPOST_STATE_MACHINE_ARN: expect.anything(),
      PENNYPOST_CONFIGURATION_SET: expect.anything(),
      PENNYPOST_SES_CALLS: expect.anything(),
      OTEL_EXPORTER_OTLP_ENDPOINT: { Ref: 'OtlpEndpoint' },
      RUST_LOG: 'info',
    });
  });
});

test('who reads a queue knows it by its URL', () => {
  const urls = (name: string) =>
    JSON.stringify(functionCalled(name).Properties.Environment.Variables.PENNYPOST_QUEUE_URLS);
  expect(urls('inbound')).toMatch(/QueuesChangesQueue.*,.*QueuesControlsQueue/);
  expect(urls('confirmations')).toContain('QueuesConfirmationsQueue');
  expect(urls('feedback')).toContain('QueuesFeedbackQueue');
});

test('who reads a queue tells of its messages’ failures elsewhere than by errors', () => {
  const errors = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).filter(
    ({ Properties }) => Properties.MetricName === 'Errors',
  );
  expect(errors).toHaveLength(FUNCTIONS.length);
  for (const { Properties } of errors) {
    const [{ Value: of }] = Properties.Dimensions;
    const readsQueues = 'PENNYPOST_QUEUE_URLS' in functions[of.Ref]!.Properties.Environment.Variables;
    expect(Properties.AlarmDescription.includes('panicked')).toBe(!readsQueues);
    expect(Properties.AlarmDescription.includes('program-faults')).toBe(readsQueues);
  }
});

test('who publishes knows the bus, and nobody else does', () => {
  const knowing = Object.values(functions).filter(({ Properties }) =>
    'PENNYPOST_BUS' in Properties.Environment.Variables);
  expect(knowing.map(({ Properties }) => Properties.Handler).sort()).toEqual(['relay', 'sweeper']);
});

test('the context chooses the architecture', () => {
  const other = resources(synthesise({ architecture: 'x86_64' }), 'AWS::Lambda::Function');
  for (const { Properties } of Object.values(other)) expect(Properties.Architectures).toEqual(['x86_64']);
  expect(() => synthesise({ architecture: 'sparc' })).toThrow('arm64 or x86_64');
});

test('without a program there is a hint how to get one', () => {
  expect(() => synthesise({ assets: 'target/nothing' })).toThrow('infra/build delivery arm64');
});

describe('the aliases of inbound and send', () => {
  const versions = Object.values(resources(template, 'AWS::Lambda::Version'));

  test('are moved by a canary, and back on an alarm', () => {
    const alarms = resources(template, 'AWS::CloudWatch::Alarm');
    const groups = Object.values(resources(template, 'AWS::CodeDeploy::DeploymentGroup'));
    expect(groups).toHaveLength(2);
    for (const { Properties } of groups) {
      expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
      expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      const watched = Properties.AlarmConfiguration.Alarms.map(
        ({ Name }: { Name: { Ref: string } }) => metricOf(alarms[Name.Ref]),
      );
      expect(watched).toEqual(['Errors', 'Throttles', 'pennypost-Stage-delivery-program-faults']);
    }
  });

  test('get another version by a change to a parameter, as by one to the program', () => {
    const parameters = Object.keys(template.toJSON().Parameters);
    expect(versions.map(({ Properties }) => functions[Properties.FunctionName.Ref]?.Properties.Handler)).toEqual([
      'inbound', 'send',
    ]);
    for (const { Properties } of versions) {
      const { Environment, Layers } = functions[Properties.FunctionName.Ref]!.Properties;
      const frozen = JSON.stringify([Environment, Layers]);
      // Another stage has other functions.
      const used = parameters.filter((name) => name !== 'Stage' && frozen.includes(`{"Ref":"${name}"}`));
      expect(used).toEqual(['OtlpEndpoint', 'CollectorLayer', 'FromAddress', 'SendRate', 'ProgressSeconds']);
      const description = JSON.stringify(Properties.Description);
      for (const name of used) expect(description).toContain(`{"Ref":"${name}"}`);
      expect(description).toContain('OnLocalCloud');
    }
  });

  test('can be described in as many characters as Lambda takes', () => {
    const { FromAddress, SendRate, OtlpEndpoint, CollectorLayer } = template.toJSON().Parameters;
    const longest = {
      FromAddress: `a@${'b'.repeat(90)}`,
      SendRate: '999999.999',
      OtlpEndpoint: `http://${'c'.repeat(70)}`,
      CollectorLayer: `arn:aws:lambda:eu-west-1:123456789012:layer:${'d'.repeat(44)}:9999`,
      ProgressSeconds: '3600',
      LocalCloud: 'true',
    };
    expect(longest.FromAddress).toMatch(new RegExp(FromAddress.AllowedPattern));
    expect(`${longest.FromAddress}b`).not.toMatch(new RegExp(FromAddress.AllowedPattern));
    expect(longest.SendRate).toMatch(new RegExp(SendRate.AllowedPattern));
    expect(`${longest.SendRate}9`).not.toMatch(new RegExp(SendRate.AllowedPattern));
    expect(longest.OtlpEndpoint).toMatch(new RegExp(OtlpEndpoint.AllowedPattern));
    expect(`${longest.OtlpEndpoint}c`).not.toMatch(new RegExp(OtlpEndpoint.AllowedPattern));
    expect(longest.CollectorLayer).toMatch(new RegExp(CollectorLayer.AllowedPattern));
    expect(`${longest.CollectorLayer}9`).not.toMatch(new RegExp(CollectorLayer.AllowedPattern));
    expect(longest.CollectorLayer.replace('d:', 'dd:')).not.toMatch(new RegExp(CollectorLayer.AllowedPattern));
    const described = Object.values(deployed(template, longest)).filter(({ Type }) => Type === 'AWS::Lambda::Version');
    for (const { Properties } of described) expect(Properties.Description.length).toBeLessThanOrEqual(256);
  });
});

describe('a collector beside the functions', () => {
  const layer = 'arn:aws:lambda:eu-west-1:901920570463:layer:aws-otel-collector-arm64-ver-0-117-0:1';
  const of = (type: string, parameters = {}) =>
    Object.values(deployed(template, parameters)).filter(({ Type }) => Type === type);

  test('is a layer of every one, where there is one', () => {
    const without = of('AWS::Lambda::Function');
    expect(without).toHaveLength(FUNCTIONS.length);
    for (const { Properties } of without) expect(Properties).not.toHaveProperty('Layers');
    for (const { Properties } of of('AWS::Lambda::Function', { CollectorLayer: layer })) {
      expect(Properties.Layers).toEqual([layer]);
    }
  });

  test('is told from another by every version', () => {
    const others = ['', layer.replace(/:1$/, ':2'), layer.replace('9019', '1234'), layer.replace('arm64', 'amd64')];
    const described = (CollectorLayer: string) =>
      of('AWS::Lambda::Version', { CollectorLayer, FromAddress: 'a@b.example' }).map(({ Properties }) => Properties.Description);
    expect(described(layer)).toHaveLength(2);
    for (const other of others) {
      described(other).forEach((text, number) => expect(text).not.toEqual(described(layer)[number]));
    }
  });

  test('does not hold up an answer for long if it hangs', () => {
    for (const { Properties } of of('AWS::Lambda::Function')) {
      expect(Properties.Environment.Variables.OTEL_EXPORTER_OTLP_TIMEOUT).toBe('1000');
    }
  });
});
