//! SES as its HTTP answers.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_sesv2::config::{
    BehaviorVersion, Credentials, ProvideCredentials, Region, SharedCredentialsProvider,
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use delivery::mail::Ses;
use serde_json::{Value, json};

/// What the endpoint does with one request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// These statuses, one for each entry.
    Entries(Vec<&'static str>),
    Error(u16, &'static str, &'static str),
    /// Whatever this is.
    Raw(u16, String),
    Reset,
    Never,
    /// Accepts one reader's mail after that time.
    Slowly(Duration),
}

/// Answers by a script, and accepts everything after it.
#[derive(Clone, Default, Debug)]
pub(crate) struct SesEndpoint {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    script: VecDeque<Answer>,
    /// What is told of the account, before the script.
    accounts: VecDeque<Answer>,
    requests: Vec<(String, Value)>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

impl SesEndpoint {
    pub(crate) fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let endpoint = Self::default();
        let mut state = endpoint.state.lock().expect("not poisoned");
        state.script.extend(answers);
        drop(state);
        endpoint
    }

    /// The next times that it is asked for the account's quota, it answers so.
    pub(crate) fn tells_of_the_account(&self, answers: impl IntoIterator<Item = Answer>) {
        let mut state = self.state.lock().expect("not poisoned");
        state.accounts.extend(answers);
    }

    /// What it answers after what it was to answer before.
    pub(crate) fn follows(&self, answers: impl IntoIterator<Item = Answer>) {
        let mut state = self.state.lock().expect("not poisoned");
        state.script.extend(answers);
    }

    /// A client of it.
    pub(crate) fn client(&self) -> Ses {
        self.client_of(Credentials::from_keys("key", "secret", None))
    }

    /// A client of it that gets its credentials there.
    pub(crate) fn client_of(&self, credentials: impl ProvideCredentials + 'static) -> Ses {
        let config = aws_types::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.clone())
            .build();
        Ses::new(&config, "test", Some("letters".to_owned()))
    }

    /// Path and body of each request.
    pub(crate) fn requests(&self) -> Vec<(String, Value)> {
        self.state.lock().expect("not poisoned").requests.clone()
    }

    fn take(&self, request: &HttpRequest) -> (Answer, usize) {
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let entries = body["BulkEmailEntries"].as_array().map_or(0, Vec::len);
        let path = request.uri().split('?').next().unwrap_or_default();
        let path = path.rsplit("amazonaws.com").next().unwrap_or_default();
        let mut state = self.state.lock().expect("not poisoned");
        state.requests.push((path.to_owned(), body));
        let told = match path {
            "/v2/email/account" => state.accounts.pop_front(),
            _ => None,
        };
        let answer = told.or_else(|| state.script.pop_front());
        let answer = answer.unwrap_or_else(|| Answer::Entries(vec!["SUCCESS"; entries]));
        (answer, entries)
    }
}

impl HttpClient for SesEndpoint {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SesEndpoint {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, _) = self.take(&request);
        match answer {
            Answer::Entries(statuses) => HttpConnectorFuture::ready(Ok(entries(statuses))),
            Answer::Error(status, code, message) => {
                response(status, Some(code), json!({"message": message}).to_string())
            }
            Answer::Raw(status, body) => response(status, None, body),
            Answer::Slowly(time) => HttpConnectorFuture::new(async move {
                tokio::time::sleep(time).await;
                Ok(entries(vec!["SUCCESS"]))
            }),
            Answer::Reset => {
                HttpConnectorFuture::ready(Err(ConnectorError::io("connection reset".into())))
            }
            Answer::Never => HttpConnectorFuture::new(async {
                tokio::time::sleep(Duration::from_secs(10_000)).await;
                Err(ConnectorError::io("too late".into()))
            }),
        }
    }
}

fn entries(statuses: Vec<&'static str>) -> HttpResponse {
    let results = statuses.into_iter().map(|status| match status {
        "SUCCESS" => json!({"Status": status, "MessageId": "one"}),
        status => json!({"Status": status, "Error": "reader@example.com is bad"}),
    });
    let results: Vec<_> = results.collect();
    let body = json!({"BulkEmailEntryResults": results, "MessageId": "m"});
    answer(200, None, body.to_string())
}

fn response(status: u16, code: Option<&str>, body: String) -> HttpConnectorFuture {
    HttpConnectorFuture::ready(Ok(answer(status, code, body)))
}

fn answer(status: u16, code: Option<&str>, body: String) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("x-amzn-errortype", code.unwrap_or_default())
        .body(SdkBody::from(body))
        .expect("a response");
    HttpResponse::try_from(response).expect("a response")
}

/// A client over a real connection to that port of this machine.
pub(crate) fn ses_at(port: u16) -> Ses {
    let config = aws_types::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
            "key", "secret", None,
        )))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Ses::new(&config, "test", None)
}
