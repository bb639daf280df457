//! What was written, and where: the settings file below the environment, held against the schema.
//!
//! The schema is the one list of keys. Walking it here, and not leaving it to `serde`, finds every unknown key and
//! every value of the wrong kind in one reading, each with its line or its variable, and turns the texts of the
//! environment into the kinds their keys want.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat, Value, ValueKind};
use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Place};

const PREFIX: &str = "GUICHET";
const SEPARATOR: &str = "__";

/// The settings file's text and name, and the variables of ours.
pub(super) struct Written {
    file: PathBuf,
    text: String,
    variables: BTreeMap<String, String>,
}

impl Written {
    pub(super) fn new(
        file: &Path,
        text: String,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Box<Finding>> {
        let prefix = format!("{PREFIX}{SEPARATOR}");
        let variables = environment.into_iter().filter(|(name, _)| name.to_uppercase().starts_with(&prefix)).collect();
        let written = Self { file: file.to_owned(), text, variables };
        match DeTable::parse(&written.text) {
            Ok(_) => Ok(written),
            Err(error) => Err(Box::new(Finding {
                code: "E0601",
                key: String::new(),
                place: written.at(error.span().map_or(0, |span| span.start)),
                what: format!("the settings file is not TOML: {}", error.message()),
                hint: "see https://toml.io, or start from the example in docs/reference/settings.md".to_owned(),
            })),
        }
    }

    /// Both layers as one document of the schema's shape. What does not fit is left out, and is a finding.
    pub(super) fn shaped(&self, schema: &Json, findings: &mut Vec<Finding>) -> Json {
        let environment = Environment::with_prefix(PREFIX)
            .prefix_separator(SEPARATOR)
            .separator(SEPARATOR)
            .source(Some(self.variables.clone().into_iter().collect()));
        let layers =
            Config::builder().add_source(File::from_str(&self.text, FileFormat::Toml)).add_source(environment).build();
        match layers {
            Ok(layers) => {
                self.shape(&layers.cache, schema, "", findings).unwrap_or_else(|| Json::Object(serde_json::Map::new()))
            }
            Err(error) => {
                findings.push(self.finding("E0601", "", &error.to_string(), "read the settings' reference"));
                Json::Object(serde_json::Map::new())
            }
        }
    }

    fn shape(&self, value: &Value, schema: &Json, key: &str, findings: &mut Vec<Finding>) -> Option<Json> {
        let text = match &value.kind {
            ValueKind::String(text) => Some(text.as_str()),
            _ => None,
        };
        let shaped = match (kind(schema), &value.kind) {
            ("object", ValueKind::Table(table)) => return Some(self.table(table, schema, key, findings)),
            ("array", ValueKind::Array(items)) => items
                .iter()
                .map(|item| self.shape(item, schema.get("items").unwrap_or(&Json::Null), key, findings))
                .collect::<Option<Vec<_>>>()
                .map(Json::from),
            ("array", ValueKind::String(list)) if self.variable(key).is_some() => {
                Some(list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Json::from).collect())
            }
            ("integer", number) => match number {
                ValueKind::I64(number) => Some(*number),
                _ => text.filter(|_| self.variable(key).is_some()).and_then(|text| text.trim().parse().ok()),
            }
            .filter(|number| within(*number, schema))
            .map(Json::from),
            ("string", ValueKind::String(text)) => {
                choices(schema).is_none_or(|choices| choices.contains(&text.as_str())).then(|| text.as_str().into())
            }
            _ => None,
        };
        if shaped.is_none() && !findings.iter().any(|finding| finding.key == key) {
            findings.push(self.finding(
                "E0603",
                key,
                &format!("`{key}` wants {}", wanted(schema)),
                "see docs/reference/settings.md",
            ));
        }
        shaped
    }

    fn table(&self, table: &config::Map<String, Value>, schema: &Json, key: &str, findings: &mut Vec<Finding>) -> Json {
        let known = schema.get("properties").and_then(Json::as_object);
        let mut shaped = serde_json::Map::new();
        for (name, value) in table {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            let Some(schema) = known.and_then(|known| known.get(name)) else {
                let hint = known.and_then(|known| nearest(name, known.keys())).map_or_else(
                    || "see docs/reference/settings.md for the keys there are".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                findings.push(self.finding("E0602", &key, &format!("unknown key `{key}`"), &hint));
                continue;
            };
            shaped.extend(self.shape(value, schema, &key, findings).map(|value| (name.clone(), value)));
        }
        Json::Object(shaped)
    }

    pub(super) fn finding(&self, code: &'static str, key: &str, what: &str, hint: &str) -> Finding {
        Finding { code, key: key.to_owned(), place: self.place(key), what: what.to_owned(), hint: hint.to_owned() }
    }

    /// Whether the file, not the environment, gives `key` its value.
    pub(super) fn in_file(&self, key: &str) -> bool {
        matches!(self.place(key), Place::File(..))
    }

    /// Where `key` got its value: the environment goes before the file.
    fn place(&self, key: &str) -> Place {
        if let Some(variable) = self.variable(key) {
            return Place::Environment(variable.to_owned());
        }
        let mut place = Place::Nowhere;
        let Ok(document) = DeTable::parse(&self.text) else { return place };
        let mut table = Some(document.get_ref());
        for name in key.split('.') {
            let Some((_, value)) = table.and_then(|table| table.iter().find(|(key, _)| key.get_ref() == name)) else {
                return Place::Nowhere;
            };
            place = self.at(value.span().start);
            table = match value.get_ref() {
                DeValue::Table(table) => Some(table),
                _ => None,
            };
        }
        place
    }

    fn at(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
        Place::File(self.file.clone(), line, column)
    }

    fn variable(&self, key: &str) -> Option<&str> {
        let wanted = format!("{PREFIX}.{key}").to_uppercase();
        self.variables.keys().map(String::as_str).find(|name| name.to_uppercase().replace(SEPARATOR, ".") == wanted)
    }
}

/// The schema's type, beside `null`.
fn kind(schema: &Json) -> &str {
    match schema.get("type") {
        Some(Json::String(kind)) => kind,
        Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null").unwrap_or(""),
        _ => "",
    }
}

fn choices(schema: &Json) -> Option<Vec<&str>> {
    schema.get("enum").and_then(Json::as_array).map(|choices| choices.iter().filter_map(Json::as_str).collect())
}

fn within(number: i64, schema: &Json) -> bool {
    let bound = |name| schema.get(name).and_then(Json::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^52")]
    let number = number as f64;
    bound("minimum").is_none_or(|least| number >= least) && bound("maximum").is_none_or(|most| number <= most)
}

/// What a key wants, in words.
fn wanted(schema: &Json) -> String {
    let bound = |name| schema.get(name).and_then(Json::as_i64);
    match (kind(schema), choices(schema), bound("minimum"), bound("maximum")) {
        (_, Some(choices), ..) => format!("one of {}", choices.join(", ")),
        ("integer", _, Some(least), Some(most)) => format!("a number from {least} to {most}"),
        ("integer", ..) => "a number".to_owned(),
        ("array", ..) => "a list of texts".to_owned(),
        ("object", ..) => "a table".to_owned(),
        _ => "a text".to_owned(),
    }
}

/// The known name that `name` was probably meant to be.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4)
        .min()
        .map(|(_, known)| known.as_str())
}
