/** Limits that both deployments share: one place says how long what is kept. */

import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** How long every log is kept. They hold no addresses, names or tokens. */
export const LOG_RETENTION = RetentionDays.ONE_MONTH;

/** How long a message waits in a queue, and how long a dead letter is kept: the most that SQS has. */
export const MESSAGE_RETENTION = Duration.days(14);

/**
 * How often a message is received before it is a dead letter. The consumers make
 * their waits by themselves (1, 2, 4 … 300 seconds), so that is about 40 minutes.
 */
export const MAX_RECEIVE_COUNT = 16;

/** A message must stay invisible for longer than its consumer's tries take: what AWS advises. */
export const VISIBILITY_FACTOR = 6;

/** How long, and how often, a rule tries to put an event into its queue: the most that EventBridge has. */
export const RULE_MAX_AGE = Duration.hours(24);
export const RULE_RETRIES = 185;

/**
 * The most outbox rows that the relay gets at once. A row's event has 180 KB at
 * most, about twice that in a stream record; ten of them stay below the 6 MB that
 * an invocation takes, and PutEvents takes ten.
 */
export const RELAY_BATCH = 10;

/**
 * How often, and for how long, the stream's record of a row is tried before it is
 * given up. The row itself stays, and the sweeper publishes it.
 */
export const RELAY_RETRIES = 10;
export const RELAY_MAX_AGE = Duration.hours(1);

/** How often the sweeper runs. */
export const SWEEP_INTERVAL = Duration.minutes(5);

/** The age of the oldest message at which a queue's consumer is behind, or not there. */
export const QUEUE_BEHIND_AFTER = Duration.minutes(15);

/** The share of its timeout that an invocation may take before an alarm says so. */
export const SLOW_SHARE = 0.8;
