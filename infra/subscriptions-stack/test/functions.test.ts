import { describe, expect, test } from 'vitest';
import { deployed } from './deployed.ts';
import { only, type Resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const functions = Object.values(resources(template, 'AWS::Lambda::Function'));

function functionOf(role: string): Resource {
  const found = functions.find((candidate) => candidate.Properties.Handler === role);
  if (!found) throw new Error(`no function is ${role}`);
  return found;
}

/** The metric of an alarm, with the names of parameters in place of their values. */
function metricOf(alarm?: Resource): string {
  const name = alarm?.Properties.MetricName;
  const parts: (string | { Ref: string })[] = name?.['Fn::Join']?.[1] ?? [name];
  return parts.map((part) => (typeof part === 'object' ? part.Ref : part)).join('');
}

test('there is a function for each role of the program', () => {
  expect(functions.map(({ Properties }) => Properties.Handler).sort()).toEqual([
    'api',
    'import',
    'inbound',
    'rebuild',
    'relay',
    'sweeper',
  ]);
});

describe.each([
  ['api', 29, 512],
  ['relay', 60, 256],
  ['inbound', 60, 256],
  ['import', 60, 256],
  ['sweeper', 120, 256],
  ['rebuild', 300, 256],
])('%s', (role, timeout, memory) => {
  const { Properties } = functionOf(role);

  test('runs as agreed, traced, with a log of its own', () => {
    expect(Properties).toMatchObject({
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
      JSON.stringify(alarm.Properties.AlarmName).match(`-${role}-(errors|throttles|slow)"`),
    );
    expect(ours.map((alarm) => alarm.Properties.MetricName).sort()).toEqual([
      'Duration',
      'Errors',
      'Throttles',
    ]);
  });

  test('is told where everything is', () => {
    expect(Properties.Environment.Variables).toMatchObject({
      PENNYPOST_STAGE: { Ref: 'Stage' },
      PENNYPOST_TABLE: { Ref: expect.stringMatching(/^DataTable/) },
      PENNYPOST_KEYS_SECRET: { Ref: expect.stringMatching(/^SecretsKeys/) },
      OTEL_EXPORTER_OTLP_ENDPOINT: { Ref: 'OtlpEndpoint' },
      RUST_LOG: 'info',
    });
  });
});

test('each role is told what it needs besides', () => {
  const told = (role: string) => Object.keys(functionOf(role).Properties.Environment.Variables);
  expect(told('api')).toEqual(
    expect.arrayContaining(['PENNYPOST_ADMIN_SECRET', 'PENNYPOST_IMPORT_QUEUE_URL']),
  );
  expect(told('relay')).toContain('PENNYPOST_BUS');
  expect(told('inbound')).toContain('PENNYPOST_QUEUE_URLS');
  expect(told('import')).toEqual(
    expect.arrayContaining(['PENNYPOST_QUEUE_URLS', 'PENNYPOST_IMPORT_QUEUE_URL']),
  );
  expect(told('sweeper')).toEqual(
    expect.arrayContaining(['PENNYPOST_BUS', 'PENNYPOST_IMPORT_QUEUE_URL']),
  );
});

test('who reads a queue tells of its messages’ failures elsewhere than by errors', () => {
  const errors = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).filter(
    ({ Properties }) => Properties.MetricName === 'Errors',
  );
  expect(errors).toHaveLength(functions.length);
  const all = resources(template, 'AWS::Lambda::Function');
  for (const { Properties } of errors) {
    const [{ Value: of }] = Properties.Dimensions;
    const readsQueues = 'PENNYPOST_QUEUE_URLS' in all[of.Ref]!.Properties.Environment.Variables;
    expect(Properties.AlarmDescription.includes('panicked')).toBe(!readsQueues);
    expect(Properties.AlarmDescription.includes('program-faults')).toBe(readsQueues);
  }
});

test('the context chooses the architecture', () => {
  const other = Object.values(
    resources(synthesise({ architecture: 'x86_64' }), 'AWS::Lambda::Function'),
  );
  for (const { Properties } of other) expect(Properties.Architectures).toEqual(['x86_64']);
  expect(() => synthesise({ architecture: 'sparc' })).toThrow('arm64 or x86_64');
});

test('without a program there is a hint how to get one', () => {
  expect(() => synthesise({ assets: 'target/nothing' })).toThrow('infra/build subscriptions arm64');
});

test('the API hands everything to the alias, throttled', () => {
  expect(only(template, 'AWS::ApiGatewayV2::Route').Properties.RouteKey).toBe('$default');
  expect(only(template, 'AWS::ApiGatewayV2::Integration').Properties).toMatchObject({
    IntegrationUri: { Ref: expect.stringMatching(/^LiveApi/) },
    PayloadFormatVersion: '2.0',
  });
  expect(only(template, 'AWS::ApiGatewayV2::Stage').Properties.DefaultRouteSettings).toEqual({
    ThrottlingRateLimit: { Ref: 'ThrottleRate' },
    ThrottlingBurstLimit: { Ref: 'ThrottleBurst' },
  });
});

test('the access log holds no token and nobody', () => {
  const { Format } = only(template, 'AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings;
  const logged = Object.values(JSON.parse(Format));
  expect(logged).toContain('$context.requestId');
  expect(logged.join()).not.toMatch(/path|query|sourceIp|userAgent|routeKey|authorizer|domain/i);
});

test('a change to a parameter makes another version, as a change to the program does', () => {
  const parameters = Object.keys(template.toJSON().Parameters);
  const all = resources(template, 'AWS::Lambda::Function');
  const versions = Object.values(resources(template, 'AWS::Lambda::Version'));
  expect(versions).toHaveLength(2);
  for (const { Properties } of versions) {
    const { Environment, Layers } = all[Properties.FunctionName.Ref]!.Properties;
    const frozen = JSON.stringify([Environment, Layers]);
    // Another stage has other functions.
    const used = parameters.filter((name) => name !== 'Stage' && refersTo(frozen, name));
    expect(used).toEqual(['OtlpEndpoint', 'CollectorLayer', 'PublicUrl', 'DomainName']);
    const description = JSON.stringify(Properties.Description);
    for (const name of used) expect(refersTo(description, name)).toBe(true);
  }
});

test('a version can be described in as many characters as Lambda takes', () => {
  const { PublicUrl, DomainName, OtlpEndpoint, CollectorLayer } = template.toJSON().Parameters;
  const longest = {
    OtlpEndpoint: `http://${'c'.repeat(70)}`,
    CollectorLayer: `arn:aws:lambda:eu-west-1:123456789012:layer:${'d'.repeat(44)}:9999`,
  };
  expect(longest.OtlpEndpoint).toMatch(new RegExp(OtlpEndpoint.AllowedPattern));
  expect(`${longest.OtlpEndpoint}c`).not.toMatch(new RegExp(OtlpEndpoint.AllowedPattern));
  expect(longest.CollectorLayer).toMatch(new RegExp(CollectorLayer.AllowedPattern));
  expect(`${longest.CollectorLayer}9`).not.toMatch(new RegExp(CollectorLayer.AllowedPattern));
  expect(longest.CollectorLayer.replace('d:', 'dd:')).not.toMatch(new RegExp(CollectorLayer.AllowedPattern));
  const url = `https://${'a'.repeat(107)}`;
  expect(url).toMatch(new RegExp(PublicUrl.AllowedPattern));
  expect(`${url}a`).not.toMatch(new RegExp(PublicUrl.AllowedPattern));
  const domain = 'a'.repeat(100);
  expect(domain).toMatch(new RegExp(DomainName.AllowedPattern));
  expect(`${domain}a`).not.toMatch(new RegExp(DomainName.AllowedPattern));
  for (const [name, base] of [['PublicUrl', url], ['DomainName', domain]] as const) {
    const all = Object.values(deployed(template, { ...longest, [name]: base }));
    const described = all.filter(({ Type }) => Type === 'AWS::Lambda::Version');
    expect(described).toHaveLength(2);
    for (const { Properties } of described) expect(Properties.Description.length).toBeLessThanOrEqual(256);
  }
});

function refersTo(json: string, parameter: string): boolean {
  return json.includes(`{"Ref":"${parameter}"}`);
}

test('a deployment of api and inbound moves a tenth first, and back on an alarm', () => {
  const groups = Object.values(resources(template, 'AWS::CodeDeploy::DeploymentGroup'));
  const alarms = resources(template, 'AWS::CloudWatch::Alarm');
  for (const { Properties } of groups) {
    expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
    expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
    expect(Properties.AlarmConfiguration.Enabled).toBe(true);
  }
  const watched = groups.map(({ Properties }) =>
    Properties.AlarmConfiguration.Alarms.map(
      ({ Name }: { Name: { Ref: string } }) => metricOf(alarms[Name.Ref]),
    ),
  );
  expect(watched).toEqual([
    ['Errors', 'Throttles', '5xx'],
    ['Errors', 'Throttles', 'pennypost-Stage-subscriptions-program-faults'],
  ]);
});

describe('a collector beside the functions', () => {
  const layer = 'arn:aws:lambda:eu-west-1:901920570463:layer:aws-otel-collector-arm64-ver-0-117-0:1';
  const of = (type: string, parameters = {}) =>
    Object.values(deployed(template, parameters)).filter(({ Type }) => Type === type);

  test('is a layer of every one, where there is one', () => {
    const without = of('AWS::Lambda::Function');
    expect(without).toHaveLength(functions.length);
    for (const { Properties } of without) expect(Properties).not.toHaveProperty('Layers');
    for (const { Properties } of of('AWS::Lambda::Function', { CollectorLayer: layer })) {
      expect(Properties.Layers).toEqual([layer]);
    }
  });

  test('is told from another by every version', () => {
    const others = ['', layer.replace(/:1$/, ':2'), layer.replace('9019', '1234'), layer.replace('arm64', 'amd64')];
    const described = (CollectorLayer: string) =>
      of('AWS::Lambda::Version', { CollectorLayer, PublicUrl: 'https://example.com' }).map(({ Properties }) => Properties.Description);
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
