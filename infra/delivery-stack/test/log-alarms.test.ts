import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SAYINGS } from '../lib/log-alarms.ts';
import { resources, ROOT, synthesise } from './synthesise.ts';

/** The source of the service and of the outbox, without its tests. */
const SOURCE = ['services/delivery/src', 'outbox/src']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.rs') && !file.includes('tests'))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  )
  .join('\n');

const template = synthesise();
const filters = Object.values(resources(template, 'AWS::Logs::MetricFilter'));

describe.each(Object.entries(SAYINGS))('%s', (name, { messages, by }) => {
  test.each(messages)('the service says "%s" as an error', (message) => {
    const said = SOURCE.indexOf(`"${message}"`);
    expect(said).toBeGreaterThan(0);
    expect(SOURCE.slice(said - 300, said)).toContain('tracing::error!(');
  });

  test('is counted in the logs of whoever says it, and raises an alarm', () => {
    const counting = filters.filter(({ Properties }) =>
      messages.every((message) => Properties.FilterPattern.includes(`$.message = "${message}"`)));
    expect(counting.map(({ Properties }) => Properties.LogGroupName.Ref)).toEqual(
      by.map((id) => expect.stringMatching(new RegExp(`^Functions${id}Log`))),
    );
    const [metric] = counting[0]!.Properties.MetricTransformations;
    expect(metric.MetricValue).toBe('1');
    const alarm = Object.values(resources(template, 'AWS::CloudWatch::Alarm')).find(
      ({ Properties }) => JSON.stringify(Properties.MetricName) === JSON.stringify(metric.MetricName),
    );
    expect(JSON.stringify(alarm?.Properties.AlarmName)).toContain(`-delivery-${name}"`);
  });
});
