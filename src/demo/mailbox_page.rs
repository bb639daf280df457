//! The demonstration's mailbox: every mail the courier delivered, to be read without a mail program.
//!
//! A list, and a page for each mail with its text and its HTML side by side, light and dark. The HTML part is a
//! document of its own ([`html_part`]) under [`PART_CSP`], shown in a sandboxed frame: a mail cannot run a script or
//! reach this page. Pages are functions of what they show; routes and actions are wired by the demonstration.

use serde::Serialize;
use serde_json::{Value, json};

mod words;

use self::words::{Words, moment, rfc3339, words};
use super::certificates_page;
use super::html::{Html, document, element, empty, group, labelled, text};
use crate::clock::{Duration, Timestamp, days, hours, minutes};
use crate::identity::language::Language;

/// `Content-Security-Policy` of the list and of a mail's page.
pub(crate) const PAGE_CSP: &str = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// `Content-Security-Policy` of [`html_part`], which is framed by our own page only.
pub(crate) const PART_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation";

/// The stylesheet of these pages, served at [`STYLESHEET_PATH`].
pub(crate) const STYLESHEET: &str = include_str!("mailbox.css");

/// Where the stylesheet is expected.
pub(crate) const STYLESHEET_PATH: &str = "/demo/mailbox.css";

/// A mail as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) id: String,
    pub(crate) sent_at: Timestamp,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// The addresses in it, in order.
    pub(crate) links: Vec<String>,
    /// The names of the files that came with it.
    pub(crate) files: Vec<String>,
}

/// One request that the simulated scanner made.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Probe {
    pub(crate) method: String,
    pub(crate) link: String,
    pub(crate) status: u16,
}

/// What every page here is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) language: Language,
    /// The demonstration's present, and how far it was moved.
    pub(crate) now: Timestamp,
    pub(crate) moved: Duration,
}

/// `GET /demo/mailbox`, newest first. Mails are given oldest first.
pub(crate) fn list(mails: &[Mail], view: &View) -> String {
    let words = words(view.language);
    let rows = mails.iter().rev().map(|mail| {
        let address = format!("/demo/mailbox/{}", path_segment(&mail.id));
        element(
            "li",
            &[],
            [
                element("a", &[("href", &address)], [labelled("strong", &[], &mail.subject)]),
                labelled("span", &[("translate", "no")], &mail.to),
                labelled("time", &[("datetime", &rfc3339(mail.sent_at))], &moment(mail.sent_at, view.language)),
            ],
        )
    });
    let mails = match mails {
        [] => labelled("p", &[("class", "nothing")], words.empty),
        _ => element("ul", &[("class", "mails")], rows),
    };
    let refresh = element("p", &[], [labelled("a", &[("href", "/demo/mailbox")], words.refresh)]);
    let cards = labelled("a", &[("href", certificates_page::PATH)], certificates_page::title(view.language));
    let cards = element("p", &[], [cards]);
    page(words.mailbox, "/demo/mailbox", view, group([labelled("h1", &[], words.mailbox), mails, refresh, cards]))
}

/// `GET /demo/mailbox/{id}`, with what the scanner just did when it was asked to.
pub(crate) fn detail(mail: &Mail, scanned: Option<&[Probe]>, view: &View) -> String {
    let words = words(view.language);
    let here = format!("/demo/mailbox/{}", path_segment(&mail.id));
    let content = group([
        element("p", &[], [labelled("a", &[("href", "/demo/mailbox")], words.back)]),
        labelled("h1", &[], &mail.subject),
        envelope(mail, view),
        scanned.map_or_else(|| group([]), |probes| report(probes, words)),
        links(mail, &here, words),
        files(mail, &here, words),
        element(
            "div",
            &[("class", "parts")],
            [
                part(words.text, labelled("pre", &[("tabindex", "0")], &mail.text)),
                part(words.html_light, frame(&here, "light", words.html_light)),
                part(words.html_dark, frame(&here, "dark", words.html_dark)),
            ],
        ),
    ]);
    page(&mail.subject, &here, view, content)
}

/// `GET /demo/mailbox/{id}/html`: the HTML part, whose links leave the frame. Send with [`PART_CSP`].
pub(crate) fn html_part(mail: &Mail) -> String {
    mail.html.replacen("<head>", "<head><base target=\"_top\">", 1)
}

/// `GET /demo/mailbox.json`, oldest first.
pub(crate) fn as_json(mails: &[Mail]) -> Value {
    let one = |mail: &Mail| {
        json!({
            "id": mail.id, "sent_at": rfc3339(mail.sent_at), "from": mail.from, "to": mail.to,
            "subject": mail.subject, "text": mail.text, "html": mail.html, "links": mail.links, "files": mail.files,
        })
    };
    mails.iter().map(one).collect()
}

