/**
 * Walks a state machine definition without waiting: as much of the Amazon States
 * Language as ours uses, and strict about the rest, so that a field which this does
 * not know fails the test instead of meaning nothing.
 *
 * Source: <https://states-language.net/spec.html>.
 */
import { choose } from './choices.ts';
import { fill, put, read } from './paths.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };

/** What a task answers, or an error of that name. */
export type Answer = { payload: Json } | { error: string };

/** The world around the machine. */
export interface World {
  /** Answers for a function, named by what the definition has in its place. */
  invoke(functionName: string, payload: Json): Answer;
}

/** How an execution ended, and what it took. */
export interface Ended {
  output?: Json;
  error?: string;
  /** Events in the history of the execution itself. */
  events: number;
  /** How many executions of children there were. */
  children: Ended[];
  /** The seconds of every wait, and the moments of those with a timestamp. */
  waits: (number | string)[];
}

const MAX_STATES = 2_000_000;

class StateError extends Error {}

/** Walks `definition` from its start with `input`. */
export function walk(definition: Fields, input: Json, world: World): Ended {
  const ended: Ended = { events: 2, children: [], waits: [] };
  const states = definition.States as { [name: string]: Fields };
  let name: string | undefined = definition.StartAt as string;
  let data = input;
  for (let steps = 0; name !== undefined; steps++) {
    if (steps > MAX_STATES) throw new Error('the machine does not end');
    const state: Fields | undefined = states[name];
    if (!state) throw new Error(`no state ${name}`);
    try {
      [data, name] = enter(state, data, world, ended);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return { ...ended, error: error.message };
    }
  }
  return { ...ended, output: data };
}

const EVERY_STATE = ['Type', 'Comment', 'Next', 'End'];
const KNOWN: { [type: string]: string[] } = {
  Pass: ['Parameters'],
  Wait: ['Seconds', 'TimestampPath'],
  Choice: ['Choices', 'Default'],
  Fail: ['Error', 'Cause'],
  Task: [
    'Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'OutputPath', 'TimeoutSeconds',
    'Retry', 'Catch',
  ],
  Map: [
    'Label', 'ItemsPath', 'ItemSelector', 'MaxConcurrency', 'ToleratedFailurePercentage',
    'ItemProcessor', 'ResultPath',
  ],
};

/** The output of a state, and the next one. */
function enter(state: Fields, data: Json, world: World, ended: Ended): [Json, string | undefined] {
  const type = state.Type as string;
  const known = [...EVERY_STATE, ...(KNOWN[type] ?? [])];
  const unknown = Object.keys(state).filter((field) => !known.includes(field));
  if (!KNOWN[type] || unknown.length > 0) throw new Error(`not known: ${type} ${unknown}`);
  const next = state.End ? undefined : (state.Next as string);
  ended.events += 2;
  switch (type) {
    case 'Pass':
      return [fill(state.Parameters!, data, {}), next];
    case 'Wait':
      ended.waits.push((state.Seconds ?? read(state.TimestampPath as string, data)) as number);
      return [data, next];
    case 'Choice':
      return [data, choose(state, data)];
    case 'Task':
      return task(state, data, world, ended, next);
    case 'Map':
      return [put(state.ResultPath as string, data, map(state, data, world, ended)), next];
    default:
      ended.events -= 1;
      throw new StateError(state.Error as string);
  }
}

/** Scheduled, started, and succeeded or failed. */
const EVENTS_OF_AN_ATTEMPT = 3;

function task(
  state: Fields, data: Json, world: World, ended: Ended, next?: string,
): [Json, string | undefined] {
  const parameters = fill(state.Parameters!, data, {}) as { FunctionName: string; Payload: Json };
  const tried = new Map<Fields, number>();
  for (;;) {
    ended.events += EVENTS_OF_AN_ATTEMPT;
    const answer = world.invoke(parameters.FunctionName, parameters.Payload);
    if (!('error' in answer)) {
      const result = { StatusCode: 200, Payload: answer.payload };
      const selected = state.ResultSelector ? fill(state.ResultSelector, result, {}) : result;
      const output = put((state.ResultPath as string) ?? '$', data, selected);
      return [read((state.OutputPath as string) ?? '$', output), next];
    }
    const retrier = matching(state.Retry as Fields[], answer.error);
    const attempts = (retrier && tried.get(retrier)) ?? 0;
    if (retrier && attempts < (retrier.MaxAttempts as number)) {
      tried.set(retrier, attempts + 1);
      ended.waits.push(longestWait(retrier, attempts));
      continue;
    }
    const catcher = matching((state.Catch as Fields[]) ?? [], answer.error);
    if (!catcher) throw new StateError(answer.error);
    const error = { Error: answer.error, Cause: 'a cause' };
    return [put(catcher.ResultPath as string, data, error), catcher.Next as string];
  }
}

/** Seconds; with full jitter the wait is anything from none to this. */
export function longestWait(retrier: Fields, attempts: number): number {
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = retrier as { [key: string]: number };
  return Math.min(IntervalSeconds! * BackoffRate! ** attempts, MaxDelaySeconds!);
}

/** `States.ALL` does not match what Step Functions ends an execution with. */
function matching(rules: Fields[], error: string): Fields | undefined {
  const fatal = ['States.Runtime', 'States.DataLimitExceeded'].includes(error);
  return rules.find((rule) => {
    const names = rule.ErrorEquals as string[];
    return names.includes(error) || (names.includes('States.ALL') && !fatal);
  });
}

/** Started and succeeded, of the state and of the map run. */
const EVENTS_OF_A_MAP = 4;

function map(state: Fields, data: Json, world: World, ended: Ended): Json {
  const items = read(state.ItemsPath as string, data) as Json[];
  ended.events += EVENTS_OF_A_MAP;
  const children = items.map((item) => {
    const context = { Map: { Item: { Value: item } } };
    const input = fill(state.ItemSelector!, data, context);
    return walk(state.ItemProcessor as Fields, input, world);
  });
  ended.children.push(...children);
  const failed = children.filter((child) => child.error).length;
  const tolerated = (state.ToleratedFailurePercentage as number | undefined) ?? 0;
  if (failed * 100 > tolerated * items.length) {
    throw new StateError('States.ExceedToleratedFailureThreshold');
  }
  // What a failed child leaves in its place is not documented: nothing here.
  return children.filter((child) => !child.error).map((child) => child.output!);
}
