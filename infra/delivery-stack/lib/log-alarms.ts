import { EVENTS_REFUSED, FAULTS, PROGRAM_FAULTS, type Saying } from '../../constructs/log-alarms.ts';

/** By the name of the alarm. A test finds every message in the source. */
export const SAYINGS: { [alarm: string]: Saying } = {
  [FAULTS]: PROGRAM_FAULTS,
  'issue-stalled': {
    description:
      'An issue makes no progress for half an hour, or nobody can tell. See the log of the sweeper for which, and the history of its execution.',
    messages: ['an issue makes no progress', 'an issue cannot be looked at'],
    by: ['Sweeper'],
  },
  'issue-left-alone': {
    description:
      'An issue had work left and nobody did it: the sweeper started it again, or could not. Nobody is mailed twice by that. See the log of the sweeper, and why the execution before ended.',
    messages: [
      'an open run cannot be started',
      'an issue without a run cannot be started',
      'nobody walked a run: it is started again',
      'a run failed: it is started again',
      'an issue had work left and no run: it is started',
    ],
    by: ['Sweeper'],
  },
  'issue-paused': {
    description:
      "An issue paused by itself: SES takes no more, for a reason that is the account's or the set-up's, or that nobody knows. The log of the function and GET /v1/issues/{id} say which. Repair it, then resume the issue.",
    messages: ['the issue pauses by itself'],
    by: ['Plan', 'Send'],
  },
  'mails-held': {
    description:
      'A worker ended while mails were being handed over, or SES gave no clear answer, so that nobody knows whether these left. They are held: docs/operations.md says how to decide.',
    messages: [
      'held: its worker ended while mails were being handed over',
      "held: the mail side's answer does not say whether these mails left",
    ],
    by: ['Send'],
  },
  'mails-not-sent': {
    description:
      'SES accepted mails and did not send them: it found a virus in them, or could not fill them in, which is a mistake in the program. The log says which, and of what. Nobody is mailed them again.',
    messages: [
      'an issue mail was accepted, and not sent',
      'a confirmation mail was accepted, and not sent',
    ],
    by: ['Feedback'],
  },
  'confirmations-stopped': {
    description:
      "SES takes no confirmation mails, for a reason that is the account's or the set-up's: see the log. They wait in their queue and then with the dead letters.",
    messages: ['no confirmation leaves before somebody sees to it'],
    by: ['Confirmations'],
  },
  'events-refused': EVENTS_REFUSED,
};
