//! One service's logs and traces, put together.

use std::{io, sync::Arc, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_aws::trace::XrayIdGenerator;
use opentelemetry_sdk::{
    Resource,
    resource::TelemetryResourceDetector,
    trace::{SdkTracerProvider, TracerProviderBuilder},
};
use tracing::Dispatch;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::FilterExt,
    fmt::{MakeWriter, writer::BoxMakeWriter},
    layer::SubscriberExt,
};

use crate::{
    Settings, TelemetryError,
    export::{self, FailureLog},
    filter,
    json_log::JsonLog,
};

/// The longest that [`Telemetry::flush`] and [`Telemetry::shutdown`] wait for
/// the receiver of the spans.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// The instrumentation scope of all spans.
const SCOPE: &str = "pennypost";

/// Everything that logs and traces for one service of this process.
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
    dispatch: Dispatch,
}

impl Telemetry {
    /// Takes the standard `OTEL_*` variables and `RUST_LOG` as [`Settings`]
    /// describes them, and logs to standard error.
    ///
    /// # Errors
    /// A variable has a value that cannot be used.
    pub fn start(service_name: &'static str) -> Result<Self, TelemetryError> {
        Self::with(&Settings::from_env()?, service_name, io::stderr)
    }

    /// Starts with explicit settings and a place for the log's lines.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub fn with<W>(
        settings: &Settings,
        service_name: &'static str,
        log: W,
    ) -> Result<Self, TelemetryError>
    where
        W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    {
        let log_filter =
            EnvFilter::try_new(&settings.log_filter).map_err(|error| TelemetryError::Variable {
                name: "RUST_LOG",
                problem: error.to_string(),
            })?;
        let failures = Arc::new(FailureLog::default());
        let mut provider = provider(service_name, settings);
        if let Some(export) = &settings.export {
            provider = provider.with_span_processor(export::processor(export, &failures)?);
        }
        let provider = provider.build();

        let log = JsonLog::new(service_name, BoxMakeWriter::new(log))
            .with_filter(log_filter.and(filter::discreet()));
        let traces = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(SCOPE))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_filter(filter::traced());
        let dispatch = Dispatch::new(tracing_subscriber::registry().with(log).with(traces));
        failures.set(dispatch.downgrade());
        Ok(Self { provider, dispatch })
    }

    /// What makes code log and trace for this service: hosts wrap a service's
    /// futures with `.with_subscriber(dispatch)`
    /// ([`tracing::instrument::WithSubscriber`]). A task that such a future
    /// spawns has to be wrapped again.
    pub fn dispatch(&self) -> Dispatch {
        self.dispatch.clone()
    }

    /// Waits until the spans so far are exported, [`SHUTDOWN_LIMIT`] at most.
    /// It blocks the thread: in async code call it from a blocking one.
    pub fn flush(&self) {
        if let Err(error) = self.provider.force_flush() {
            self.warn("spans could not be flushed", export::kind(&error));
        }
    }

    /// Exports what is left and ends the export, within [`SHUTDOWN_LIMIT`],
    /// also if the receiver hangs: what it has not taken by then is lost. It
    /// blocks the thread: in async code call it from a blocking one.
    pub fn shutdown(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(SHUTDOWN_LIMIT) {
            self.warn("the last spans could not be exported", export::kind(&error));
        }
    }

    fn warn(&self, what: &str, kind: &str) {
        tracing::dispatcher::with_default(&self.dispatch, || {
            tracing::warn!(error.kind = kind, "{what}");
        });
    }
}

/// The provider, which is there whether or not anything is exported: without
/// it spans would have no ids. The ids fit X-Ray, whose ids begin with a time.
fn provider(service_name: &'static str, settings: &Settings) -> TracerProviderBuilder {
    let attributes = settings
        .resource_attributes
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(attributes)
        .with_service_name(service_name)
        .build();
    SdkTracerProvider::builder()
        .with_id_generator(XrayIdGenerator::default())
        .with_sampler(settings.sampler.clone())
        .with_resource(resource)
}
