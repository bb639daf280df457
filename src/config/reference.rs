//! What is generated from the settings' types: the JSON Schema for editors, and the reference page for people.
//!
//! Both are committed (`docs/schemas/`, `docs/reference/`); a test fails when a committed copy is stale.

use std::fmt::Write as _;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use super::said::Said;

/// The JSON Schema of `guichet.toml`.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .for_deserialize()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<Said>()
}

/// The reference page, in Markdown.
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    let schema = schema();
    let (top, tables): (Vec<_>, Vec<_>) =
        properties(schema.as_value()).into_iter().partition(|(_, schema)| schema.get("properties").is_none());
    section(&mut page, "Top of the file", "", "", &top);
    for (name, schema) in tables {
        section(&mut page, &format!("`[{name}]`"), description(schema), name, &properties(schema));
    }
    page
}

const INTRODUCTION: &str = "\
# Settings

Generated from `src/config/said.rs`; refresh with `guichet settings reference`.

`guichet serve --config guichet.toml` reads this file, then the environment, which goes first. Lists are separated by
commas there. A secret is given by its key or by the file named in `…_file`, never both.
";

fn section(page: &mut String, title: &str, about: &str, prefix: &str, keys: &[(&str, &Json)]) {
    let about = if about.is_empty() { String::new() } else { format!("{about}\n\n") };
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "\n## {title}\n\n{about}| key | environment | kind | default | meaning |\n|---|---|---|---|---|\n"
    );
    for (name, schema) in keys {
        let variable = if prefix.is_empty() { (*name).to_owned() } else { format!("{prefix}__{name}") }.to_uppercase();
        let default = schema.get("default").filter(|value| !value.is_null()).map(|value| format!("`{value}`"));
        let _ = writeln!(
            page,
            "| `{name}` | `GUICHET__{variable}` | {} | {} | {} |",
            kind(schema),
            default.unwrap_or_default(),
            description(schema),
        );
    }
}

fn properties(schema: &Json) -> Vec<(&str, &Json)> {
    let properties = schema.get("properties").and_then(Json::as_object);
    let mut all: Vec<_> = properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema)).collect();
    // Whether JSON keeps the order of the types depends on who else is in the build.
    all.sort_unstable_by_key(|(name, _)| *name);
    all
}

fn description(schema: &Json) -> &str {
    schema.get("description").and_then(Json::as_str).unwrap_or_default()
}

fn kind(schema: &Json) -> String {
    if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
        return choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(" ");
    }
    let bound = |name| schema.get(name).and_then(Json::as_i64);
    match (schema.get("type").map(ToString::to_string), bound("minimum"), bound("maximum")) {
        (Some(kind), Some(least), Some(most)) if kind.contains("integer") => format!("{least} to {most}"),
        (Some(kind), ..) if kind.contains("array") => "list".to_owned(),
        _ => "text".to_owned(),
    }
}
