//! What starts runs, where the tests walk them.

use std::{collections::HashSet, sync::Mutex};

use async_trait::async_trait;
use delivery::{
    ports::{WorkflowStarter, WorkflowUnavailable},
    workflow::IssueRun,
};

/// Remembers what was started, as a workflow engine does.
#[derive(Default)]
pub(crate) struct Starter {
    known: Mutex<HashSet<String>>,
    failed: Mutex<HashSet<String>>,
    waiting: Mutex<Vec<IssueRun>>,
}

#[async_trait]
impl WorkflowStarter for Starter {
    async fn start(&self, run: &IssueRun) -> Result<(), WorkflowUnavailable> {
        if self.known.lock().expect("not poisoned").insert(run.name()) {
            self.waiting.lock().expect("not poisoned").push(run.clone());
        }
        Ok(())
    }

    async fn is_under_way(&self, run: &IssueRun) -> Result<bool, WorkflowUnavailable> {
        let has = |names: &Mutex<HashSet<String>>| {
            let names = names.lock().expect("not poisoned");
            names.contains(&run.name())
        };
        Ok(has(&self.known) && !has(&self.failed))
    }
}

impl Starter {
    /// The execution of the run fails: its name is spent.
    pub(super) fn fails(&self, run: &IssueRun) {
        let mut failed = self.failed.lock().expect("not poisoned");
        failed.insert(run.name());
    }

    /// What was started since the last time.
    pub(super) fn take(&self) -> Vec<IssueRun> {
        std::mem::take(&mut *self.waiting.lock().expect("not poisoned"))
    }
}
