//! Trace context in the two forms it travels in: W3C's `traceparent` and
//! AWS's X-Ray header.

use std::collections::HashMap;

use opentelemetry::{
    Context, TraceFlags,
    propagation::TextMapPropagator,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use opentelemetry_aws::trace::xray_propagator::{span_context_from_str, span_context_to_string};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The name of the W3C header, and of the CloudEvents extension.
const TRACEPARENT: &str = "traceparent";

/// The `traceparent` of the span that is being executed, to be stored or sent
/// along. `None` outside any span, or where no [`Telemetry`](crate::Telemetry)
/// is in effect.
pub fn current_traceparent() -> Option<String> {
    // The thread's OpenTelemetry context and not `Span::current()`, which may
    // be a span that is logged but, being too fine, not traced.
    format_traceparent(Context::current().span().span_context())
}

/// The `traceparent` of `span`, which need not have been entered.
pub fn traceparent_of(span: &Span) -> Option<String> {
    format_traceparent(span.context().span().span_context())
}

/// Makes what `traceparent` names the parent of `span`, which must not have
/// been entered yet. Nothing, or what is no valid `traceparent`, changes
/// nothing: broken trace data never costs a request or a mail.
pub fn set_parent(span: &Span, traceparent: Option<&str>) {
    let Some(parent) = traceparent.and_then(parse_traceparent) else {
        return;
    };
    let context = Context::new().with_remote_span_context(parent);
    if let Err(error) = span.set_parent(context) {
        // Without an OpenTelemetry layer there is no trace to continue.
        tracing::trace!(%error, "the span keeps its own parent");
    }
}

/// Links `span`, which handles a batch, to what `traceparent` names: one of the
/// causes that it has. Nothing, or what is no valid `traceparent`, links nothing.
pub fn add_link(span: &Span, traceparent: Option<&str>) {
    if let Some(linked) = traceparent.and_then(parse_traceparent) {
        span.add_link(linked);
    }
}

/// `traceparent` as the `TraceHeader` of EventBridge's PutEvents; `None` if it
/// is not a valid one.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
pub fn xray_trace_header(traceparent: &str) -> Option<String> {
    span_context_to_string(&parse_traceparent(traceparent)?)
}

/// The `traceparent` that an X-Ray header means: SQS's `AWSTraceHeader`, or
/// what Lambda hands over with an invocation. `None` if it names no span.
pub fn traceparent_from_xray(header: &str) -> Option<String> {
    format_traceparent(&span_context_from_str(header.trim())?)
}

/// Reads a `traceparent`, keeping of its flags only "sampled": X-Ray's crate
/// takes the next one, W3C's "random", for an undecided sampling.
pub(crate) fn parse_traceparent(traceparent: &str) -> Option<SpanContext> {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    let parsed = context.span().span_context().clone();
    parsed.is_valid().then(|| {
        SpanContext::new(
            parsed.trace_id(),
            parsed.span_id(),
            parsed.trace_flags() & TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        )
    })
}

fn format_traceparent(span: &SpanContext) -> Option<String> {
    span.is_valid().then(|| {
        format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            span.trace_flags() & TraceFlags::SAMPLED
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLED: &str = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
    const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    #[test]
    fn a_traceparent_becomes_an_xray_header_and_back() {
        assert_eq!(xray_trace_header(SAMPLED).as_deref(), Some(XRAY));
        assert_eq!(traceparent_from_xray(XRAY).as_deref(), Some(SAMPLED));
    }

    #[test]
    fn an_unsampled_trace_stays_unsampled() {
        let unsampled = SAMPLED.replace("-01", "-00");
        let header = xray_trace_header(&unsampled).expect("a header");
        assert!(header.ends_with("Sampled=0"), "{header}");
        assert_eq!(traceparent_from_xray(&header), Some(unsampled));
    }

    #[test]
    fn the_random_flag_does_not_undo_sampling() {
        let random = SAMPLED.replace("-01", "-03");
        assert_eq!(xray_trace_header(&random).as_deref(), Some(XRAY));
    }

    #[test]
    fn lineage_and_other_fields_of_an_xray_header_are_ignored() {
        let header = format!("{XRAY};Lineage=1:a87bd80c:0|68fd508a:5");
        assert_eq!(traceparent_from_xray(&header).as_deref(), Some(SAMPLED));
    }

    #[test]
    fn what_is_no_trace_context_is_none() {
        for text in [
            "",
            "00",
            "00-0-0-01",
            "hello",
            "00-00000000000000000000000000000000-53995c3f42cd8ad8-01",
        ] {
            assert_eq!(xray_trace_header(text), None, "{text}");
        }
        for text in [
            "",
            "Root=",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "hello;=;",
        ] {
            assert_eq!(traceparent_from_xray(text), None, "{text}");
        }
    }

    #[test]
    fn outside_any_span_there_is_no_traceparent() {
        assert_eq!(current_traceparent(), None);
        let span = tracing::info_span!("nobody listens");
        set_parent(&span, Some(SAMPLED));
        assert_eq!(traceparent_of(&span), None);
    }
}
