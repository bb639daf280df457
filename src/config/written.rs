//! What was written, and where: the settings file below the environment, held against the schema.
//!
//! The schema is the one list of keys. Walking it here, and not leaving it to `serde`, finds every unknown key and
//! every value of the wrong kind in one reading, each with its line or its variable, and turns the texts of the
//! environment into the kinds their keys want.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat, Value, ValueKind};
use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use crate::code::Code;
use crate::realm::finding::{Finding, Spot, did_you_mean};

const PREFIX: &str = "GUICHET";
const SEPARATOR: &str = "__";
const REFERENCE: &str = "see docs/reference/settings.md";

/// What is wrong with one key.
pub(super) struct Found {
    pub(super) key: String,
    pub(super) finding: Finding,
}

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
            Err(error) => Err(Box::new(
                Finding::new(Code::E0601, &written.name(), format!("not TOML: {}", error.message().trim()))
                    .at(&written.text, error.span().unwrap_or_default()),
            )),
        }
    }

    fn name(&self) -> String {
        self.file.display().to_string()
    }

    /// Both layers as one document of the schema's shape. What does not fit is left out, and is a finding.
    pub(super) fn shaped(&self, schema: &Json, findings: &mut Vec<Found>) -> Json {
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
                findings.push(self.found(Code::E0601, "", &error.to_string(), REFERENCE));
                Json::Object(serde_json::Map::new())
            }
        }
    }

    fn shape(&self, value: &Value, schema: &Json, key: &str, findings: &mut Vec<Found>) -> Option<Json> {
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
                let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
                let kind = schema.get("items").unwrap_or(&Json::Null);
                let shaped = items.map(|item| self.shape(&Value::new(None, item), kind, key, findings));
                shaped.collect::<Option<Vec<_>>>().map(Json::from)
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
        if shaped.is_none() && !findings.iter().any(|found| found.key == key) {
            findings.push(self.found(Code::E0603, key, &format!("`{key}` wants {}", wanted(schema)), REFERENCE));
        }
        shaped
    }

    fn table(&self, table: &config::Map<String, Value>, schema: &Json, key: &str, findings: &mut Vec<Found>) -> Json {
        let known = schema.get("properties").and_then(Json::as_object);
        let mut shaped = serde_json::Map::new();
        for (name, value) in table {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            let Some(schema) = known.and_then(|known| known.get(name)) else {
                let meant = known.and_then(|known| did_you_mean(name, known.keys().map(String::as_str)));
                let hint = meant.map_or_else(|| REFERENCE.to_owned(), |meant| format!("did you mean `{meant}`?"));
                findings.push(self.found(Code::E0602, &key, &format!("unknown key `{key}`"), &hint));
                continue;
            };
            shaped.extend(self.shape(value, schema, &key, findings).map(|value| (name.clone(), value)));
        }
        Json::Object(shaped)
    }

    /// Something wrong with `key`, shown where its value was written: the environment goes before the file.
    pub(super) fn found(&self, code: Code, key: &str, what: &str, hint: &str) -> Found {
        let at = match (self.variable(key), self.span(key)) {
            (Some(variable), _) => Finding::new(code, &format!("environment variable {variable}"), what),
            (None, Some(span)) => {
                let mut finding = Finding::new(code, &self.name(), what).at(&self.text, span);
                if is_secret(key) {
                    finding.spot = finding.spot.map(Spot::redacted);
                }
                finding
            }
            (None, None) => Finding::new(code, &self.name(), what),
        };
        Found { key: key.to_owned(), finding: at.hint(hint) }
    }

    /// Whether the file, not the environment, gives `key` its value.
    pub(super) fn in_file(&self, key: &str) -> bool {
        self.variable(key).is_none() && self.span(key).is_some()
    }

    /// Where the file writes the value of `key`.
    fn span(&self, key: &str) -> Option<Range<usize>> {
        let document = DeTable::parse(&self.text).ok()?;
        let mut table = Some(document.get_ref());
        let mut span = None;
        for name in key.split('.') {
            let (_, value) = table?.iter().find(|(key, _)| key.get_ref() == name)?;
            span = Some(value.span());
            table = match value.get_ref() {
                DeValue::Table(table) => Some(table),
                _ => None,
            };
        }
        span
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

/// Whether the value of `key` must not be shown, even to whoever wrote it: terminals are recorded.
fn is_secret(key: &str) -> bool {
    matches!(key, "master_key" | "database.url" | "database.password" | "smtp.password" | "registries.insee_key")
}
