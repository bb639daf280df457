//! What the themes on board let a realm reword, for the checks of realm files.

use std::collections::BTreeMap;

use super::files;
use super::messages::Catalogue;
use super::theme::catalogue;
use crate::code::Code;
use crate::identity::language::Language;
use crate::realm::check::{Objection, Wording};

/// The themes inside the binary.
#[derive(Debug, Clone, Copy)]
pub struct OnBoard;

impl Wording for OnBoard {
    fn themes(&self) -> Vec<String> {
        files::themes()
    }

    fn keys(&self, theme: &str) -> Vec<String> {
        whole(theme, Language::French).texts().map(|(key, _)| key.to_owned()).collect()
    }

    fn objections(&self, theme: &str, language: Language, key: &str, sentence: &str) -> Vec<Objection> {
        let mut below = whole(theme, language);
        let given = |catalogue: &Catalogue| {
            let text = catalogue.texts().find(|(known, _)| *known == key);
            text.map(|(_, text)| text.placeholders().into_iter().map(str::to_owned).collect::<Vec<_>>())
                .unwrap_or_default()
        };
        let before = given(&below);
        let laid = Catalogue::of(&BTreeMap::from([(key.to_owned(), sentence.to_owned())]))
            .map_err(|problem| vec![problem])
            .and_then(|upper| below.lay(upper));
        let mut messages: Vec<_> = match laid {
            Ok(()) => {
                // A page would no longer say what the sentence is about: until when, how many, to whom.
                let after = given(&below);
                before
                    .iter()
                    .filter(|name| !after.contains(name))
                    .map(|name| format!("{{{name}}} is missing"))
                    .collect()
            }
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        messages.drain(..).map(|message| Objection { code: Code::E0302, message }).collect()
    }
}

/// Everything that a theme says: the base, and what the theme lays over it.
fn whole(theme: &str, language: Language) -> Catalogue {
    let mut whole = catalogue(files::BASE, language).unwrap_or_default();
    if theme != files::BASE {
        whole.join(catalogue(theme, language).unwrap_or_default());
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewording_keeps_what_the_sentence_is_about() {
        let below = whole(files::BASE, Language::English);
        let (key, text) = below.texts().find(|(_, text)| !text.placeholders().is_empty()).unwrap();
        let name = text.placeholders().into_iter().next().unwrap();
        let said = |sentence: &str| OnBoard.objections(files::BASE, Language::English, key, sentence);
        assert!(said("Nothing.").iter().any(|objection| objection.message == format!("{{{name}}} is missing")));
        assert!(!said("For {nobody}").is_empty());
        assert!(!said("{").is_empty());
        assert!(OnBoard.keys(files::BASE).iter().any(|known| known == key));
        assert!(OnBoard.themes().contains(&files::BASE.to_owned()));
    }
}
