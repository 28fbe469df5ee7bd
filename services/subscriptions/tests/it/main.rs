//! The service through its router, its message handler and its outbox, over
//! the in-memory engine.

mod admin_bad_input;
mod announcing;
mod assets;
mod bad_input;
mod changing_password;
mod concurrency;
mod confirming;
mod contract;
mod cross_site;
mod desk;
mod faults;
mod feedback;
mod first_admin;
mod fuzzing;
mod helpers;
mod importing;
mod last_user;
mod middleware;
mod past_issues;
mod progress;
mod publishing;
mod signing_in;
mod subscribing;
mod throttling;
mod traces;
mod unsubscribing;
mod users;
mod v1;
