//! Where the SDK's HTTP connection would begin.

use aws_sdk_dynamodb::config::{
    HttpClient, RuntimeComponents,
    http::{HttpRequest, HttpResponse},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;

use crate::{Durability, Engine, operations};

/// Names the operation in DynamoDB's protocol: `DynamoDB_20120810.GetItem`.
const TARGET_HEADER: &str = "x-amz-target";

/// Hands the SDK a connection to an [`Engine`].
#[derive(Debug, Clone)]
pub(crate) struct EngineHttpClient {
    engine: Engine,
}

impl EngineHttpClient {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine }
    }
}

impl HttpClient for EngineHttpClient {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for EngineHttpClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.engine.clone();
        match engine.durability {
            Durability::Memory => HttpConnectorFuture::ready(answer(&engine, &request)),
            Durability::Disk => HttpConnectorFuture::new(async move {
                tokio::task::spawn_blocking(move || answer(&engine, &request))
                    .await
                    .map_err(|error| ConnectorError::other(error.into(), None))?
            }),
        }
    }
}

fn answer(engine: &Engine, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let operation = request
        .headers()
        .get(TARGET_HEADER)
        .and_then(|target| target.split('.').nth(1))
        .unwrap_or_default();
    let body = request
        .body()
        .bytes()
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .ok_or_else(|| ConnectorError::user("a request body that is not text".into()))?;
    let answer = operations::run(&engine.database, &engine.tokens, operation, body);
    if answer.status == 200 {
        engine.streams.tell(operation, body);
    }
    let response = http::Response::builder()
        .status(answer.status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(SdkBody::from(answer.body))
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}
