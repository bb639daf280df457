//! One sentence of a catalogue, taken apart once: words, `{arguments}`, `**emphasis**` and one `[clickable part]`.
//!
//! Sentences stay whole in the catalogues, links included, so that a translator sees all of it. What the marks turn
//! into is decided here alone; words and arguments are escaped on the way into HTML (SR-115), so neither a catalogue
//! nor a name somebody typed can bring in markup (SR-116).

use std::collections::{BTreeMap, BTreeSet};

/// What fills the placeholders of a sentence.
pub type Arguments = BTreeMap<String, String>;

/// A sentence, ready to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Argument(String),
    Strong,
    Opens,
    Closes,
}

/// Why a sentence cannot be read or told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// `{` without `}`, a name that is not one, `**` without its twin, or a `[` without `]`.
    #[error("marks do not match in “{0}”")]
    Unbalanced(String),
    /// The caller gave no value for a placeholder.
    #[error("no value for {{{0}}}")]
    NoArgument(String),
}

impl Text {
    /// Reads a sentence as it stands in a catalogue.
    pub fn parse(source: &str) -> Result<Self, TextError> {
        let unbalanced = || TextError::Unbalanced(source.to_owned());
        let mut pieces = Vec::new();
        let mut rest = source;
        while let Some(at) = rest.find(['{', '}', '[', ']', '*']) {
            let (words, marked) = rest.split_at(at);
            let (piece, after) = if let Some(after) = marked.strip_prefix('{') {
                let (name, after) = after.split_once('}').ok_or_else(unbalanced)?;
                if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
                    return Err(unbalanced());
                }
                (Piece::Argument(name.to_owned()), after)
            } else if let Some(after) = marked.strip_prefix("**") {
                (Piece::Strong, after)
            } else if let Some(after) = marked.strip_prefix('[') {
                (Piece::Opens, after)
            } else if let Some(after) = marked.strip_prefix(']') {
                (Piece::Closes, after)
            } else {
                return Err(unbalanced());
            };
            push_words(&mut pieces, words);
            pieces.push(piece);
            rest = after;
        }
        push_words(&mut pieces, rest);
        let text = Self(pieces);
        if text.is_balanced() { Ok(text) } else { Err(unbalanced()) }
    }

    /// The names in braces.
    pub fn placeholders(&self) -> BTreeSet<&str> {
        self.0
            .iter()
            .filter_map(|piece| if let Piece::Argument(name) = piece { Some(name.as_str()) } else { None })
            .collect()
    }

    /// Whether part of the sentence is meant to be clicked.
    pub fn is_clickable(&self) -> bool {
        self.0.contains(&Piece::Opens)
    }

    /// The sentence without its marks: subjects, plain-text mails, attributes (which their template escapes).
    pub fn plain(&self, arguments: &Arguments) -> Result<String, TextError> {
        let mut told = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => told.push_str(words),
                Piece::Argument(name) => told.push_str(value(arguments, name)?),
                Piece::Strong | Piece::Opens | Piece::Closes => {}
            }
        }
        Ok(told)
    }

    /// The sentence as HTML: everything escaped, emphasis as `<strong>`.
    pub fn html(&self, arguments: &Arguments) -> Result<String, TextError> {
        Ok(self.html_parts(arguments)?.concat())
    }

    /// The sentence as HTML in three parts: before, inside and after what is clicked.
    pub fn html_parts(&self, arguments: &Arguments) -> Result<[String; 3], TextError> {
        let (mut before, mut inside, mut after) = (String::new(), String::new(), String::new());
        let mut part = &mut before;
        let mut strong = false;
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => escape(part, words),
                Piece::Argument(name) => escape(part, value(arguments, name)?),
                Piece::Opens => part = &mut inside,
                Piece::Closes => part = &mut after,
                Piece::Strong => {
                    part.push_str(if strong { "</strong>" } else { "<strong>" });
                    strong = !strong;
                }
            }
        }
        Ok([before, inside, after])
    }

    /// Emphasis comes in pairs, the clickable part opens and closes once, and neither cuts the other.
    fn is_balanced(&self) -> bool {
        let marks: Vec<_> =
            self.0.iter().filter(|piece| !matches!(piece, Piece::Words(_) | Piece::Argument(_))).collect();
        let links = marks.iter().filter(|mark| ***mark != Piece::Strong).count();
        let mut strong = false;
        let mut inside = None;
        for mark in marks {
            match mark {
                Piece::Strong => strong = !strong,
                Piece::Opens if inside.is_none() && !strong => inside = Some(true),
                Piece::Closes if inside == Some(true) && !strong => inside = Some(false),
                _ => return false,
            }
        }
        !strong && inside != Some(true) && links <= 2
    }
}

fn push_words(pieces: &mut Vec<Piece>, words: &str) {
    if !words.is_empty() {
        pieces.push(Piece::Words(words.to_owned()));
    }
}

fn value<'a>(arguments: &'a Arguments, name: &str) -> Result<&'a str, TextError> {
    arguments.get(name).map(String::as_str).ok_or_else(|| TextError::NoArgument(name.to_owned()))
}

fn escape(into: &mut String, words: &str) {
    for letter in words.chars() {
        match letter {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            // Bidirectional overrides in a name must not turn the sentence around it (SR-117).
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => into.push('\u{FFFD}'),
            letter => into.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(pairs: &[(&str, &str)]) -> Arguments {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn marks_become_markup_and_nothing_else_does() {
        let marie = arguments(&[("name", "<b>Marie</b>")]);
        for (source, plain, html) in [
            ("Bonjour {name}", "Bonjour <b>Marie</b>", "Bonjour &lt;b&gt;Marie&lt;/b&gt;"),
            ("**Renault** ≠ **renault**", "Renault ≠ renault", "<strong>Renault</strong> ≠ <strong>renault</strong>"),
            ("Rien <i>ici</i> & là", "Rien <i>ici</i> & là", "Rien &lt;i&gt;ici&lt;/i&gt; &amp; là"),
            ("[Cliquez ici] pour continuer", "Cliquez ici pour continuer", "Cliquez ici pour continuer"),
        ] {
            let text = Text::parse(source).unwrap();
            assert_eq!(text.plain(&marie).unwrap(), plain);
            assert_eq!(text.html(&marie).unwrap(), html);
        }
    }

    #[test]
    fn the_clickable_part_stands_between_two_others() {
        let text = Text::parse("Pas reçu ? [Cliquez **{verb}**] pour voir.").unwrap();
        let parts = text.html_parts(&arguments(&[("verb", "ici")])).unwrap();
        assert_eq!(parts, ["Pas reçu ? ", "Cliquez <strong>ici</strong>", " pour voir."]);
    }

    #[test]
    fn marks_that_do_not_match_are_refused() {
        for source in ["{", "{}", "{A}", "}", "**a", "[a", "a]", "]a[", "[a][b]", "**[a**]", "a*b"] {
            assert_eq!(Text::parse(source), Err(TextError::Unbalanced(source.to_owned())), "{source}");
        }
    }

    #[test]
    fn a_missing_argument_is_an_error_and_never_a_gap() {
        let text = Text::parse("Bonjour {name}").unwrap();
        assert_eq!(text.plain(&Arguments::new()), Err(TextError::NoArgument("name".to_owned())));
    }

    #[test]
    fn sr_117_a_name_cannot_turn_the_sentence_around() {
        let text = Text::parse("Bonjour {name}").unwrap();
        let told = text.html(&arguments(&[("name", "\u{202E}eiraM")])).unwrap();
        assert_eq!(told, "Bonjour \u{FFFD}eiraM");
    }
}
