import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { walk, longestWait, type Answer, type Fields, type Json } from './interpreter.ts';

const definition: Fields = JSON.parse(
  readFileSync(new URL('../../state-machine/issue.asl.json', import.meta.url), 'utf8'),
);

/** What Step Functions allows a history. */
const MAX_EVENTS = 25_000;

/** As `services/delivery/src/workflow/run.rs` serialises one. */
const RUN = {
  issue_id: '0198c6a0-0002-7000-8000-000000000001',
  cause: { row: { shard: 3, number: 17 } },
  attempt: 2,
  traceparent: '00-6906f0a0bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
};
const SHARDS = Array.from({ length: 16 }, (_, shard) => shard);
const AT = '2026-11-29T11:15:09.123456789Z';

type Send = (shard: number, calls: number) => Answer;
const answer = (outcome: string, not_before: Json = null): Answer => ({
  payload: { outcome, not_before },
});
const done: Send = () => answer('done');

/** A run whose shards answer so, and whose plan and finish fail first, if at all. */
function run(send: Send, failing: { plan?: string; finish?: string; times?: number } = {}) {
  const calls: { [what: string]: Json[] } = { plan: [], send: [], finish: [] };
  const perShard = new Map<number, number>();
  const step = (what: 'plan' | 'finish', payload: Json, result: Json): Answer => {
    calls[what]!.push(payload);
    const fails = failing[what] && calls[what]!.length <= (failing.times ?? Infinity);
    return fails ? { error: failing[what]! } : { payload: result };
  };
  const ended = walk(definition, RUN, {
    invoke(functionName, payload) {
      if (functionName === '${PlanFunction}') return step('plan', payload, { shards: SHARDS });
      if (functionName === '${FinishFunction}') return step('finish', payload, {});
      expect(functionName).toBe('${SendFunction}');
      calls.send!.push(payload);
      const { shard } = payload as { shard: number };
      perShard.set(shard, (perShard.get(shard) ?? 0) + 1);
      return send(shard, perShard.get(shard)!);
    },
  });
  return { ended, calls, perShard };
}

describe('a run', () => {
  it('settles, plans, sends every shard and finishes, with the run as it came in', () => {
    const { ended, calls } = run(done);
    expect(ended).toMatchObject({ output: {}, waits: [30] });
    expect(calls.plan).toEqual([RUN]);
    expect(calls.send).toEqual(SHARDS.map((shard) => ({ run: RUN, shard })));
    expect(calls.finish).toEqual([RUN]);
  });

  it('invokes a shard again while it has more: at once, or when it asks for it', () => {
    const { ended, perShard } = run((shard, call) => {
      if (shard !== 7 || call === 3) return answer('done');
      return answer('more', call === 1 ? AT : null);
    });
    expect(ended.error).toBeUndefined();
    expect(perShard.get(7)).toBe(3);
    expect(ended.children[7]!.waits).toEqual([AT]);
  });

  it('takes an answer without a moment as one that does not ask for any', () => {
    const bare = (_: number, call: number): Answer => ({
      payload: { outcome: call === 1 ? 'more' : 'done' },
    });
    expect(run(bare).ended.error).toBeUndefined();
  });

  it('ends in order if the issue is paused', () => {
    const { ended, calls } = run((shard) => answer(shard % 2 ? 'paused' : 'done'));
    expect(ended.error).toBeUndefined();
    expect(calls.finish).toHaveLength(1);
  });
});

