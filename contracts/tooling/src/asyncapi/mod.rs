//! AsyncAPI 3.0: what a service publishes and consumes, for readers and tools.
//!
//! Source: <https://www.asyncapi.com/docs/reference/specification/v3.0.0>

mod schema;

use contracts::{EventKind, Queue, Source, catalogue};
use serde_json::{Map, Value, json};

use crate::Folder;

/// The version of AsyncAPI that the documents are written in.
const ASYNCAPI: &str = "3.0.0";

/// The extension of an operation that says which queue of the service brings
/// its events, for the rules of a bus.
pub const QUEUE: &str = "x-queue";

/// The version of the document itself: each event carries its own.
const DOCUMENT_VERSION: &str = "1.0.0";

/// What every document says about the way an event travels.
const TRAVEL: &str = "Events are CloudEvents 1.0 in structured JSON and travel as the `detail` of an \
    EventBridge event, whose `detail-type` is the address of the channel. They arrive at least once \
    and in no order. Readers ignore fields they do not know.";

/// Which versions of events a service publishes and consumes, by their types.
#[derive(Debug, Clone, Copy)]
pub struct Declaration<'a> {
    /// The service.
    pub service: Source,
    /// What it publishes.
    pub publishes: &'a [&'a str],
    /// What it has a handler for, by the queue that brings it.
    pub consumes: &'a [Queue],
}

/// There is no document for the declaration.
#[derive(Debug, thiserror::Error)]
pub enum AsyncApiError {
    /// There is no such version of an event.
    #[error("{0} is not in the catalogue")]
    Unknown(String),
    /// A service publishes only what is its own.
    #[error("{event_type} is not published by {service}")]
    NotIts {
        /// The version.
        event_type: String,
        /// The service.
        service: Source,
    },
    /// The example cannot be read.
    #[error("{name}: {why}")]
    Example {
        /// The file.
        name: String,
        /// Why.
        why: String,
    },
}

/// What a service does with the events of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It publishes them.
    Send,
    /// It consumes them.
    Receive,
}

impl Action {
    /// As AsyncAPI writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }

    /// `published` or `consumed`.
    pub const fn participle(self) -> &'static str {
        match self {
            Self::Send => "published",
            Self::Receive => "consumed",
        }
    }
}

/// The document of the service that made `declaration`; `folder` has the
/// examples. Its keys are sorted.
///
/// # Errors
/// As [`AsyncApiError`] says.
pub fn asyncapi(declaration: &Declaration<'_>, folder: &Folder) -> Result<Value, AsyncApiError> {
    let mut parts = Parts::default();
    for event_type in declaration.publishes {
        let kind = known(event_type)?;
        if kind.source != declaration.service {
            return Err(AsyncApiError::NotIts {
                event_type: kind.event_type.to_owned(),
                service: declaration.service,
            });
        }
        parts.add(Action::Send, kind, folder)?;
    }
    for queue in declaration.consumes {
        for event_type in queue.consumes {
            let operation = parts.add(Action::Receive, known(event_type)?, folder)?;
            operation[QUEUE] = queue.name.into();
        }
    }
    let name = declaration.service.as_str();
    let service = name.rsplit_once('.').map_or(name, |(_, service)| service);
    Ok(sorted(json!({
        "asyncapi": ASYNCAPI,
        "id": format!("urn:pennypost:service:{service}"),
        "info": {
            "title": format!("Pennypost {service}"),
            "version": DOCUMENT_VERSION,
            "description": format!("What the service {service} publishes and consumes. {TRAVEL}"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "channels": parts.channels,
        "operations": parts.operations,
        "components": { "messages": parts.messages, "schemas": parts.schemas },
    })))
}

/// What `document` says the service does, and with which types of events.
pub fn operations(document: &Value) -> Vec<(Action, String)> {
    let operations = document["operations"].as_object().into_iter().flatten();
    let operations = operations.filter_map(|(_, operation)| {
        let action = match operation["action"].as_str()? {
            "send" => Action::Send,
            _ => Action::Receive,
        };
        let channel = operation["channel"]["$ref"].as_str()?;
        let channel = channel.strip_prefix("#/channels/")?;
        Some((action, channel.to_owned()))
    });
    operations.collect()
}

/// The title of `document`.
pub fn title(document: &Value) -> &str {
    document["info"]["title"].as_str().unwrap_or_default()
}

#[derive(Default)]
struct Parts {
    channels: Map<String, Value>,
    operations: Map<String, Value>,
    messages: Map<String, Value>,
    schemas: Map<String, Value>,
}

impl Parts {
    /// Adds an event, and gives the operation.
    fn add(
        &mut self,
        action: Action,
        kind: &EventKind,
        folder: &Folder,
    ) -> Result<&mut Value, AsyncApiError> {
        let event_type = kind.event_type;
        let message = json!({ "$ref": format!("#/components/messages/{event_type}") });
        self.channels.insert(
            event_type.to_owned(),
            json!({ "address": event_type, "messages": { "event": message } }),
        );
        let schema = schema::hoisted(&Value::from(kind.schema()), &mut self.schemas);
        let summary = schema::summary_of_data(&schema, &self.schemas);
        let message = json!({
            "name": event_type,
            "title": event_type,
            "summary": summary,
            "contentType": "application/json",
            "payload": schema,
            "examples": examples(event_type, folder)?,
        });
        self.messages.insert(event_type.to_owned(), message);
        let operation = json!({
            "action": action.as_str(),
            "channel": { "$ref": format!("#/channels/{event_type}") },
            "messages": [{ "$ref": format!("#/channels/{event_type}/messages/event") }],
        });
        let name = format!("{}.{event_type}", action.as_str());
        Ok(self.operations.entry(name).or_insert(operation))
    }
}

fn examples(event_type: &str, folder: &Folder) -> Result<Vec<Value>, AsyncApiError> {
    let unreadable = |name: &str, why: String| AsyncApiError::Example {
        name: name.to_owned(),
        why,
    };
    let names = folder.examples(event_type);
    let names = names.map_err(|error| unreadable("examples", error.to_string()))?;
    let examples = names.iter().map(|name| {
        let text = folder.read(name);
        let text = text.map_err(|error| unreadable(name, error.to_string()))?;
        let payload: Value =
            serde_json::from_slice(&text).map_err(|error| unreadable(name, error.to_string()))?;
        Ok(json!({ "payload": payload }))
    });
    examples.collect()
}

fn known(event_type: &str) -> Result<&'static EventKind, AsyncApiError> {
    let mut kinds = catalogue().iter();
    let kind = kinds.find(|kind| kind.event_type == event_type);
    kind.ok_or_else(|| AsyncApiError::Unknown(event_type.to_owned()))
}

/// With the keys of every object in order, whichever map serde_json uses.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            let fields = fields.into_iter().map(|(name, it)| (name, sorted(it)));
            fields.collect()
        }
        other => other,
    }
}
