//! What is wrong with a realm's files: each finding has a code, a place and a way out, and all are told at once.
//!
//! One form for terminals (UX.md §4.1), one as JSON for scripts (`version` 1). Nothing here decides what is wrong.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::code::Code;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The realm cannot run like this.
    Error,
    /// It can, and whoever wrote it should know.
    Warning,
}

/// One thing to correct or to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What `guichet explain` knows it by.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The file, as it was named on the command line.
    pub file: String,
    /// Where in the file; `None` when something is not there at all.
    #[serde(flatten)]
    pub spot: Option<Spot>,
    /// What is wrong.
    pub message: String,
    /// Why, beside the carets.
    pub note: Option<String>,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A stretch of one line, counted from one, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// Its first character that is meant.
    pub column: usize,
    /// How many are meant.
    pub length: usize,
    /// The whole line.
    #[serde(skip)]
    pub text: String,
}

impl Finding {
    /// Something that must be corrected in `file`.
    pub fn new(code: Code, file: &str, message: impl Into<String>) -> Self {
        let (file, message) = (file.to_owned(), message.into());
        Self { code, severity: Severity::Error, file, spot: None, message, note: None, hint: None }
    }

    /// The same, at these bytes of the file's `text`.
    pub fn at(mut self, text: &str, span: Range<usize>) -> Self {
        self.spot = Some(Spot::of(text, span));
        self
    }

    /// Something to know rather than to correct.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Why, in a few words.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// What to write instead.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Spot {
    /// The same place with what is meant blacked out: it may be a secret.
    pub(crate) fn redacted(mut self) -> Self {
        let meant = self.column..self.column + self.length;
        let letters = self.text.chars().zip(1..).map(|(c, at)| if meant.contains(&at) { '•' } else { c });
        self.text = letters.collect();
        self
    }

    fn of(text: &str, span: Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let first = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text.get(first..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let column = before.get(first..).unwrap_or_default().chars().count();
        let meant = text.get(span).and_then(|meant| meant.lines().next()).unwrap_or_default().chars().count();
        Self { line: before.matches('\n').count() + 1, column: column + 1, length: meant.max(1), text: line.to_owned() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: {}", self.code, self.message)?;
        if let Some(spot) = &self.spot {
            write!(f, "\n  --> {}:{}:{}\n{spot}", self.file, spot.line, spot.column)?;
        } else {
            write!(f, "  --> {}", self.file)?;
        }
        match (&self.note, &self.hint, &self.spot) {
            (Some(note), Some(hint), Some(_)) => write!(f, " {note}\n hint: {hint}"),
            (Some(note), None, Some(_)) => write!(f, " {note}"),
            (None, Some(hint), Some(_)) => write!(f, " hint: {hint}"),
            (note, hint, None) => {
                note.iter().try_for_each(|note| write!(f, "\n note: {note}"))?;
                hint.iter().try_for_each(|hint| write!(f, "\n hint: {hint}"))
            }
            (None, None, Some(_)) => Ok(()),
        }
    }
}

impl fmt::Display for Spot {
    /// The line with carets below; tabs stay tabs, so that the carets stand where the eye expects them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent: String = self.text.chars().take(self.column - 1).map(|c| if c == '\t' { c } else { ' ' }).collect();
        write!(f, "{number} | {}\n{margin} | {indent}{}", self.text.trim_end(), "^".repeat(self.length))
    }
}

/// Everything that was found in a number of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The findings, in the order of files and lines.
    pub list: Vec<Finding>,
    /// How many files were read.
    pub files: usize,
}

impl Findings {
    /// How many must be corrected.
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// How many are to be known.
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors()
    }

    /// Takes in what was found elsewhere.
    pub fn join(&mut self, other: Self) {
        self.list.extend(other.list);
        self.files += other.files;
    }

    /// The same as JSON, for scripts.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "version": 1,
            "files": self.files,
            "errors": self.errors(),
            "warnings": self.warnings(),
            "findings": self.list,
        })
    }
}

impl std::error::Error for Findings {}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        write!(f, "{}", counted(self.errors(), "error"))?;
        if self.warnings() > 0 {
            write!(f, ", {}", counted(self.warnings(), "warning"))?;
        }
        write!(f, " in {}. Nothing was contacted or changed.", counted(self.files, "file"))?;
        let worst = self.list.iter().find(|finding| finding.severity == Severity::Error).or(self.list.first());
        worst.map_or(Ok(()), |finding| write!(f, " More: guichet explain {}", finding.code))
    }
}

fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// The word that someone who wrote `word` may have meant.
pub(crate) fn did_you_mean<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the word may be wrong: less finds nothing, more finds strangers.
    let bound = word.chars().count().div_ceil(3);
    let near = words.into_iter().map(|known| (strsim::osa_distance(word, known), known));
    near.filter(|(far, _)| *far <= bound).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENTS: &str = "redirect_uris = [\n  \"http://portail.acme.example/retour\",\n]\n";

    #[test]
    fn a_finding_shows_its_line_the_reason_and_the_way_out() {
        let span = CLIENTS.find("\"http").unwrap()..CLIENTS.find(",\n").unwrap();
        let finding = Finding::new(Code::E0231, "realms/acme/clients.toml", "redirect address must use https")
            .at(CLIENTS, span)
            .note("http is allowed for 127.0.0.1 and [::1] only")
            .hint("write \"https://portail.acme.example/retour\"");
        insta::assert_snapshot!(finding, @r#"
        error[E0231]: redirect address must use https
          --> realms/acme/clients.toml:2:3
        2 |   "http://portail.acme.example/retour",
          |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ http is allowed for 127.0.0.1 and [::1] only
         hint: write "https://portail.acme.example/retour"
        "#);
    }

    #[test]
    fn what_is_nowhere_has_no_line() {
        let finding = Finding::new(Code::E0312, "acme/messages.fr.toml", "`terms.summary` has no French text");
        insta::assert_snapshot!(finding, @"error[E0312]: `terms.summary` has no French text  --> acme/messages.fr.toml");
    }

    #[test]
    fn places_count_characters_and_survive_odd_files() {
        for (text, span, line, column, length) in [
            ("é = 1", 3..4, 1, 3, 1),
            ("a\nbé = 'ç'", 8..12, 2, 6, 3),
            ("a = 1\r\nb = 2", 7..8, 2, 1, 1),
            ("a = \"\"\"x\ny\"\"\"", 4..13, 1, 5, 4),
            ("", 0..0, 1, 1, 1),
            ("a", 1..1, 1, 2, 1),
            ("a", 9..12, 1, 2, 1),
        ] {
            let spot = Spot::of(text, span);
            assert_eq!((spot.line, spot.column, spot.length), (line, column, length), "{text:?}");
        }
    }

    #[test]
    fn misspelt_words_find_what_was_meant() {
        let known = ["password", "pkce", "tokens"];
        for (word, meant) in
            [("pasword", Some("password")), ("tokne", Some("tokens")), ("pcke", Some("pkce")), ("theme", None)]
        {
            assert_eq!(did_you_mean(word, known), meant, "{word}");
        }
    }
}
