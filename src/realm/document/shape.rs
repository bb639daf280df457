//! The shape of a file, judged against the schema of its document: unknown keys, missing keys, wrong types, words that
//! are not among those allowed, numbers out of bounds.
//!
//! serde stops at the first mistake; this walk finds them all, and takes out what does not fit, so that the rest of the
//! file is still read and judged. Because the schema derives from the document, no key is listed twice.

use std::ops::Range;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::RealmDocument;
use super::bundle::{Message, Source};
use super::client::ClientDocument;
use super::terms::TermsDocument;
use crate::code::Code;
use crate::realm::finding::{Finding, did_you_mean};

/// The JSON Schema of a document, without the nulls that TOML does not have.
pub(crate) fn schema<D: JsonSchema>() -> Json {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| {
        settings.transforms.push(Box::new(schemars::transform::RecursiveTransform(without_null)));
    });
    settings.into_generator().into_root_schema_for::<D>().to_value()
}

fn without_null(schema: &mut schemars::Schema) {
    if let Some(Json::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Json::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type") != Some(&Json::from("null")));
        if let [Json::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            only.into_iter().for_each(|(name, value)| drop(schema.insert(name, value)));
        }
    }
}

/// A document with its schema at hand: registered clients are read while somebody waits.
pub(crate) trait Shaped: DeserializeOwned {
    /// Its schema, derived once.
    fn shape() -> &'static Json;
}

impl Shaped for RealmDocument {
    fn shape() -> &'static Json {
        static SHAPE: LazyLock<Json> = LazyLock::new(schema::<RealmDocument>);
        &SHAPE
    }
}

impl Shaped for ClientDocument {
    fn shape() -> &'static Json {
        static SHAPE: LazyLock<Json> = LazyLock::new(schema::<ClientDocument>);
        &SHAPE
    }
}

impl Shaped for TermsDocument {
    fn shape() -> &'static Json {
        static SHAPE: LazyLock<Json> = LazyLock::new(schema::<TermsDocument>);
        &SHAPE
    }
}

/// Reads a document; what is wrong with its shape is in `findings`, and `None` comes of broken TOML only.
pub(crate) fn read<D: Shaped>(source: &Source<'_>, findings: &mut Vec<Finding>) -> Option<D> {
    let mut table = parse(source, findings)?;
    let root = D::shape();
    let mut walk = Walk { root, source, findings };
    walk.table(root, table.get_mut(), None, "");
    let document = D::deserialize(toml::de::Deserializer::from(table));
    document.map_err(|error| findings.push(misread(source, Code::E0103, &error))).ok()
}

/// Reads texts: dotted keys or tables alike.
pub(crate) fn messages(source: &Source<'_>, findings: &mut Vec<Finding>) -> Vec<Message> {
    let mut messages = Vec::new();
    if let Some(table) = parse(source, findings) {
        texts("", table.get_ref(), source, findings, &mut messages);
    }
    messages
}

fn texts(prefix: &str, table: &DeTable<'_>, source: &Source<'_>, found: &mut Vec<Finding>, all: &mut Vec<Message>) {
    for (name, value) in table {
        let key = dotted(prefix, name.get_ref());
        match value.get_ref() {
            DeValue::String(text) => all.push(Message { key, text: text.to_string(), span: value.span() }),
            DeValue::Table(inner) => texts(&key, inner, source, found, all),
            other => found.push(mistyped(source, &key, value.span(), "a text", other)),
        }
    }
}

fn parse<'a>(source: &Source<'a>, findings: &mut Vec<Finding>) -> Option<Spanned<DeTable<'a>>> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    let sound = errors.is_empty();
    findings.extend(errors.iter().map(|error| misread(source, Code::E0101, error)));
    sound.then_some(table)
}

fn misread(source: &Source<'_>, code: Code, error: &toml::de::Error) -> Finding {
    source.finding(code, error.span().unwrap_or_default(), error.message().trim())
}

fn mistyped(source: &Source<'_>, key: &str, span: Range<usize>, wanted: &str, found: &DeValue<'_>) -> Finding {
    source.finding(Code::E0103, span, format!("`{key}` takes {wanted}, not {}", kind(found).spoken()))
}

