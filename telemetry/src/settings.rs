//! What the environment says about logs and traces.

use std::{env, time::Duration};

use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::trace::Sampler;
use secrecy::SecretString;
use url::Url;

use crate::variables::Variables;

/// How long one export may take by default (OTLP specification).
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// What is logged if `RUST_LOG` says nothing.
const DEFAULT_LOG_FILTER: &str = "info";

/// Logs and traces cannot be set up as the environment says.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A variable's value cannot be used.
    #[error("{name}: {problem}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The exporter refused its configuration.
    #[error("the exporter of spans could not be built")]
    Exporter(#[source] ExporterBuildError),
}

/// What the environment says about logs and traces.
///
/// | variable | meaning |
/// |---|---|
/// | `RUST_LOG` | what is logged: `info` if unset |
/// | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | where spans go, the whole URL; `http` only |
/// | `OTEL_EXPORTER_OTLP_ENDPOINT` | the same without `/v1/traces` |
/// | `OTEL_EXPORTER_OTLP_(TRACES_)HEADERS` | `name=value,…`, percent-encoded |
/// | `OTEL_EXPORTER_OTLP_(TRACES_)TIMEOUT` | of one export, in milliseconds: 10000 if unset |
/// | `OTEL_EXPORTER_OTLP_(TRACES_)PROTOCOL` | `http/protobuf`, nothing else |
/// | `OTEL_EXPORTER_OTLP_(TRACES_)COMPRESSION` | `none`, nothing else |
/// | `OTEL_TRACES_EXPORTER` | `otlp` or `none` |
/// | `OTEL_SDK_DISABLED` | `true` ends the export |
/// | `OTEL_RESOURCE_ATTRIBUTES` | `key=value,…` on every span; `service.name` is not taken from it |
/// | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | `parentbased_always_on` if unset |
/// | `OTEL_BSP_*`, `OTEL_SPAN_*_LIMIT` | read by the SDK itself |
///
/// If none is set nothing is exported. Trace context always travels as W3C's
/// `traceparent`, on AWS also in X-Ray's form.
///
/// Source: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>
#[derive(Debug, Clone)]
pub struct Settings {
    /// What is logged, in the syntax of `RUST_LOG`.
    pub log_filter: String,
    /// Where spans go; `None` keeps them here.
    pub export: Option<Export>,
    /// What every span says about the process, besides the service's name.
    pub resource_attributes: Vec<(String, String)>,
    /// Which traces are recorded.
    pub sampler: Sampler,
}

/// Where spans go.
#[derive(Debug, Clone)]
pub struct Export {
    /// The whole URL that batches are posted to.
    pub endpoint: Url,
    /// Headers of each request, which may authenticate it.
    pub headers: Vec<(String, SecretString)>,
    /// How long one export may take.
    pub timeout: Duration,
}

impl Export {
    /// To `endpoint`, the whole URL, with nothing special.
    pub fn to(endpoint: Url) -> Self {
        Self {
            endpoint,
            headers: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

impl Default for Settings {
    /// What no variable at all means.
    fn default() -> Self {
        Self {
            log_filter: DEFAULT_LOG_FILTER.to_owned(),
            export: None,
            resource_attributes: Vec::new(),
            sampler: Sampler::ParentBased(Box::new(Sampler::AlwaysOn)),
        }
    }
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// [`TelemetryError::Variable`] names the first variable that is wrong.
    pub fn from_env() -> Result<Self, TelemetryError> {
        Variables::new(|name| env::var_os(name)).settings()
    }
}
