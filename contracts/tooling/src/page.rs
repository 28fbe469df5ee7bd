//! The AsyncAPI documents as one page to look at.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::Value;

use crate::asyncapi::{Action, operations, title};

const HEAD: &str = include_str!("page_head.html");

const FOOT: &str = "</main>\n</body>\n</html>\n";

/// One event on the page.
#[derive(Default)]
struct Entry<'a> {
    document: Option<&'a Value>,
    publishers: Vec<&'a str>,
    consumers: Vec<&'a str>,
}

/// The page about all events in `documents`; it needs no other file and has no
/// script.
pub fn page(documents: &[Value]) -> String {
    let mut entries: BTreeMap<String, Entry<'_>> = BTreeMap::new();
    for document in documents {
        for (action, event_type) in operations(document) {
            let entry = entries.entry(event_type).or_default();
            entry.document = Some(document);
            let services = match action {
                Action::Send => &mut entry.publishers,
                Action::Receive => &mut entry.consumers,
            };
            services.push(title(document));
        }
    }
    let mut html = HEAD.to_owned();
    html.push_str("<nav><ul>\n");
    for event_type in entries.keys() {
        line(
            &mut html,
            format_args!("<li><a href=\"#{event_type}\">{event_type}</a></li>"),
        );
    }
    html.push_str("</ul></nav>\n");
    for (event_type, entry) in &entries {
        section(&mut html, event_type, entry);
    }
    html + FOOT
}

fn section(html: &mut String, event_type: &str, entry: &Entry<'_>) {
    let document = entry.document.unwrap_or(&Value::Null);
    let message = &document["components"]["messages"][event_type];
    line(html, format_args!("<section id=\"{event_type}\">"));
    line(html, format_args!("<h2>{event_type}</h2>"));
    line(html, format_args!("<p>{}</p>", text(&message["summary"])));
    line(
        html,
        format_args!(
            "<p class=\"who\">published by {}; consumed by {}</p>",
            services(&entry.publishers),
            services(&entry.consumers)
        ),
    );
    let data = resolved(document, &message["payload"]["properties"]["data"]);
    fields(html, document, data);
    for example in message["examples"].as_array().into_iter().flatten() {
        let example = escaped(&format!("{:#}", example["payload"]));
        line(
            html,
            format_args!("<details><summary>Example</summary>\n<pre>{example}</pre>\n</details>"),
        );
    }
    line(html, format_args!("</section>"));
}

/// The fields of `schema`: the required ones as they are declared, then the
/// others by name.
fn fields(html: &mut String, document: &Value, schema: &Value) {
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut optional: Vec<&str> = properties
        .map(|(name, _)| name.as_str())
        .filter(|name| !required.contains(name))
        .collect();
    optional.sort_unstable();
    html.push_str("<table>\n<tr><th>data</th><th>kind</th><th></th></tr>\n");
    for (name, mark) in required
        .iter()
        .map(|name| (name, ""))
        .chain(optional.iter().map(|name| (name, " <em>optional</em>")))
    {
        let field = &schema["properties"][*name];
        line(
            html,
            format_args!(
                "<tr><td><code>{name}</code>{mark}</td><td>{}</td><td>{}</td></tr>",
                kind(document, field),
                text(&field["description"])
            ),
        );
    }
    html.push_str("</table>\n");
}

/// What a value may be, in a few words.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let one_of = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(alternatives) = one_of {
        let kinds = alternatives.iter().map(|it| kind(document, it));
        let kinds: Vec<_> = kinds.filter(|kind| kind != "null").collect();
        return kinds.join(" or ");
    }
    if let Some(constant) = schema.get("const") {
        return format!("<code>{}</code>", escaped(&constant.to_string()));
    }
    let name = match &schema["type"] {
        Value::Array(names) => names.iter().find(|it| *it != "null"),
        name => Some(name),
    };
    let name = name.and_then(Value::as_str).unwrap_or_default();
    match (name, schema["format"].as_str()) {
        ("array", _) => format!("array of {}", kind(document, &schema["items"])),
        ("object", _) => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let mut names: Vec<_> = properties.map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            format!("object: {}", names.join(", "))
        }
        (name, Some(format)) => format!("{name}, {format}"),
        (name, None) if schema["x-personal"] == true => format!("{name}, personal"),
        (name, None) => name.to_owned(),
    }
}

/// The schema itself, where `schema` is a reference.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"].as_str();
    let reference = reference.or(schema["allOf"][0]["$ref"].as_str());
    let target = reference.and_then(|it| document.pointer(it.strip_prefix('#')?));
    target.unwrap_or(schema)
}

fn services(titles: &[&str]) -> String {
    if titles.is_empty() {
        return "<em>nobody yet</em>".to_owned();
    }
    escaped(&titles.join(", "))
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn line(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    writeln!(html, "{text}").unwrap_or_default();
}