fn dotted(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

struct Walk<'a> {
    root: &'a Json,
    source: &'a Source<'a>,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Walk<'a> {
    /// Judges a table and takes out what does not fit.
    fn table(&mut self, schema: &'a Json, table: &mut DeTable<'_>, span: Option<&Range<usize>>, path: &str) {
        let Some(Json::Object(known)) = schema.get("properties") else { return };
        let unknown: Vec<_> = table.keys().filter(|key| !known.contains_key(key.get_ref().as_ref())).cloned().collect();
        for key in unknown {
            let finding = self.source.finding(Code::E0107, key.span(), format!("unknown key `{}`", key.get_ref()));
            let meant = did_you_mean(key.get_ref(), known.keys().map(String::as_str));
            self.findings.push(match meant {
                Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
                None => finding.hint(format!("known here: {}", listed(known.keys().map(String::as_str)))),
            });
        }
        for name in strings(schema.get("required")) {
            if !table.contains_key(name) {
                let message = format!("`{}` is missing", dotted(path, name));
                self.findings.push(match span {
                    Some(span) => self.source.finding(Code::E0102, span.clone(), message),
                    None => self.source.lacks(Code::E0102, message),
                });
            }
        }
        let mut fits = |name: &str, value: &mut _| {
            known.get(name).is_some_and(|schema| self.value(schema, value, &dotted(path, name)))
        };
        let entries = std::mem::take(table).into_iter();
        *table =
            entries.filter_map(|(key, mut value)| fits(key.get_ref(), &mut value).then_some((key, value))).collect();
    }

    /// Judges a value; `false` when it does not fit and must be taken out.
    fn value(&mut self, schema: &'a Json, value: &mut Spanned<DeValue<'_>>, path: &str) -> bool {
        let span = value.span();
        let choices = self.choices(schema);
        let found = kind(value.get_ref());
        let Some(schema) = choices.iter().find(|choice| wants(choice) == Some(found)) else {
            let wanted: Vec<_> = choices.iter().filter_map(|choice| wants(choice)).map(Kind::spoken).collect();
            self.findings.push(mistyped(self.source, path, span, &wanted.join(" or "), value.get_ref()));
            return false;
        };
        match value.get_mut() {
            DeValue::Table(table) => self.table(schema, table, Some(&span), path),
            DeValue::Array(items) => {
                let item = schema.get("items").unwrap_or(&Json::Null);
                let mut kept = DeArray::new();
                for value in items.iter_mut() {
                    if self.value(item, value, path) {
                        kept.push(value.clone());
                    }
                }
                *items = kept;
            }
            DeValue::String(word) => return self.word(schema, word, span, path),
            DeValue::Integer(number) => {
                let read = i64::from_str_radix(number.as_str(), number.radix());
                return self.number(schema, read.unwrap_or(i64::MAX), span, path);
            }
            DeValue::Boolean(_) | DeValue::Float(_) | DeValue::Datetime(_) => {}
        }
        true
    }

    fn word(&mut self, schema: &Json, word: &str, span: Range<usize>, path: &str) -> bool {
        let allowed = words(schema);
        let fits = allowed.is_empty() || allowed.contains(&word);
        if !fits {
            let hint = match did_you_mean(word, allowed.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => format!("allowed: {}", allowed.join(", ")),
            };
            let message = format!("`{path}` cannot be \"{}\"", word.escape_debug());
            self.findings.push(self.source.finding(Code::E0108, span, message).hint(hint));
        }
        fits
    }

    fn number(&mut self, schema: &Json, number: i64, span: Range<usize>, path: &str) -> bool {
        let bound = |name: &str| schema.get(name).and_then(Json::as_i64);
        let (least, most) = (bound("minimum").unwrap_or(i64::MIN), bound("maximum").unwrap_or(i64::MAX));
        let among = schema.get("enum").and_then(Json::as_array);
        let fits = among.map_or((least..=most).contains(&number), |all| all.contains(&Json::from(number)));
        if !fits {
            let hint = match among {
                Some(all) => format!("allowed: {}", all.iter().map(Json::to_string).collect::<Vec<_>>().join(", ")),
                None => format!("from {least} to {most}"),
            };
            let finding = self.source.finding(Code::E0109, span, format!("`{path}` cannot be {number}"));
            self.findings.push(finding.hint(hint));
        }
        fits
    }

    /// The schemas that a value may follow: references followed, alternatives spread out.
    fn choices(&self, schema: &'a Json) -> Vec<&'a Json> {
        if let Some(name) = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix("#/$defs/")) {
            return self.root.get("$defs").and_then(|all| all.get(name)).map_or(vec![], |found| self.choices(found));
        }
        match schema.get("anyOf").and_then(Json::as_array) {
            Some(choices) => choices.iter().flat_map(|choice| self.choices(choice)).collect(),
            None => vec![schema],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
    List,
    Table,
    Other,
}

impl Kind {
    const fn spoken(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a whole number",
            Self::Truth => "true or false",
            Self::List => "a list",
            Self::Table => "a table",
            Self::Other => "a date or fraction",
        }
    }
}

const fn kind(value: &DeValue<'_>) -> Kind {
    match value {
        DeValue::String(_) => Kind::Text,
        DeValue::Integer(_) => Kind::Number,
        DeValue::Boolean(_) => Kind::Truth,
        DeValue::Array(_) => Kind::List,
        DeValue::Table(_) => Kind::Table,
        DeValue::Float(_) | DeValue::Datetime(_) => Kind::Other,
    }
}

fn wants(schema: &Json) -> Option<Kind> {
    match schema.get("type").and_then(Json::as_str) {
        Some("string") => Some(Kind::Text),
        Some("integer") => Some(Kind::Number),
        Some("boolean") => Some(Kind::Truth),
        Some("array") => Some(Kind::List),
        Some("object") => Some(Kind::Table),
        // Enumerations whose words are documented one by one have no type of their own.
        _ => (!words(schema).is_empty()).then_some(Kind::Text),
    }
}

/// The words that a schema allows, in either of the forms that schemars writes.
fn words(schema: &Json) -> Vec<&str> {
    let one_by_one = schema.get("oneOf").and_then(Json::as_array);
    let constants = one_by_one.into_iter().flatten().flat_map(|choice| {
        let constant = choice.get("const").and_then(Json::as_str);
        constant.into_iter().chain(strings(choice.get("enum")))
    });
    strings(schema.get("enum")).chain(constants).collect()
}

fn strings(list: Option<&Json>) -> impl Iterator<Item = &str> {
    list.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
