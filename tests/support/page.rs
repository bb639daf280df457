//! A hosted page as a person reads it: headings, messages, fields by name, forms by their buttons.
//!
//! Read from the HTML alone; nothing here runs a script. Spaces compare as plain ones, so that stories stay readable:
//! typography has its own tests.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};

/// A page that was received.
pub(crate) struct Page(Html);

/// A form as it would be sent by one of its buttons.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Its `action`, when it has one.
    pub(crate) action: Option<String>,
    /// Names and values, in the order of the page.
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The form with another value in a field, which need not be there.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The form without a field.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self
    }

    /// What it sends in that field.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    /// As it travels.
    pub(crate) fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

impl Page {
    pub(crate) fn parse(html: &str) -> Self {
        Self(Html::parse_document(html))
    }

    /// The main heading.
    pub(crate) fn h1(&self) -> String {
        self.only("h1").map(text).unwrap_or_default()
    }

    pub(crate) fn title(&self) -> String {
        self.only("title").map(text).unwrap_or_default()
    }

    pub(crate) fn language(&self) -> String {
        self.only("html").and_then(|html| html.attr("lang")).unwrap_or_default().to_owned()
    }

    /// Everything that stands on the page.
    pub(crate) fn text(&self) -> String {
        self.only("body").map(text).unwrap_or_default()
    }

    /// The items of the error summary.
    pub(crate) fn error_summary(&self) -> Vec<String> {
        self.0.select(&selector("[role=alert] li")).map(text).collect()
    }

    /// The message at a field, without its « Erreur : ».
    pub(crate) fn field_error(&self, name: &str) -> Option<String> {
        let said = self.only(&format!("#{name}-error"))?;
        let opening = said.select(&selector("strong")).next().map(text).unwrap_or_default();
        text(said).strip_prefix(&opening).map(|rest| rest.trim().to_owned())
    }

    /// The note above the form.
    pub(crate) fn notice(&self) -> Option<String> {
        self.only(".note").map(text)
    }

