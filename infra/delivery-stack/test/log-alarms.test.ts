import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogAlarms } from '../../constructs/log-alarms.ts';
import { SAYINGS } from '../lib/log-alarms.ts';
import { build, resources, ROOT, synthesise } from './synthesise.ts';

/** The source of the service, of the outbox and of Lambda's host, without their tests. */
const SOURCE = ['services/delivery/src', 'outbox/src', 'lambda/src']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.rs') && !file.includes('tests'))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  )
  .join('\n');

const template = synthesise();
const functions = Object.values(resources(template, 'AWS::Lambda::Function'));
const filters = Object.values(resources(template, 'AWS::Logs::MetricFilter'));

describe.each(Object.entries(SAYINGS))('%s', (name, { messages, by, period }) => {
  test.each(messages)('the service says "%s" as an error', (message) => {
    const said = SOURCE.indexOf(`"${message}"`);
    expect(said).toBeGreaterThan(0);
    expect(SOURCE.slice(said - 300, said)).toContain('tracing::error!(');
  });

  test('is counted in the logs of whoever says it, and raises an alarm', () => {
    const counting = filters.filter(({ Properties }) =>
      messages.every((message) => Properties.FilterPattern.includes(`$.message = "${message}"`)));
    const all = functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref);
    expect(counting.map(({ Properties }) => Properties.LogGroupName.Ref).sort()).toEqual(
      by?.map((id) => expect.stringMatching(new RegExp(`^Functions${id}Log`))) ?? all.sort(),
    );
    const [metric] = counting[0]!.Properties.MetricTransformations;
    expect(metric.MetricValue).toBe('1');
    const alarm = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).find(
      ({ Properties }) => JSON.stringify(Properties.MetricName) === JSON.stringify(metric.MetricName),
    );
    expect(JSON.stringify(alarm?.Properties.AlarmName)).toContain(`-delivery-${name}"`);
    expect(alarm?.Properties.Period).toBe(period?.toSeconds() ?? 300);
  });
});

test('an alarm is to be had by its name, and nothing by another', () => {
  const { stack } = build();
  const said = stack.node.findChild('Functions').node.findChild('Sayings') as LogAlarms;
  expect(said.alarm('program-faults').alarmName).toEqual(expect.anything());
  expect(() => said.alarm('faults')).toThrow('nothing that is said raises faults');
});
