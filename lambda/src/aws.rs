//! How the AWS SDK is set up, the same for every client.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::SdkConfig;

use crate::program::StartError;

/// The certificate authorities of AWS's endpoints. Reading all those that the
/// system knows takes three times as long as everything else at the start.
/// Source: <https://www.amazontrust.com/repository/>
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// For a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// For one attempt: DynamoDB, SQS and EventBridge answer within milliseconds, so
/// that an attempt without an answer is lost.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(5);
/// For a call with all its attempts.
const CALL_LIMIT: Duration = Duration::from_secs(15);
/// How often a call is tried.
const ATTEMPTS: u32 = 3;

/// Takes region, credentials and endpoint from the environment, as Lambda sets it.
pub(crate) async fn sdk_config() -> Result<SdkConfig, StartError> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let tls = TlsContext::builder().with_trust_store(roots).build();
    let tls = tls.map_err(|error| StartError::Tls(error.to_string()))?;
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    let limits = TimeoutConfig::builder()
        .connect_timeout(CONNECT_LIMIT)
        .operation_attempt_timeout(ATTEMPT_LIMIT)
        .operation_timeout(CALL_LIMIT);
    Ok(aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(limits.build())
        .load()
        .await)
}
