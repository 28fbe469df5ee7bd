//! The AWS SDK's way to the stand-ins: HTTP without TLS.

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;

/// Connections that are kept and used again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection(reqwest::Client);

impl HttpClient for Connection {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request =
                outgoing(&client, &request).map_err(|error| ConnectorError::user(error.into()))?;
            let answer = client.execute(request).await;
            let answer = answer.map_err(|error| ConnectorError::io(error.into()))?;
            let mut response = http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            let body = answer.bytes().await;
            let body = body.map_err(|error| ConnectorError::io(error.into()))?;
            let response = response.body(SdkBody::from(body.to_vec()));
            let response = response.map_err(|error| ConnectorError::other(error.into(), None))?;
            HttpResponse::try_from(response)
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn outgoing(client: &reqwest::Client, request: &HttpRequest) -> Result<reqwest::Request, String> {
    let method = request.method().parse::<reqwest::Method>();
    let method = method.map_err(|error| error.to_string())?;
    let body = request.body().bytes().ok_or("a body that streams")?;
    let mut outgoing = client.request(method, request.uri()).body(body.to_vec());
    for (name, value) in request.headers() {
        outgoing = outgoing.header(name, value);
    }
    outgoing.build().map_err(|error| error.to_string())
}
