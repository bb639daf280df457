//! The one place that knows the template engine.
//!
//! Undefined variables are errors everywhere, `none` cannot be printed, and everything is escaped for HTML except in
//! `.txt` templates (SR-115). Templates come from the theme's folder first, then from the base's. What they can call:
//!
//! - `t(key, name=value…)`: a sentence, as HTML or as text after the template's kind; `t(phrase)` tells a phrase;
//! - `words(key or phrase, …)`: the same without markup, for attributes and titles;
//! - `parts(key, …)`: a sentence in three parts: before, inside and after its clickable part;
//! - `| clock`, `| moment`, `| day`, `| span`: times and durations in words; `zone()`: whose clock it is.

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use crate::clock::{Duration, Timestamp};

use super::files;
use super::messages::MessageError;
use super::phrase::Phrase;
use super::text::{Arguments, Text};
use super::voice::Voice;

/// The template engine of one theme in one language.
pub(super) fn environment(theme: &str, voice: &Arc<Voice>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "txt")) => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    environment.set_formatter(|out, state, value| match value.kind() {
        ValueKind::None => Err(Error::new(ErrorKind::UndefinedError, "none is nothing to print")),
        _ => minijinja::escape_formatter(out, state, value),
    });
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    let theme = theme.to_owned();
    environment.set_loader(move |name| {
        let path = format!("templates/{name}");
        Ok(files::text(&theme, &path).or_else(|| files::text(files::BASE, &path)))
    });
    add_words(&mut environment, voice);
    add_times(&mut environment, voice);
    environment
}

fn add_words(environment: &mut Environment<'static>, voice: &Arc<Voice>) {
    let speaker = Arc::clone(voice);
    environment.add_function("t", move |state: &State<'_, '_>, what: &Value, with: Kwargs| match state.auto_escape() {
        AutoEscape::None => tell(&speaker, what, &with, Text::plain).map(Value::from),
        _ => tell(&speaker, what, &with, Text::html).map(Value::from_safe_string),
    });
    let speaker = Arc::clone(voice);
    environment.add_function("words", move |what: &Value, with: Kwargs| tell(&speaker, what, &with, Text::plain));
    let speaker = Arc::clone(voice);
    environment.add_function("parts", move |what: &Value, with: Kwargs| {
        let [before, inside, after] = tell(&speaker, what, &with, Text::html_parts)?.map(Value::from_safe_string);
        Ok::<_, Error>(Value::from_pairs([("before", before), ("inside", inside), ("after", after)]))
    });
}

fn add_times(environment: &mut Environment<'static>, voice: &Arc<Voice>) {
    let speaker = Arc::clone(voice);
    environment.add_filter("clock", move |at: i64| speaker.teller().clock(Timestamp::from_millis(at)));
    let speaker = Arc::clone(voice);
    environment.add_filter("moment", move |at: i64| speaker.teller().moment(Timestamp::from_millis(at)));
    let speaker = Arc::clone(voice);
    environment.add_filter("day", move |at: i64| speaker.teller().day(Timestamp::from_millis(at)));
    let speaker = Arc::clone(voice);
    environment.add_filter("span", move |span: &Value| {
        let seconds = u64::try_from(span.get_attr("secs")?)?;
        Ok::<_, Error>(speaker.teller().span(Duration::from_secs(seconds)))
    });
    let speaker = Arc::clone(voice);
    environment.add_function("zone", move || speaker.teller().zone().to_owned());
}

/// Tells a phrase, or the sentence of a key with the arguments of the call.
fn tell<T>(
    voice: &Voice,
    what: &Value,
    with: &Kwargs,
    form: fn(&Text, &Arguments) -> Result<T, super::text::TextError>,
) -> Result<T, Error> {
    let told = if let Some(key) = what.as_str() {
        voice.told(key, &arguments(with)?, form)
    } else {
        let phrase: Phrase = serde::Deserialize::deserialize(what.clone())?;
        voice.arguments(&phrase).and_then(|with| voice.told(&phrase.key, &with, form))
    };
    told.map_err(untold)
}

fn arguments(with: &Kwargs) -> Result<Arguments, Error> {
    with.args()
        .map(|name| {
            let value: Value = with.get(name)?;
            match value.kind() {
                ValueKind::String | ValueKind::Number => Ok((name.to_owned(), value.to_string())),
                kind => {
                    Err(Error::new(ErrorKind::InvalidOperation, format!("{name} is {kind}, not words or a number")))
                }
            }
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn untold(error: MessageError) -> Error {
    Error::new(ErrorKind::InvalidOperation, error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use minijinja::context;

    use super::*;
    use crate::identity::language::Language;
    use crate::themes::messages::Catalogue;
    use crate::themes::moment::Teller;

    /// What a template makes of a name and a time.
    fn rendered(template: &str, source: &str) -> Result<String, Error> {
        let texts = [
            ("hello", "Bonjour **{name}**"),
            ("go", "Pour finir, [cliquez]."),
            ("n.one", "un"),
            ("n.other", "{count}"),
        ];
        let texts = texts.map(|(key, text)| (key.to_owned(), text.to_owned()));
        let catalogue = Catalogue::of(&BTreeMap::from(texts)).unwrap();
        let teller = Teller::new(Language::French, "Europe/Paris").unwrap();
        let voice = Arc::new(Voice::new(Language::French, catalogue, teller));
        let mut environment = environment("base", &voice);
        environment.add_template_owned(template, source.to_owned())?;
        let name = "<Marie & Cie>";
        environment.get_template(template)?.render(context! { name, at => 1_772_543_520_000_i64, nothing => () })
    }

    #[test]
    fn sr_115_what_is_shown_is_escaped_for_where_it_stands() {
        for (template, source, told) in [
            ("a.html", "{{ name }}", "&lt;Marie &amp; Cie&gt;"),
            ("a.html", "{{ t('hello', name=name) }}", "Bonjour <strong>&lt;Marie &amp; Cie&gt;</strong>"),
            ("a.html", "{{ words('hello', name=name) }}", "Bonjour &lt;Marie &amp; Cie&gt;"),
            ("a.txt", "{{ t('hello', name=name) }}", "Bonjour <Marie & Cie>"),
            (
                "a.html",
                "{% set go = parts('go') %}{{ go.before }}<a>{{ go.inside }}</a>{{ go.after }}",
                "Pour finir, <a>cliquez</a>.",
            ),
            ("a.html", "{{ t('n', count=1) }} {{ t('n', count=7) }}", "un 7"),
            ("a.txt", "{{ at | clock }}, {{ zone() }}", "14\u{A0}h\u{A0}12, heure de Paris"),
        ] {
            assert_eq!(rendered(template, source).unwrap(), told, "{source}");
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_and_never_a_gap() {
        for source in [
            "{{ nobody }}",
            "{{ name.first }}",
            "{{ nothing }}",
            "{{ t('unknown') }}",
            "{{ t('hello') }}",
            "{{ t('hello', name=nothing) }}",
            "{{ t('n') }}",
            "{% if nobody %}{% endif %}",
            "{% include 'nowhere.html' %}",
        ] {
            assert!(rendered("a.html", source).is_err(), "{source}");
        }
    }
}
