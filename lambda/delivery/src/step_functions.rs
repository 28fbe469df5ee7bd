//! The workflow engine as Step Functions.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use aws_sdk_sfn::{
    Client,
    operation::{describe_execution::DescribeExecutionError, start_execution::StartExecutionError},
    types::ExecutionStatus,
};
use aws_types::SdkConfig;
use delivery::{
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::IssueRun,
};
use dynamo::describe;

/// How many of the executions that were started here are remembered.
const MAX_REMEMBERED: usize = 64;

/// Starts executions of one state machine, each named by its run.
#[derive(Debug, Clone)]
pub struct StepFunctions {
    client: Client,
    state_machine: String,
    /// The names that were started here last. DescribeExecution is eventually
    /// consistent: it may not know yet what StartExecution has just answered for.
    started: Arc<Mutex<VecDeque<String>>>,
}

impl StepFunctions {
    /// The state machine with this ARN.
    pub fn new(sdk: &SdkConfig, state_machine: String) -> Self {
        let client = Client::new(sdk);
        Self {
            client,
            state_machine,
            started: Arc::default(),
        }
    }

    fn started(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, name: String) {
        let mut started = self.started();
        started.push_back(name);
        if started.len() > MAX_REMEMBERED {
            started.pop_front();
        }
    }

    /// The ARN of the run's execution, which follows from its name.
    fn execution(&self, run: &IssueRun) -> String {
        let executions = self.state_machine.replace(":stateMachine:", ":execution:");
        format!("{executions}:{}", run.name())
    }
}

#[async_trait]
impl WorkflowStarter for StepFunctions {
    /// A name is spent for 90 days after its execution has ended.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        let input = serde_json::to_string(run)
            .map_err(|error| WorkflowUnavailable(format!("the run is no JSON: {error}")))?;
        let start = self.client.start_execution().name(run.name()).input(input);
        match start.state_machine_arn(&self.state_machine).send().await {
            Ok(_) => {
                self.remember(run.name());
                Ok(())
            }
            // It runs with the words of another start, or has ended.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(())
            }
            Err(error) => Err(WorkflowUnavailable(describe(&error))),
        }
    }

    async fn is_under_way(&self, run: &IssueRun) -> Result<bool, WorkflowUnavailable> {
        let described = self.client.describe_execution();
        match described.execution_arn(self.execution(run)).send().await {
            Ok(told) => Ok(matches!(
                told.status,
                ExecutionStatus::Running | ExecutionStatus::PendingRedrive
            )),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(self.started().contains(&run.name()))
            }
            Err(error) => Err(WorkflowUnavailable(describe(&error))),
        }
    }
}
