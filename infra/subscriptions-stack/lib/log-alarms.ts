import { EVENTS_REFUSED, FAULTS, PROGRAM_FAULTS, type Saying } from '../../constructs/log-alarms.ts';

/** By the name of the alarm. A test finds every message in the source. */
export const SAYINGS: { [alarm: string]: Saying } = {
  [FAULTS]: PROGRAM_FAULTS,
  'events-refused': EVENTS_REFUSED,
};