describe('a failure', () => {
  it('of one shard for good stops no other, and fails the run, which stays open', () => {
    const { ended, perShard, calls } = run((shard, call) => {
      if (shard === 0) return { error: 'Permanent' };
      return answer(call < 3 ? 'more' : 'done');
    });
    expect(ended.error).toBe('ShardFailed');
    expect(perShard.get(0)).toBe(1);
    expect(SHARDS.slice(1).every((shard) => perShard.get(shard) === 3)).toBe(true);
    expect(ended.children[0]!.output).toEqual({ outcome: 'failed', shard: 0, error: 'Permanent' });
    expect(calls.finish).toEqual([]);
  });

  it('of a child as a whole is noticed, too', () => {
    const { ended, calls } = run((shard) =>
      shard === 5 ? { error: 'States.DataLimitExceeded' } : answer('done'));
    expect(ended.children[5]!.error).toBe('States.DataLimitExceeded');
    expect(ended.error).toBe('ShardFailed');
    expect(calls.finish).toEqual([]);
  });

  it('of understanding is no endless loop', () => {
    const { ended } = run((shard) => answer(shard === 1 ? 'fine' : 'done'));
    expect(ended.error).toBe('ShardFailed');
  });

  const TRANSIENT = [
    'Transient', 'Panic', 'States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown',
    'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException', 'Runtime.ExitError',
  ];
  it.each(TRANSIENT)('%s is tried again, in every step', (error) => {
    const failing = { plan: error, finish: error, times: 20 };
    const { ended, calls } = run((_, call) => (call <= 20 ? { error } : answer('done')), failing);
    expect(ended.error).toBeUndefined();
    expect(calls.plan).toHaveLength(21);
    expect(calls.finish).toHaveLength(21);
  });

  it.each(['plan', 'finish'])('of %s for good fails the run at once', (step) => {
    const { ended, calls } = run(done, { [step]: 'Permanent' });
    expect(ended.error).toBe('Permanent');
    expect(calls[step]).toHaveLength(1);
  });
});

describe('an outage', () => {
  const states = definition.States as { [name: string]: Fields };
  const send = ((states.Shards!.ItemProcessor as Fields).States as { Send: Fields }).Send;

  it.each([['plan', states.Plan!], ['send', send], ['finish', states.Finish!]])(
    'of an hour is outlasted by %s, with waits of a minute at most',
    (_, state) => {
      const retriers = state.Retry as Fields[];
      const retrier = retriers.find((one) => (one.ErrorEquals as Json[]).includes('States.ALL'))!;
      expect(retrier).toMatchObject({ JitterStrategy: 'FULL', MaxDelaySeconds: 60 });
      const longest = Array.from({ length: retrier.MaxAttempts as number }, (_, attempts) =>
        longestWait(retrier, attempts));
      const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
      // A wait with full jitter is anything between none and the longest.
      const mean = sum(longest) / 2;
      const deviation = Math.sqrt(sum(longest.map((one) => one ** 2)) / 12);
      expect(mean - 6 * deviation).toBeGreaterThan(3600);
    },
  );
});

describe('the history', () => {
  it('of a child ends long before its limit, and the shard goes on in another', () => {
    const rounds = 2500;
    const { ended, perShard } = run((shard, call) =>
      shard < 2 && call < rounds ? answer('more', AT) : answer('done'));
    expect(ended.error).toBeUndefined();
    expect(perShard.get(0)).toBe(rounds);
    // Three passes over all shards.
    expect(ended.children).toHaveLength(3 * 16);
    const longest = Math.max(...ended.children.map((child) => child.events));
    // The rest is for attempts that fail: three events each, hours of them.
    expect(longest).toBeLessThan(MAX_EVENTS / 2);
    expect(ended.events).toBeLessThan(60);
  });

  it('of a child has room for a day of attempts that fail', () => {
    // Half a minute apart on average, three before each that succeeds.
    const failures = (24 * 60 * 60) / 30;
    const { ended } = run((shard, call) => {
      if (shard > 0 || call > (4 * failures) / 3) return answer('done');
      return call % 4 === 0 ? answer('more', AT) : { error: 'Transient' };
    });
    const longest = Math.max(...ended.children.map((child) => child.events));
    expect(longest).toBeGreaterThan(3 * failures);
    expect(longest).toBeLessThan(MAX_EVENTS);
  });

  it('of a run without end would stay below its limit, too', () => {
    // Each pass adds so many events to the run's own history.
    const passes = (count: number) =>
      run((_, call) => answer(call < 1000 * count ? 'more' : 'done')).ended.events;
    const perPass = passes(2) - passes(1);
    const roundsPerShard = (MAX_EVENTS / perPass) * 1000;
    expect(roundsPerShard).toBeGreaterThan(2_000_000);
  });
});

describe('the rest of the definition', () => {
  it('runs all shards at a time, each with a history of its own', () => {
    const shards = (definition.States as { Shards: Fields }).Shards;
    expect(shards).toMatchObject({
      MaxConcurrency: SHARDS.length,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
  });
});
