//! Spans on their way to an OTLP receiver.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry_otlp::{
    Protocol, SpanExporter as OtlpExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{BatchSpanProcessor, SpanData, SpanExporter},
};
use secrecy::ExposeSecret;
use tracing::dispatcher::{WeakDispatch, with_default};

use crate::{Export, TelemetryError};

/// A processor that hands spans to a thread of its own through a bounded
/// queue (`OTEL_BSP_MAX_QUEUE_SIZE`, 2048): whoever ends a span never waits,
/// and what the queue cannot take is dropped.
pub(crate) fn processor(
    export: &Export,
    failures: &Arc<FailureLog>,
) -> Result<BatchSpanProcessor, TelemetryError> {
    let headers: HashMap<String, String> = export
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.expose_secret().to_owned()))
        .collect();
    // The blocking client, because the processor's thread has no reactor.
    let exporter = OtlpExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(export.endpoint.as_str())
        .with_timeout(export.timeout)
        .with_headers(headers)
        .build()
        .map_err(TelemetryError::Exporter)?;
    Ok(BatchSpanProcessor::builder(Reporting {
        exporter,
        failures: Arc::clone(failures),
    })
    .build())
}

/// An error of the SDK in a word: its text could quote the receiver's answer.
pub(crate) fn kind(error: &OTelSdkError) -> &'static str {
    match error {
        OTelSdkError::AlreadyShutdown => "already shut down",
        OTelSdkError::Timeout(_) => "timeout",
        OTelSdkError::InternalFailure(_) => "failure",
    }
}

/// Logs when exporting begins to fail and when it works again: a receiver
/// that is away for a day makes two lines.
#[derive(Debug, Default)]
pub(crate) struct FailureLog {
    log: OnceLock<WeakDispatch>,
    failing: AtomicBool,
}

impl FailureLog {
    /// Says where to log; known only after the exporter is built.
    pub(crate) fn set(&self, log: WeakDispatch) {
        self.log.get_or_init(|| log);
    }

    fn note(&self, result: &OTelSdkResult) {
        let failed = result.is_err();
        if self.failing.swap(failed, Ordering::Relaxed) == failed {
            return;
        }
        let Some(log) = self.log.get().and_then(WeakDispatch::upgrade) else {
            return;
        };
        with_default(&log, || match result {
            Ok(()) => tracing::info!("spans are exported again"),
            Err(error) => tracing::warn!(error.kind = kind(error), "spans cannot be exported"),
        });
    }
}

/// An exporter whose failures are logged.
#[derive(Debug)]
struct Reporting {
    exporter: OtlpExporter,
    failures: Arc<FailureLog>,
}

impl SpanExporter for Reporting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let result = self.exporter.export(batch).await;
        self.failures.note(&result);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
