//! The queue of imports, and who works them off.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::body::Body;
use http::Method;
use outbox::HandleError;
use serde_json::Value;
use subscriptions::ports::{ImportQueue, QueueUnavailable};

use super::{Answer, TestApp, program::Program, request};

const CSV: &str = "text/csv";

/// Messages about imports. A clone is the same queue.
#[derive(Clone, Default)]
pub(crate) struct ImportMessages {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<String>,
    down: bool,
}

impl ImportMessages {
    /// From now on it takes no message, or takes them again.
    pub(crate) fn is_down(&self, down: bool) {
        self.lock().down = down;
    }

    /// The first message, which is nobody else's any more.
    pub(crate) fn take(&self) -> Option<String> {
        self.lock().waiting.pop_front()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics in here")
    }
}

#[async_trait::async_trait]
impl ImportQueue for ImportMessages {
    async fn send(&self, body: String) -> Result<(), QueueUnavailable> {
        let mut inner = self.lock();
        if inner.down {
            return Err(QueueUnavailable("it is down".to_owned()));
        }
        inner.waiting.push_back(body);
        Ok(())
    }
}

impl TestApp {
    /// Has one message about an import handled.
    pub(crate) async fn work_on(&self, message: &str) -> Result<(), HandleError> {
        self.app.imports().handle(message).await
    }

    /// Has messages about imports handled until there are none.
    pub(crate) async fn work_off_imports(&self) {
        while let Some(message) = self.import_messages.take() {
            self.work_on(&message).await.expect("it is handled");
        }
    }
}

impl Program<'_> {
    /// Hands in a list.
    pub(crate) async fn hand_in(&self, list: impl Into<Body>) -> Answer {
        let path = "/v1/subscribers/import";
        self.send(request(Method::POST, path, Some(CSV), list.into()))
            .await
    }

    /// Hands in a list that is taken; tells the import's id.
    pub(crate) async fn start_import(&self, list: &str) -> String {
        let answer = self.hand_in(list.to_owned()).await;
        answer.assert_status(202);
        answer.json()["id"].as_str().expect("text").to_owned()
    }

    /// Imports a list to its end; tells what became of it.
    pub(crate) async fn import(&self, app: &TestApp, list: &str) -> Value {
        let id = self.start_import(list).await;
        app.work_off_imports().await;
        self.show_import(&id).await
    }

    /// How far an import is.
    pub(crate) async fn show_import(&self, id: &str) -> Value {
        let answer = self.get(&format!("/v1/imports/{id}")).await;
        answer.assert_status(200);
        answer.json()
    }
}
