//! Which characters may stand in what people type as identifiers and names (SR-176, UTS #39).

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_security::confusable_detection::skeleton;
use unicode_security::mixed_script::is_potential_mixed_script_confusable_char;
use unicode_security::{GeneralSecurityProfile as _, MixedScript as _};

/// Whether a character is never visible text: controls, format characters (zero-width, bidi), private use,
/// unassigned, line and paragraph separators.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::Surrogate
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// Whether `text` could pass for another identifier: scripts mixed, or a foreign script drawn like ASCII.
pub(crate) fn is_deceptive(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let looks_ascii = skeleton(text).all(|c| c.is_ascii());
    !text.is_single_script()
        || looks_ascii
        || text.chars().any(|c| !c.is_ascii() && !c.identifier_allowed())
        || text
            .chars()
            .filter(|c| c.is_alphabetic())
            .all(|c| !c.is_ascii() && is_potential_mixed_script_confusable_char(c))
}

/// Case folded for comparison and composed again; applying it twice changes nothing (SR-174).
pub(crate) fn fold(text: &str) -> String {
    // Lower-casing may decompose (İ), and composing may leave capitals alone: one more round reaches the fixed point.
    let once: String = text.nfc().collect::<String>().to_lowercase().nfc().collect();
    once.to_lowercase().nfc().collect()
}
