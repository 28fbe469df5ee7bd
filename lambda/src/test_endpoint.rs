//! An endpoint of AWS that answers as a test says, and remembers what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use axum::{Router, http::StatusCode, routing::post};
use serde_json::Value;

/// The endpoint; it ends with the test's runtime.
pub(crate) struct Endpoint {
    pub(crate) sdk: SdkConfig,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Endpoint {
    /// Answers every request with this.
    pub(crate) async fn answering(status: u16, body: Value) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let answer = async move |request: String| {
            let request = serde_json::from_str(&request).expect("a request in JSON");
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(request);
            let status = StatusCode::from_u16(status).expect("a status");
            (status, body.to_string())
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/", post(answer));
        tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        let nobody = Credentials::new("nobody", "nothing", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(nobody))
            .endpoint_url(format!("http://{address}"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Self { sdk, asked }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}
