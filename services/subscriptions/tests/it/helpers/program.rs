//! A program with a token.

use axum::{body::Body, extract::Request};
use http::{
    Method,
    header::{AUTHORIZATION, HeaderName, HeaderValue},
};
use serde_json::{Value, json};

use super::{ADMIN_PASSWORD, Answer, TestApp, request};

pub(crate) const JSON: &str = "application/json";

/// Sends requests with its token.
pub(crate) struct Program<'a> {
    app: &'a TestApp,
    pub(crate) token: String,
    pub(crate) token_id: String,
}

impl TestApp {
    /// Asks for a token.
    pub(crate) async fn ask_for_token(&self, username: &str, password: &str, name: &str) -> Answer {
        let asked = json!({ "username": username, "password": password, "name": name });
        self.post("/v1/tokens", JSON, asked.to_string()).await
    }

    /// A program of the user `admin`.
    pub(crate) async fn program(&self) -> Program<'_> {
        let answer = self.ask_for_token("admin", ADMIN_PASSWORD, "test").await;
        answer.assert_status(201);
        let text = |name: &str| answer.json()[name].as_str().expect("text").to_owned();
        Program {
            app: self,
            token: text("token"),
            token_id: text("id"),
        }
    }
}

impl Program<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path, None, Body::empty()))
            .await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(request(Method::DELETE, path, None, Body::empty()))
            .await
    }

    /// Publishes with that key.
    pub(crate) async fn publish(&self, issue: &Value, key: &str) -> Answer {
        self.send(self.publication(&issue.to_string(), Some(key)))
            .await
    }

    /// A request to publish, with its token.
    pub(crate) fn publication(&self, body: &str, key: Option<&str>) -> Request {
        let body = Body::from(body.to_owned());
        let mut post = request(Method::POST, "/v1/issues", Some(JSON), body);
        if let Some(key) = key {
            let key = HeaderValue::from_bytes(key.as_bytes()).expect("a header");
            let name = HeaderName::from_static("idempotency-key");
            post.headers_mut().append(name, key);
        }
        self.signed(post)
    }

    /// Sends any request with its token.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.app.send(self.signed(request)).await
    }

    fn signed(&self, mut request: Request) -> Request {
        let token = HeaderValue::try_from(format!("Bearer {}", self.token)).expect("a header");
        request.headers_mut().insert(AUTHORIZATION, token);
        request
    }
}
