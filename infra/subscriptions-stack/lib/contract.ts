/**
 * The events of delivery that this service takes: what
 * `services/subscriptions/src/contract.rs` calls INBOUND. A test compares them with
 * `docs/asyncapi/subscriptions.json`, which is made from that.
 */
export const INBOUND = [
  'pennypost.issue.delivery-progressed.v1',
  'pennypost.issue.exceptions-recorded.v1',
  'pennypost.issue.delivered.v1',
  'pennypost.email.bounced.v1',
  'pennypost.email.complained.v1',
];
