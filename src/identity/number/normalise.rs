//! The one canonical form of what people type or paste as a number (DOMAIN.md §1, SR-173).
//!
//! What people and word processors put between the characters is left out; letters are capital. Nothing is guessed: an
//! O stays an O where a zero was meant.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// The canonical form of `typed`: total, and the same when it is applied twice (SR-174).
pub fn canonical(typed: &str) -> String {
    // NFKC may make separators (a full-width dash), and leaving them out may bring marks to their letters: it has to
    // come before and after. What it composes then is never a separator.
    let kept: String = typed.nfkc().filter(|character| !separates(*character)).collect();
    kept.nfkc().map(|character| character.to_ascii_uppercase()).collect()
}

/// Whether a character only separates: spaces, format characters, dashes of all kinds, `. _ / , ·`.
fn separates(character: char) -> bool {
    // The minus sign is mathematical, the hyphen bullet punctuation, and both are pasted for hyphens.
    character.is_whitespace()
        || "._/,·\u{2212}\u{2043}".contains(character)
        || matches!(
            character.general_category(),
            GeneralCategory::Format
                | GeneralCategory::DashPunctuation
                | GeneralCategory::SpaceSeparator
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domain_1_what_separates_is_left_out_and_nothing_is_mended() {
        for (typed, read) in [
            ("732 829 320 00074", "73282932000074"),
            ("732.829.320.00074", "73282932000074"),
            ("732-829-320-00074", "73282932000074"),
            ("732_829/320,00074", "73282932000074"),
            ("732·829·320·00074", "73282932000074"),
            ("732\u{a0}829\u{202f}320\u{200b}00074", "73282932000074"),
            ("\u{feff}732\u{ad}829\t320\r\n00074", "73282932000074"),
            ("732–829—320−00074", "73282932000074"),
            ("732\u{2010}829\u{2011}320\u{2012}00074", "73282932000074"),
            ("７３２８２９３２００００７４", "73282932000074"),
            ("７３２－８２９．３２０　00074", "73282932000074"),
            ("73282932OOOO74", "73282932OOOO74"),
            ("7328293200007I", "7328293200007I"),
            ("fr 83 404 833 048", "FR83404833048"),
            ("", ""),
            (" \t\u{200b}", ""),
        ] {
            assert_eq!(canonical(typed), read, "{typed:?}");
        }
    }

    #[test]
    fn sr_174_marks_that_come_to_their_letters_stay_there() {
        for typed in ["e\u{200b}\u{301}", "e\u{ff0e}\u{301}", "\u{a8}", "e\u{a8}"] {
            let once = canonical(typed);
            assert_eq!(canonical(&once), once, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn sr_174_the_canonical_form_is_a_fixed_point(typed in any::<String>()) {
            let once = canonical(&typed);
            prop_assert_eq!(canonical(&once), once);
        }

        #[test]
        fn sr_173_separators_anywhere_change_nothing(
            number in "[0-9A-Z]{1,20}",
            separators in proptest::collection::vec("[ .,/_·\u{a0}\u{202f}\u{200b}\u{2011}\u{2014}\t\n-]{0,3}", 21),
        ) {
            let typed: String = number.chars().zip(&separators).flat_map(|(c, s)| s.chars().chain([c])).collect();
            prop_assert_eq!(canonical(&typed), number);
        }
    }
}
