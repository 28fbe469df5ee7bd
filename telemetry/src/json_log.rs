//! The log: one JSON object a line.

use std::{fmt, io::Write};

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use opentelemetry::{Context as OtelContext, trace::TraceContextExt};
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    fmt::{MakeWriter, writer::BoxMakeWriter},
    layer::Context,
};

/// The field that `tracing` gives an event's text.
const MESSAGE: &str = "message";

/// Writes each event as `{"timestamp","level","service","target","message",
/// "fields","trace_id","span_id"}`; the ids only inside a span.
pub(crate) struct JsonLog {
    service: &'static str,
    writer: BoxMakeWriter,
}

impl JsonLog {
    pub(crate) fn new(service: &'static str, writer: BoxMakeWriter) -> Self {
        Self { service, writer }
    }

    fn line(&self, event: &Event<'_>) -> Vec<u8> {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let mut line = Map::new();
        let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
        put("timestamp", now().into());
        put("level", metadata.level().as_str().into());
        put("service", self.service.into());
        put("target", metadata.target().into());
        if let Some(message) = fields.0.remove(MESSAGE) {
            put(MESSAGE, message);
        }
        if !fields.0.is_empty() {
            put("fields", fields.0.into());
        }
        // The thread's OpenTelemetry context, which every entered span sets:
        // the span may well be one that the log's own filter leaves out.
        let context = OtelContext::current();
        let span = context.span().span_context().clone();
        if span.is_valid() {
            put("trace_id", span.trace_id().to_string().into());
            put("span_id", span.span_id().to_string().into());
        }
        let mut bytes = Value::Object(line).to_string().into_bytes();
        bytes.push(b'\n');
        bytes
    }
}

impl<S: Subscriber> Layer<S> for JsonLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let line = self.line(event);
        // One write a line, so that the lines of two services do not mix. If
        // the log cannot be written there is nobody left to tell.
        let mut writer = self.writer.make_writer_for(event.metadata());
        drop(writer.write_all(&line));
    }
}

fn now() -> String {
    let now = Timestamp::now();
    // Down, or a line would seem to come from the future.
    let milliseconds = TimestampRound::new()
        .smallest(Unit::Millisecond)
        .mode(RoundMode::Trunc);
    now.round(milliseconds).unwrap_or(now).to_string()
}

/// Collects an event's fields.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
}
