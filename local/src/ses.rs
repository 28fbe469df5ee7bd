//! SES as the mail side, set up by the SDK's own variables and files.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use delivery::mail::Ses;

use crate::{parts::STAGE, system::StartError};

/// Connects to nothing but what credentials come from.
pub(crate) async fn ses() -> Result<Ses, StartError> {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .load()
        .await;
    if config.region().is_none() {
        return Err(StartError::Ses("no region: set AWS_REGION"));
    }
    let found = match config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await.is_ok(),
        None => false,
    };
    match found {
        true => Ok(Ses::new(&config, STAGE, None)),
        false => Err(StartError::Ses(
            "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )),
    }
}