    /// The value in a field.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let field = self.only(&format!("[name=\"{name}\"]"))?;
        if field.value().name() == "select" || field.attr("type") == Some("radio") {
            let radios = selector(&format!("[name=\"{name}\"][checked]"));
            let radio = self.0.select(&radios).next().and_then(|radio| radio.attr("value")).map(ToOwned::to_owned);
            return Some(if field.value().name() == "select" { chosen(field) } else { radio }.unwrap_or_default());
        }
        if field.value().name() == "textarea" {
            return Some(field.text().collect());
        }
        Some(field.attr("value").unwrap_or_default().to_owned())
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.only(&format!("input[type=checkbox][name=\"{name}\"]")).is_some_and(|box_| box_.attr("checked").is_some())
    }

    /// The text of the label tied to a field.
    pub(crate) fn label(&self, name: &str) -> Option<String> {
        self.only(&format!("label[for=\"{name}\"]")).map(text)
    }

    /// What the page's script would hand to the browser for the ceremony of a passkey.
    pub(crate) fn ceremony(&self) -> String {
        let form = self.only("[data-passkey]").unwrap_or_else(|| panic!("no ceremony on:\n{}", self.text()));
        form.attr("data-options").unwrap_or_default().to_owned()
    }

    /// The form in which its answer travels.
    pub(crate) fn ceremony_form(&self) -> Form {
        let button = self.only("[data-passkey] button[type=submit]");
        let form = button.and_then(|button| Self::sent_by(button, &BTreeMap::new()));
        form.unwrap_or_else(|| panic!("no ceremony on:\n{}", self.text()))
    }

    /// Where the link of that text leads.
    pub(crate) fn link(&self, words: &str) -> Option<String> {
        let wanted = plain(words);
        let link = self.0.select(&selector("a[href]")).find(|link| text(*link) == wanted);
        link.map(|link| link.attr("href").unwrap_or_default().to_owned())
    }

    /// What the button of that text sends, with `typed` in its fields; the `nth` when several are alike.
    pub(crate) fn form_of(&self, button: &str, typed: &BTreeMap<String, String>) -> Option<Form> {
        let wanted = plain(button);
        let button = self.0.select(&selector("button[type=submit]")).find(|button| text(*button) == wanted)?;
        Self::sent_by(button, typed)
    }

    /// The buttons whose text begins so, whole.
    pub(crate) fn buttons(&self, start: &str) -> Vec<String> {
        let buttons = selector("button[type=submit]");
        let all = self.0.select(&buttons).map(text);
        all.filter(|words| words.starts_with(&plain(start))).collect()
    }

    /// What the first button of the form with that field sends.
    pub(crate) fn form_with(&self, field: &str, typed: &BTreeMap<String, String>) -> Option<Form> {
        let holds = |button: &ElementRef<'_>| {
            let form = around(*button);
            form.is_some_and(|form| form.select(&selector(&format!("[name=\"{field}\"]"))).next().is_some())
        };
        let button = self.0.select(&selector("button[type=submit]")).find(holds)?;
        Self::sent_by(button, typed)
    }

    fn sent_by(button: ElementRef<'_>, typed: &BTreeMap<String, String>) -> Option<Form> {
        let form = around(button)?;
        let mut fields = Vec::new();
        for field in form.select(&selector("input[name], select[name], textarea[name]")) {
            let name = field.attr("name").unwrap_or_default().to_owned();
            let value = chosen(field).unwrap_or_default();
            let typed = typed.get(&name).cloned();
            if field.attr("type") == Some("radio") {
                // Of several under one name, the one that was chosen.
                let chosen = typed.map_or(field.attr("checked").is_some(), |typed| typed == value);
                if chosen {
                    fields.push((name, value));
                }
            } else if field.attr("type") == Some("checkbox") {
                let ticked = typed.map_or(field.attr("checked").is_some(), |typed| typed == "on");
                if ticked {
                    fields.push((name, value));
                }
            } else {
                fields.push((name, typed.unwrap_or(value)));
            }
        }
        if let Some(name) = button.attr("name") {
            fields.push((name.to_owned(), button.attr("value").unwrap_or_default().to_owned()));
        }
        Some(Form { action: form.attr("action").map(ToOwned::to_owned), fields })
    }

    fn only(&self, css: &str) -> Option<ElementRef<'_>> {
        self.0.select(&selector(css)).next()
    }
}

/// What a field holds: its value, or that of the option that is chosen.
fn chosen(field: ElementRef<'_>) -> Option<String> {
    if field.value().name() != "select" {
        return field.attr("value").map(ToOwned::to_owned);
    }
    let options = selector("option");
    let chosen = field.select(&options).find(|option| option.attr("selected").is_some());
    let option = chosen.or_else(|| field.select(&options).next())?;
    Some(option.attr("value").map_or_else(|| text(option), ToOwned::to_owned))
}

fn around(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.ancestors().filter_map(ElementRef::wrap).find(|above| above.value().name() == "form")
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css}: {error}"))
}

fn text(element: ElementRef<'_>) -> String {
    plain(&element.text().collect::<String>())
}

/// Words with single plain spaces between them.
pub(crate) fn plain(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_form_sends_what_a_browser_would() {
    let page = Page::parse(
        "<form><input type=hidden name=_form value=t><input name=a value=1><input name=b>\
         <input type=checkbox name=c value=on checked><input type=checkbox name=d value=on>\
         <input type=radio name=f value=1 checked><input type=radio name=f value=2>\
         <input type=radio name=g value=1><input type=radio name=g value=2>\
         <select name=e><option value=1>un<option value=2 selected>deux</select>\
         <button type=submit name=do value=x>Aller\u{a0}!</button></form><form><button type=submit>Autre</button></form>",
    );
    let typed = BTreeMap::from([("b".to_owned(), "é".to_owned()), ("f".to_owned(), "2".to_owned())]);
    let form = page.form_of("Aller !", &typed).unwrap();
    assert_eq!(form.encoded(), "_form=t&a=1&b=%C3%A9&c=on&f=2&e=2&do=x");
    assert_eq!(page.form_of("Autre", &typed).unwrap().encoded(), "");
    assert!(page.form_of("Rien", &typed).is_none());
}
