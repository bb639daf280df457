//! Typography as a rule: what a French or English text may not have (UX.md §1.3).
//!
//! A line must not begin with a question mark, so the space before it does not break; apostrophes are curled.

use crate::identity::language::Language;

const NARROW: char = '\u{202F}';
const WIDE: char = '\u{A0}';

/// The first slip, in words; `None` when there is none.
pub(crate) fn slip(language: Language, text: &str) -> Option<&'static str> {
    let letters: Vec<char> = text.chars().collect();
    letters.iter().enumerate().find_map(|(at, letter)| {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        around(language, before, *letter, after)
    })
}

fn around(language: Language, before: Option<char>, letter: char, after: Option<char>) -> Option<&'static str> {
    let french = language == Language::French;
    let of_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphabetic);
    match letter {
        '\'' if of_word(before) && of_word(after) => Some("write the apostrophe ’"),
        '?' | '!' | ';' if french && (before == Some(' ') || before == Some(WIDE)) => {
            Some("the space before ? ! ; is narrow and does not break (U+202F)")
        }
        '?' | '!' if french && of_word(before) => Some("? and ! follow a narrow space that does not break (U+202F)"),
        ':' if french && before == Some(' ') => Some("the space before : does not break (U+00A0)"),
        '«' if french && after != Some(WIDE) && after != Some(NARROW) => {
            Some("« is followed by a space that does not break (U+00A0)")
        }
        '»' if french && before != Some(WIDE) && before != Some(NARROW) => {
            Some("» follows a space that does not break (U+00A0)")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_spaces_do_not_break_and_apostrophes_curl() {
        use Language::{English, French};
        for (language, text, clean) in [
            (French, "Vous n’avez pas reçu de courriel\u{202F}?", true),
            (French, "Vous n'avez pas reçu", false),
            (French, "Reçu ?", false),
            (French, "Reçu\u{A0}?", false),
            (French, "Reçu?", false),
            (French, "Attention\u{A0}: «\u{A0}Renault\u{A0}» n’est pas «\u{202F}renault\u{202F}»", true),
            (French, "Attention : non", false),
            (French, "« oui »", false),
            (French, "Voir https://www.example/?a=1;b à 14\u{A0}h\u{A0}32", true),
            (English, "Didn’t get it? Write to us: now!", true),
            (English, "Didn't get it", false),
            (English, "Type 'yes'", true),
        ] {
            assert_eq!(slip(language, text).is_none(), clean, "{text}");
        }
    }
}