fn envelope(mail: &Mail, view: &View) -> Html {
    let words = words(view.language);
    let line = |label, value: &str| group([labelled("dt", &[], label), labelled("dd", &[("translate", "no")], value)]);
    element(
        "dl",
        &[("class", "envelope")],
        [
            line(words.from, &mail.from),
            line(words.to, &mail.to),
            line(words.sent, &moment(mail.sent_at, view.language)),
        ],
    )
}

/// The files that came with it, each a click away.
fn files(mail: &Mail, here: &str, words: &Words) -> Html {
    if mail.files.is_empty() {
        return group([]);
    }
    let entry = |(number, name): (usize, &String)| {
        let address = format!("{here}/files/{number}");
        element("li", &[], [labelled("a", &[("href", address.as_str())], name)])
    };
    let entries = mail.files.iter().enumerate().map(entry);
    part(words.files, element("ul", &[("class", "links")], entries))
}

/// Links and codes: one click selects a whole one, with no script.
fn links(mail: &Mail, here: &str, words: &Words) -> Html {
    let link = |address: &String| {
        let open = address.starts_with("http://") || address.starts_with("https://");
        let opener = open.then(|| labelled("a", &[("href", address.as_str()), ("class", "open")], words.open));
        element("li", &[], [labelled("code", &[("class", "copy")], address)].into_iter().chain(opener))
    };
    let code = |code: String| element("li", &[], [labelled("code", &[("class", "copy")], &code)]);
    let action = format!("{here}/scan");
    element(
        "section",
        &[("aria-labelledby", "copy")],
        [
            labelled("h2", &[("id", "copy")], words.links),
            labelled("p", &[("class", "hint")], words.copy),
            element(
                "ul",
                &[("class", "links")],
                mail.links.iter().map(link).chain(codes(&mail.text).into_iter().map(code)),
            ),
            element(
                "form",
                &[("method", "post"), ("action", &action)],
                [labelled("button", &[], words.scan), labelled("p", &[("class", "hint")], words.scan_hint)],
            ),
        ],
    )
}

fn report(probes: &[Probe], words: &Words) -> Html {
    let line = |probe: &Probe| {
        let answer = format!("{} {} → {}", probe.method, probe.link, probe.status);
        element("li", &[], [labelled("code", &[("translate", "no")], &answer)])
    };
    element(
        "div",
        &[("class", "report"), ("role", "status")],
        [labelled("p", &[], words.scanned), element("ul", &[], probes.iter().map(line))],
    )
}

fn part(title: &str, content: Html) -> Html {
    element("section", &[], [labelled("h2", &[], title), content])
}

/// The frame takes its colour scheme from its class, and the mail in it sees that one (CSS Color Adjustment §2.3).
fn frame(here: &str, scheme: &'static str, title: &str) -> Html {
    let source = format!("{here}/html");
    let sandbox = "allow-top-navigation-by-user-activation";
    empty("iframe", &[("class", scheme), ("src", &source), ("sandbox", sandbox), ("title", title)])
}

/// A page of the demonstration's own, with its banner, its other language and the clock.
pub(super) fn page(title: &str, here: &str, view: &View, main: Html) -> String {
    let words = words(view.language);
    let other = view.language.other();
    let switch = format!("{here}?lang={}", other.tag());
    let head = group([
        empty("meta", &[("charset", "utf-8")]),
        labelled("title", &[], &format!("{title} – Guichet")),
        empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
        empty("link", &[("rel", "stylesheet"), ("href", STYLESHEET_PATH)]),
        empty("link", &[("rel", "icon"), ("href", "data:,")]),
    ]);
    let body = group([
        element(
            "header",
            &[],
            [
                labelled("p", &[], words.banner),
                labelled("a", &[("href", &switch), ("lang", other.tag()), ("hreflang", other.tag())], other.own_name()),
            ],
        ),
        element("main", &[], [main]),
        element("footer", &[], [clock(here, view)]),
    ]);
    document(view.language.tag(), head, body)
}

