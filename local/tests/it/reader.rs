//! A subscriber and an admin, over HTTP.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::Value;

use crate::program::{PASSWORD, Program};

/// The longest that anything waited for may take, on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until `look` finds something.
pub(crate) async fn eventually<T, F, Fut>(look: F) -> T
where
    F: Fn() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "it does not happen");
        tokio::time::sleep(PAUSE).await;
    }
}

/// A browser and a mail program: cookies outlive a restart of the server.
pub(crate) struct Reader {
    client: Client,
}

impl Reader {
    pub(crate) fn new() -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .build()
            .expect("a client");
        Self { client }
    }

    /// Subscribes by the form.
    pub(crate) async fn subscribe(&self, program: &Program, email: &str) {
        let form = [("name", "Ann Reader"), ("email", email)];
        let status = self.post(program, "/subscriptions", &form).await;
        assert_eq!(status, StatusCode::OK);
    }

    /// Opens a link from a mail, at whatever port the program is now.
    pub(crate) async fn open(&self, program: &Program, link: &str) -> StatusCode {
        let (_, path) = link.split_once("/subscriptions/").expect("a link of ours");
        let url = format!("{}/subscriptions/{path}", program.url);
        self.client
            .get(url)
            .send()
            .await
            .expect("an answer")
            .status()
    }

    /// Presses the button behind the link that ends a subscription.
    pub(crate) async fn unsubscribe(&self, program: &Program, link: &str) {
        let (_, path) = link.split_once("/subscriptions/").expect("a link of ours");
        let path = format!("/subscriptions/{path}");
        assert_eq!(self.post(program, &path, &[]).await, StatusCode::OK);
    }

    /// Signs in as the first admin.
    pub(crate) async fn log_in(&self, program: &Program) {
        let form = [("username", "admin"), ("password", PASSWORD)];
        let answer = self
            .client
            .post(format!("{}/login", program.url))
            .form(&form)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/admin/dashboard");
    }

    /// Publishes an issue under an idempotency key of its own.
    pub(crate) async fn publish(&self, program: &Program, title: &str) {
        let form = [
            ("title", title),
            ("text_content", "Hello in text"),
            ("html_content", "<p>Hello in HTML</p>"),
            ("idempotency_key", title),
        ];
        let status = self.post(program, "/admin/newsletters", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    }

    /// The admin's page of the newest issue, without white space.
    pub(crate) async fn issue_page(&self, program: &Program) -> String {
        const PATH: &str = "/admin/newsletters/";
        let list = self
            .page(&format!("{}/admin/newsletters", program.url))
            .await;
        let (_, link) = list
            .split_once(&format!("href=\"{PATH}"))
            .expect("an issue");
        let (id, _) = link.split_once('"').expect("a link");
        let page = self.page(&format!("{}{PATH}{id}", program.url)).await;
        page.split_whitespace().collect()
    }

    async fn page(&self, url: &str) -> String {
        let answer = self.client.get(url).send().await.expect("an answer");
        answer.text().await.expect("a page")
    }

    /// Whether the newest issue is in that state, as the admin's page has it.
    pub(crate) async fn issue_is(&self, program: &Program, state: &str) -> bool {
        let url = format!("{}/admin/newsletters", program.url);
        let page = self.client.get(url).send().await.expect("an answer");
        let page = page.text().await.expect("a page");
        page.contains(&format!("class=\"state {state}\""))
    }

    async fn post(&self, program: &Program, path: &str, form: &[(&str, &str)]) -> StatusCode {
        let request = self
            .client
            .post(format!("{}{path}", program.url))
            .form(form);
        request.send().await.expect("an answer").status()
    }

    /// The mails to `email` with `subject` that are in the console.
    pub(crate) async fn mails(&self, program: &Program, email: &str, subject: &str) -> Vec<Value> {
        let answer: Value = self
            .client
            .get(format!("{}/api/v1/search", program.console))
            .query(&[("query", format!("to:\"{email}\" subject:\"{subject}\""))])
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        answer["messages"].as_array().expect("a list").clone()
    }

    /// Waits for the first mail to `email` with `subject`, and gives its text.
    pub(crate) async fn mail(&self, program: &Program, email: &str, subject: &str) -> String {
        let found = eventually(|| async {
            let mails = self.mails(program, email, subject).await;
            mails.into_iter().next()
        })
        .await;
        let id = found["ID"].as_str().expect("an id");
        let url = format!("{}/api/v1/message/{id}", program.console);
        let mail: Value = self
            .client
            .get(url)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        mail["Text"].as_str().expect("text").to_owned()
    }
}

/// The first link in a mail's text that contains `part`.
pub(crate) fn link<'a>(text: &'a str, part: &str) -> &'a str {
    let found = text.split_whitespace().find(|word| word.contains(part));
    found.unwrap_or_else(|| panic!("no link with {part} in {text}"))
}
