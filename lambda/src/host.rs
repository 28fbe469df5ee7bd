//! What every role is served by.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_types::SdkConfig;
use futures::FutureExt;
use lambda_runtime::{Context, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use telemetry::Telemetry;
use tracing::{Instrument, Span, field::Empty, info_span};

use crate::{environment::Environment, failure::Failure, program::StartError};

/// Serves a role: one invocation after the other, each guarded against panics
/// and followed by a flush of its spans. A clone is the same host.
#[derive(Debug, Clone)]
pub struct Host {
    environment: Environment,
    sdk: SdkConfig,
    telemetry: Arc<Telemetry>,
    exports: bool,
}

/// The end of an invocation, at which Lambda kills it.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(SystemTime);

impl Deadline {
    /// The time of an invocation in `context`.
    pub fn of(context: &Context) -> Self {
        Self(context.deadline())
    }

    /// How much time is left but for `margin`; nothing once it is over.
    pub fn left(&self, margin: Duration) -> Duration {
        let left = self.0.duration_since(SystemTime::now());
        // An error says that it is over.
        left.unwrap_or_default().saturating_sub(margin)
    }
}

impl Host {
    pub(crate) fn new(
        environment: Environment,
        sdk: SdkConfig,
        telemetry: Telemetry,
        exports: bool,
    ) -> Self {
        let telemetry = Arc::new(telemetry);
        Self {
            environment,
            sdk,
            telemetry,
            exports,
        }
    }

    /// The function's environment.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// What clients of AWS are made with.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// Serves invocations whose payload is JSON, as long as the process lives.
    ///
    /// # Errors
    /// If Lambda's runtime API does not answer.
    pub async fn serve<P, R, F>(
        &self,
        role: &'static str,
        handle: impl Fn(P, Deadline) -> F,
    ) -> Result<(), StartError>
    where
        P: DeserializeOwned,
        R: Serialize,
        F: Future<Output = Result<R, Failure>>,
    {
        let serve = service_fn(async |event: LambdaEvent<Value>| {
            let LambdaEvent { payload, context } = event;
            let span = invocation_span(role, &context);
            self.guard(&span, async {
                // A parser's text could quote what it read.
                let payload = serde_json::from_value(payload)
                    .map_err(|_| Failure::Permanent(format!("no event for the role {role}")))?;
                // What a role does can be large.
                Box::pin(handle(payload, Deadline::of(&context))).await
            })
            .await
        });
        Ok(lambda_runtime::run(serve).await?)
    }

    /// Does the work of an invocation within `span`: a panic becomes a failure,
    /// and no span is left when it ends, since then the process may be frozen.
    ///
    /// # Errors
    /// The work's own, and [`Failure::Panic`].
    pub async fn guard<T>(
        &self,
        span: &Span,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let work = AssertUnwindSafe(work.instrument(span.clone()));
        let outcome = work.catch_unwind().await.unwrap_or(Err(Failure::Panic));
        if let Err(failure) = &outcome {
            telemetry::record_error(span, failure.error_type());
            span.in_scope(|| tracing::error!(%failure, "the invocation failed"));
        }
        self.flush().await;
        outcome
    }

    async fn flush(&self) {
        if !self.exports {
            return;
        }
        // It blocks: on this thread it would keep the exporter from working.
        let telemetry = Arc::clone(&self.telemetry);
        let flushed = tokio::task::spawn_blocking(move || telemetry.flush()).await;
        if flushed.is_err() {
            tracing::warn!("spans could not be flushed");
        }
    }
}

/// The span of an invocation, in the trace that Lambda hands over with it.
fn invocation_span(role: &'static str, context: &Context) -> Span {
    let span = info_span!(
        "invocation",
        otel.name = role,
        otel.kind = "server",
        otel.status_code = Empty,
        error.type = Empty,
        faas.invocation_id = context.request_id,
    );
    let traceparent = context.xray_trace_id.as_deref();
    let traceparent = traceparent.and_then(telemetry::traceparent_from_xray);
    telemetry::set_parent(&span, traceparent.as_deref());
    span
}

#[cfg(test)]
mod tests {
    use telemetry::Settings;

    use super::*;

    fn host() -> Host {
        let telemetry = Telemetry::with(&Settings::default(), "test", std::io::sink);
        let sdk = SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .build();
        let telemetry = telemetry.expect("telemetry");
        Host::new(Environment::of(|_| None), sdk, telemetry, false)
    }

    #[tokio::test]
    async fn a_panic_fails_the_invocation_and_tells_nothing_of_what_it_says() {
        let work = async { panic!("ada@example.com") };
        let outcome: Result<(), _> = host().guard(&Span::none(), work).await;
        assert_eq!(outcome, Err(Failure::Panic));
        assert!(!Failure::Panic.to_string().contains("ada"));
    }

    #[test]
    fn time_that_is_over_is_nothing() {
        let over = Deadline(SystemTime::now() - Duration::from_secs(1));
        assert_eq!(over.left(Duration::ZERO), Duration::ZERO);
        let in_a_minute = Deadline(SystemTime::now() + Duration::from_secs(60));
        assert_eq!(in_a_minute.left(Duration::from_secs(120)), Duration::ZERO);
        assert!(in_a_minute.left(Duration::from_secs(10)) > Duration::from_secs(40));
    }
}
