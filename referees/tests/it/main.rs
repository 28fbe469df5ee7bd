//! Our calls of AWS, checked against stand-ins that others wrote, where these
//! are strict: aws-ses-v2-local for SES, moto for everything else.
//!
//!     .ci/referees
//!
//! starts both and runs these tests, which are ignored without that: each asks
//! something at an address that only that command knows.

mod event_bridge;
mod import;
mod newsletter;
mod program;
mod queue;
mod ses;
mod sqs;
mod stand_in;
mod step_functions;
