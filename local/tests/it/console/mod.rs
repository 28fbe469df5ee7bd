//! The console over HTTP: Mailpit's API and the pages.

mod api;
mod pages;
mod unknown_versions;

use local::{Settings, System};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A system whose console is asked.
struct Console {
    system: System,
    client: reqwest::Client,
}

impl Console {
    async fn start() -> Self {
        Self {
            system: System::start(Settings::in_memory())
                .await
                .expect("a system"),
            client: reqwest::Client::new(),
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = self.system.console_url().join(path).expect("a URL");
        self.client.request(method, url)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path)
            .send()
            .await
            .expect("an answer")
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    async fn deliver(&self, to: &str, subject: &str) {
        let mail = crate::mailbox::raw(to, subject, "Hello <b>you</b>");
        self.system
            .mailbox()
            .deliver(mail)
            .await
            .expect("delivered");
    }
}
