//! The JSON API, as a program with a token uses it.

use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::program::{PASSWORD, Program};

/// How long to wait before looking again.
pub(crate) const PAUSE: Duration = Duration::from_millis(200);

/// A client with a token, which is good for as long as the data is there.
pub(crate) struct Api {
    client: Client,
    token: String,
}

impl Api {
    pub(crate) async fn new(program: &Program) -> Self {
        let client = Client::new();
        let asked = json!({"username": "admin", "password": PASSWORD, "name": "import"});
        let request = client
            .post(format!("{}/v1/tokens", program.url))
            .json(&asked);
        let issued = answered(request).await;
        let token = issued["token"].as_str().expect("a token").to_owned();
        Self { client, token }
    }

    /// What is at `path`.
    pub(crate) async fn get(&self, program: &Program, path: &str) -> Value {
        let url = format!("{}{path}", program.url);
        answered(self.client.get(url).bearer_auth(&self.token)).await
    }

    /// All items at `path`, which has a query; page by page.
    pub(crate) async fn list(&self, program: &Program, path: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(program, &format!("{path}{cursor}")).await;
            let items = page["items"].as_array_mut().expect("items");
            all.append(items);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    /// Starts the import of a CSV list; its id.
    pub(crate) async fn import(&self, program: &Program, list: String) -> String {
        let request = self
            .post(program, "/v1/subscribers/import")
            .header("content-type", "text/csv")
            .body(list);
        accepted(request).await
    }

    /// Publishes an issue; its id.
    pub(crate) async fn publish(&self, program: &Program, title: &str) -> String {
        let issue = json!({
            "title": title,
            "html_content": "<p>Hello in HTML</p>",
            "text_content": "Hello in text",
        });
        let request = self
            .post(program, "/v1/issues")
            .header("idempotency-key", "once")
            .json(&issue);
        accepted(request).await
    }

    /// Erases the subscriber with this address.
    pub(crate) async fn erase(&self, program: &Program, email: &str) {
        let all = self.list(program, "/v1/subscribers?limit=100").await;
        let found = all.iter().find(|it| it["email"] == email);
        let id = found.and_then(|it| it["id"].as_str()).expect("an id");
        let url = format!("{}/v1/subscribers/{id}", program.url);
        let request = self.client.delete(url).bearer_auth(&self.token);
        let answer = request.send().await.expect("an answer").status();
        assert_eq!(answer, StatusCode::NO_CONTENT);
    }

    /// Resumes a paused issue, or is told that there is nothing to resume.
    pub(crate) async fn resume(&self, program: &Program, issue: &str) {
        let request = self.post(program, &format!("/v1/issues/{issue}/resume"));
        let answer = request.send().await.expect("an answer").status();
        let expected = [StatusCode::ACCEPTED, StatusCode::CONFLICT];
        assert!(expected.contains(&answer), "{answer}");
    }

    fn post(&self, program: &Program, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", program.url);
        self.client.post(url).bearer_auth(&self.token)
    }

    /// Waits until `is_there` holds of what is at `path`, and gives it.
    pub(crate) async fn until(
        &self,
        program: &Program,
        path: &str,
        limit: Duration,
        is_there: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + limit;
        loop {
            let seen = self.get(program, path).await;
            if is_there(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "it does not happen: {seen}");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn answered(request: RequestBuilder) -> Value {
    let answer = request.send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

/// The id of what was begun.
async fn accepted(request: RequestBuilder) -> String {
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let begun: Value = answer.json().await.expect("JSON");
    begun["id"].as_str().expect("an id").to_owned()
}
