//! JSON Schema 2020-12 as AsyncAPI's schema objects (a superset of draft 07).

use serde_json::{Map, Value, json};

/// Where 2020-12 keeps the schemas that others refer to.
const DEFS: &str = "#/$defs/";

/// Where AsyncAPI does.
const COMPONENTS: &str = "#/components/schemas/";

/// `schema` without what only its own file needs. The schemas that it refers to
/// go to `shared`; those of one name are of one Rust type, so they are the same.
pub(super) fn hoisted(schema: &Value, shared: &mut Map<String, Value>) -> Value {
    for (name, def) in schema["$defs"].as_object().into_iter().flatten() {
        shared.insert(name.clone(), translated(def));
    }
    let mut schema = schema.clone();
    if let Some(keywords) = schema.as_object_mut() {
        for of_a_file in ["$defs", "$id", "$schema"] {
            keywords.remove(of_a_file);
        }
    }
    translated(&schema)
}

/// What the data says about itself.
pub(super) fn summary_of_data(schema: &Value, shared: &Map<String, Value>) -> String {
    let data = &schema["properties"]["data"];
    let name = data["allOf"][0]["$ref"].as_str().unwrap_or_default();
    let name = name.strip_prefix(COMPONENTS).unwrap_or(name);
    let data = shared.get(name).unwrap_or(data);
    data["description"].as_str().unwrap_or_default().to_owned()
}

fn translated(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(translated).collect(),
        Value::Object(keywords) => {
            let mut keywords: Map<_, _> = keywords
                .iter()
                .map(|(name, value)| (name.clone(), translated(value)))
                .collect();
            let reference = keywords.get("$ref").and_then(Value::as_str);
            let reference = reference.map(|it| it.replacen(DEFS, COMPONENTS, 1));
            if let Some(reference) = reference {
                keywords.remove("$ref");
                // Draft 07 overlooks what stands beside a reference.
                if keywords.is_empty() {
                    return json!({ "$ref": reference });
                }
                keywords.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
            }
            Value::Object(keywords)
        }
        other => other.clone(),
    }
}
