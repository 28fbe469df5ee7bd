//! Step Functions as the engine that walks the runs of issues. The program that
//! uses it is beside it, in `main.rs`.

mod step_functions;

pub use step_functions::StepFunctions;
