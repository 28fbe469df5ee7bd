//! The surface of subscriptions, as people and programs use it: they ask again
//! until they are answered.

use std::sync::Arc;

use axum::{body::Body, extract::Request};
use http::Method;
use serde_json::Value;
use tokio::time::Duration;

use crate::{
    cluster::Cluster,
    setup::{PUBLIC_URL, template},
};

/// After so many requests without an answer something is wrong.
const MAX_REQUESTS: u32 = 400;
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Asks on behalf of an admin's program, or of anybody.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) cluster: Arc<Cluster>,
}

/// A request that can be sent again.
struct Asked<'a> {
    method: Method,
    path: &'a str,
    kind: &'a str,
    body: String,
    key: Option<&'a str>,
}

impl Api {
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.insist(&Asked::new(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        self.insist(&Asked::new(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> (u16, Value) {
        let asked = Asked {
            kind: JSON,
            body: body.to_string(),
            key,
            ..Asked::new(Method::POST, path)
        };
        self.insist(&asked).await
    }

    /// Sends an empty form.
    pub(crate) async fn press(&self, path: &str) -> (u16, Value) {
        let asked = Asked {
            kind: FORM,
            ..Asked::new(Method::POST, path)
        };
        self.insist(&asked).await
    }

    /// Hands in a list, while nobody else acts.
    pub(crate) async fn import(&self, list: String) -> (u16, Value) {
        let path = "/v1/subscribers/import";
        let asked = Asked {
            kind: "text/csv",
            body: list,
            ..Asked::new(Method::POST, path)
        };
        let process = self.cluster.somebody().await;
        process.ask_alone(&self.cluster, asked.request())
    }

    async fn insist(&self, asked: &Asked<'_>) -> (u16, Value) {
        let world = &self.cluster.world;
        for _ in 0..MAX_REQUESTS {
            let process = self.cluster.somebody().await;
            match process.ask(asked.request()).await {
                Some((status, body)) if status < 500 => {
                    let at = world.passed();
                    world
                        .watch
                        .note(|| format!("{at} {} {} {status}", asked.method, asked.path));
                    return (status, body);
                }
                _ => {}
            }
            let wait = world.chance.between(200, 5_000);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        world
            .watch
            .broken(format!("{} {} is never answered", asked.method, asked.path));
        (500, Value::Null)
    }
}

impl<'a> Asked<'a> {
    fn new(method: Method, path: &'a str) -> Self {
        Self {
            method,
            path,
            kind: "",
            body: String::new(),
            key: None,
        }
    }

    fn request(&self) -> Request {
        let path = self.path.strip_prefix(PUBLIC_URL).unwrap_or(self.path);
        let mut request = Request::builder().method(self.method.clone()).uri(path);
        if path.starts_with("/v1/") {
            request = request.header("authorization", format!("Bearer {}", template().token));
        }
        if !self.kind.is_empty() {
            request = request.header("content-type", self.kind);
        }
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        request
            .body(Body::from(self.body.clone()))
            .expect("a request")
    }
}
