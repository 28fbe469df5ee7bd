//! The host from outside: its parts, and the built program.

mod api;
mod bus;
mod clock;
mod configuration;
mod console;
mod end_to_end;
mod forwarding;
mod importing;
mod killed;
mod killed_sending;
mod load;
mod mailbox;
mod pair;
mod program;
mod progress;
mod queue;
mod random_kills;
mod reader;
mod rebuilding;
mod sink;
mod smtp;
mod stopping;
mod tracing;