/// « Avancer l’horloge »: posts `advance_seconds` and `back` to `/demo/clock`.
fn clock(here: &str, view: &View) -> Html {
    let words = words(view.language);
    let button = |(span, label): (Duration, &str)| {
        let seconds = span.as_secs().to_string();
        labelled("button", &[("name", "advance_seconds"), ("value", &seconds)], label)
    };
    let spans = [(minutes(30), words.half_hour), (hours(2), words.two_hours), (days(8), words.eight_days)];
    let back = empty("input", &[("type", "hidden"), ("name", "back"), ("value", here)]);
    let moved = match view.moved.as_secs() / 60 {
        0 => group([]),
        ahead => labelled("p", &[], &words.moved.replace("{}", &ahead.to_string())),
    };
    element(
        "section",
        &[("aria-labelledby", "clock")],
        [
            labelled("h2", &[("id", "clock")], words.clock),
            element("p", &[], [text(words.now), text(" "), text(&moment(view.now, view.language))]),
            moved,
            element(
                "form",
                &[("method", "post"), ("action", "/demo/clock")],
                [back].into_iter().chain(spans.map(button)),
            ),
        ],
    )
}

/// The six-digit codes that stand alone in a text, also when written as `123 456`.
fn codes(words: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in words.lines() {
        let tokens: Vec<&str> = line.split(|c: char| c.is_whitespace() || ".,:;()«»".contains(c)).collect();
        let digits = |token: &str, length| token.len() == length && token.bytes().all(|byte| byte.is_ascii_digit());
        let whole = tokens.iter().filter(|token| digits(token, 6)).map(|token| (*token).to_owned());
        let halves = tokens.windows(2).filter_map(|pair| match pair {
            [left, right] if digits(left, 3) && digits(right, 3) => Some(format!("{left}{right}")),
            _ => None,
        });
        for code in whole.chain(halves) {
            if !found.contains(&code) {
                found.push(code);
            }
        }
    }
    found
}

/// An identifier inside a path; ours need no escape, anything else is taken out.
fn path_segment(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            id: "018f".to_owned(),
            sent_at: Timestamp::from_seconds(1_772_543_520),
            from: "Certinomis <no-reply@localhost>".to_owned(),
            to: "marie@exemple.fr".to_owned(),
            subject: "Bonjour <script>alert(1)</script>".to_owned(),
            text: "Votre code : 042 195\n<img src=x onerror=alert(1)>".to_owned(),
            html: "<!doctype html><html><head><title>x</title></head><body><a href=\"http://localhost/l\">x</a></body></html>"
                .to_owned(),
            links: vec!["http://localhost/l?a=1&b=2".to_owned(), "javascript:alert(1)".to_owned()],
            files: vec!["cgu-1.fr.pdf".to_owned()],
        }
    }

    fn view(language: Language) -> View {
        View { language, now: Timestamp::from_seconds(1_772_543_520), moved: minutes(30) }
    }

    #[test]
    fn nothing_of_a_mail_becomes_markup_of_the_page() {
        for page in [list(&[mail()], &view(Language::French)), detail(&mail(), None, &view(Language::English))] {
            assert!(
                !page.contains("<script") && !page.contains("<img") && !page.contains("href=\"javascript:"),
                "{page}"
            );
            assert!(page.contains("Bonjour &lt;script&gt;"), "{page}");
        }
    }

    #[test]
    fn a_frame_runs_no_script_and_its_links_leave_it() {
        let page = detail(&mail(), None, &view(Language::French));
        assert!(
            page.contains("sandbox=\"allow-top-navigation-by-user-activation\"") && !page.contains("allow-scripts")
        );
        assert!(html_part(&mail()).contains("<head><base target=\"_top\">"));
    }

    #[test]
    fn codes_are_found_whole_and_nothing_else_is() {
        for (line, found) in [
            ("Code : 042195", vec!["042195"]),
            ("Code : 042\u{a0}195.", vec!["042195"]),
            ("042195 et encore 042195", vec!["042195"]),
            ("le 3 mars 2026 à 14 h 12", vec![]),
            ("http://localhost/042195/x", vec![]),
            ("1234567", vec![]),
        ] {
            assert_eq!(codes(line), found, "{line}");
        }
    }

    #[test]
    fn the_json_has_the_documented_members() {
        let json = as_json(&[mail()]);
        let one = json[0].as_object().unwrap();
        let mut members: Vec<&str> = one.keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["files", "from", "html", "id", "links", "sent_at", "subject", "text", "to"]);
        assert_eq!(one["sent_at"], "2026-03-03T13:12:00Z");
    }

    #[test]
    fn the_clock_moves_by_forms_that_come_back_here() {
        let page = detail(&mail(), None, &view(Language::French));
        for seconds in ["1800", "7200", "691200"] {
            assert!(page.contains(&format!("name=\"advance_seconds\" value=\"{seconds}\"")), "{seconds}");
        }
        assert!(page.contains("name=\"back\" value=\"/demo/mailbox/018f\""));
    }
}
