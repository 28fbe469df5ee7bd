/**
 * Which events go to which queue: `services/delivery/src/contract.rs` says so, and
 * a test compares this with `docs/asyncapi/delivery.json`, which is made from there.
 */
export const CONSUMED = {
  /** Who is a recipient, and what is published. */
  changes: [
    'pennypost.subscriber.confirmed.v1',
    'pennypost.subscribers.imported.v1',
    'pennypost.subscriber.unsubscribed.v1',
    'pennypost.subscriber.erased.v1',
    'pennypost.issue.published.v1',
    'pennypost.issue.published.v2',
    'pennypost.issue.held-resolution-requested.v1',
  ],
  /** What an admin wants done within seconds. */
  controls: [
    'pennypost.issue.pause-requested.v1',
    'pennypost.issue.resume-requested.v1',
    'pennypost.issue.cancel-requested.v1',
  ],
  /** Each is a mail. */
  confirmations: ['pennypost.subscriber.registered.v1'],
};
