//! Starts of runs, whose names moto remembers as Step Functions does.

use aws_sdk_sfn::{Client, types::StateMachineType};
use delivery::{
    ports::WorkflowStarter,
    workflow::{Cause, IssueRun},
};
use delivery_lambda::StepFunctions;
use uuid::Uuid;

use crate::stand_in::{ACCOUNT, StandIn};

/// A state machine whose executions last until they are stopped: moto only keeps
/// books of them.
const DEFINITION: &str = r#"{"StartAt":"Wait","States":{"Wait":{"Type":"Pass","End":true}}}"#;

struct Machine {
    client: Client,
    arn: String,
    starter: StepFunctions,
}

impl Machine {
    async fn new() -> Self {
        let sdk = StandIn::Moto.sdk_config();
        let client = Client::new(&sdk);
        let created = client
            .create_state_machine()
            .name(format!("pennypost-{}-issues", Uuid::new_v4().simple()))
            .definition(DEFINITION)
            .role_arn(format!("arn:aws:iam::{ACCOUNT}:role/referees"))
            .r#type(StateMachineType::Standard)
            .send()
            .await;
        let arn = created.expect("it is created").state_machine_arn;
        let starter = StepFunctions::new(&sdk, arn.clone());
        Self {
            client,
            arn,
            starter,
        }
    }

    /// The ARNs of its executions.
    async fn executions(&self) -> Vec<String> {
        let listed = self.client.list_executions().state_machine_arn(&self.arn);
        let listed = listed.send().await.expect("they are listed").executions;
        listed.into_iter().map(|it| it.execution_arn).collect()
    }

    async fn stop_all(&self) {
        for arn in self.executions().await {
            let stopped = self.client.stop_execution().execution_arn(arn).send().await;
            stopped.expect("it is stopped");
        }
    }
}

fn run() -> IssueRun {
    IssueRun {
        issue_id: Uuid::new_v4(),
        cause: Cause::Published,
        attempt: 0,
        traceparent: None,
    }
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_run_is_started_once_however_often_it_is_asked_for() {
    let (machine, run) = (Machine::new().await, run());
    for _ in 0..2 {
        machine.starter.start(&run).await.expect("it is started");
    }
    // With other words, which Step Functions takes for another execution.
    let again = IssueRun {
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        ..run.clone()
    };
    machine
        .starter
        .start(&again)
        .await
        .expect("it is under way");
    machine.stop_all().await;
    machine.starter.start(&run).await.expect("it was once");
    let executions = machine.executions().await;
    assert_eq!(executions.len(), 1);
    assert!(executions[0].ends_with(&format!(":{}", run.name())));
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn a_run_is_under_way_from_its_start_to_its_end() {
    let (machine, run) = (Machine::new().await, run());
    let is_under_way = async || {
        let told = machine.starter.is_under_way(&run).await;
        told.expect("it is told")
    };
    assert!(!is_under_way().await, "nobody started it");
    machine.starter.start(&run).await.expect("it is started");
    assert!(is_under_way().await);
    machine.stop_all().await;
    assert!(!is_under_way().await, "it was stopped");
}

#[tokio::test]
#[ignore = "asks moto: .ci/referees starts it"]
async fn without_its_state_machine_a_run_is_not_started() {
    let arn = Machine::new().await.arn + "-gone";
    let starter = StepFunctions::new(&StandIn::Moto.sdk_config(), arn);
    let failed = starter.start(&run()).await.expect_err("no such machine");
    assert!(failed.0.contains("StateMachineDoesNotExist"), "{failed}");
}
