//! Where the stand-ins are, and how clients reach them.

use std::env;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_sqs::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use aws_types::SdkConfig;

/// The region of all that the tests make.
pub(crate) const REGION: &str = "eu-central-1";
/// The account that moto has everybody in.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A stand-in, by the variable that has its URL.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StandIn {
    /// aws-ses-v2-local.
    Ses,
    /// moto, for everything else.
    Moto,
}

impl StandIn {
    /// Its URL, without a slash at the end.
    ///
    /// # Panics
    /// If nobody says where it is.
    pub(crate) fn url(self) -> String {
        let variable = match self {
            Self::Ses => "PENNYPOST_REFEREE_SES",
            Self::Moto => "PENNYPOST_REFEREE_MOTO",
        };
        env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run .ci/referees"))
    }

    /// What clients of it are made with.
    pub(crate) fn sdk_config(self) -> SdkConfig {
        let nobody = Credentials::new("referee", "referee", None, None, "referees");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .endpoint_url(self.url())
            .credentials_provider(SharedCredentialsProvider::new(nobody))
            .http_client(Builder::new().build_http())
            .build()
    }
}
