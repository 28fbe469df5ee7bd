//! The program as Lambda runs it: a process that asks the runtime API for
//! invocations, with stand-ins for the services it calls.

mod cloud;
mod function;
mod invocations;
mod runtime_api;
mod starting;
