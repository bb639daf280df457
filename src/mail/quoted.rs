//! Words of strangers inside our mails (SR-180).
//!
//! Whoever registers somebody else's address writes the first name that we greet with. What remains of it here can
//! carry no address, no markup and no direction trick, and no room for an advertisement.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Most characters of a quoted text.
const LONGEST: usize = 60;

/// A person's name as it may stand in a mail; empty when nothing of it is fit to be read.
///
/// Letters, marks, figures and what names are punctuated with remain.
pub(super) fn name(text: &str) -> String {
    let kept = readable_words(text);
    if kept.contains(char::is_alphabetic) { shortened(&kept) } else { String::new() }
}

/// An organisation's name as it may stand in a mail. Some are figures alone; none is nothing, as an organisation's name
/// has at least one letter or figure.
pub(super) fn organisation(text: &str) -> String {
    shortened(&readable_words(text))
}

/// What is fit to be read. A dot parts what follows, since readers turn `word.word` into a link by themselves.
fn readable_words(text: &str) -> String {
    let mut kept = String::new();
    let mut after_dot = false;
    for character in text.nfkc() {
        let character = readable(character);
        if after_dot && character.is_alphanumeric() {
            kept.push(' ');
        }
        after_dot = character == '.';
        kept.push(character);
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The character itself where names have it, a blank otherwise.
fn readable(character: char) -> char {
    match character {
        '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '·' | ',' | '(' | ')' => character,
        // IDNA reads the ideographic full stop as a dot (UTS #46 §2.3).
        '.' | '。' => '.',
        _ => match character.general_category_group() {
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark | GeneralCategoryGroup::Number => character,
            _ => ' ',
        },
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_180_names_keep_what_names_have_and_nothing_else() {
        for (said, kept) in [
            ("Marie", "Marie"),
            ("Jean-Noël", "Jean-Noël"),
            ("M’hamed O'Brien", "M’hamed O'Brien"),
            ("J.R.", "J. R."),
            ("Αλεξάνδρα", "Αλεξάνδρα"),
            ("山田 太郎", "山田 太郎"),
            ("  Anne \t Marie\n", "Anne Marie"),
            ("http://evil.example/x?y=1", "http evil. example x y 1"),
            ("www.evil.example", "www. evil. example"),
            ("evil．example", "evil. example"),
            ("evil。example", "evil. example"),
            ("evil｡example", "evil. example"),
            ("a@evil.example", "a evil. example"),
            ("a＠evil.example", "a evil. example"),
            ("<a href=x>Gagnez</a>", "a href x Gagnez a"),
            ("[Gagnez](evil)", "Gagnez (evil)"),
            ("{{ realm.secret }}", "realm. secret"),
            ("Marie\r\nBcc: x", "Marie Bcc x"),
            ("Marie\u{202e}eiraM", "Marie eiraM"),
            ("Marie\u{200b}\u{feff}\0", "Marie"),
            ("12 34", ""),
            ("", ""),
        ] {
            assert_eq!(name(said), kept, "{said:?}");
        }
        for (said, kept) in
            [("EXEMPLE & Fils, SARL", "EXEMPLE Fils, SARL"), ("3615", "3615"), ("www.a.fr", "www. a. fr")]
        {
            assert_eq!(organisation(said), kept, "{said:?}");
        }
    }

    #[test]
    fn sr_180_names_end_at_sixty_characters() {
        let long = name(&"Maximilien ".repeat(40));
        assert!(long.chars().count() <= LONGEST && long.ends_with('…'), "{long}");
        assert_eq!(name(&"é".repeat(60)).chars().count(), 60);
    }

    proptest::proptest! {
        #[test]
        fn sr_180_nothing_that_a_reader_links_or_renders_survives(text in ".{0,200}") {
            let kept = name(&text);
            proptest::prop_assert!(kept.chars().count() <= LONGEST);
            let dangerous = |c: char| c.is_control() || r#"@/:<>&"\[]{}"#.contains(c);
            proptest::prop_assert!(!kept.contains(dangerous), "{kept}");
            let parts: Vec<&str> = kept.split('.').collect();
            proptest::prop_assert!(parts.iter().skip(1).all(|part| !part.starts_with(char::is_alphanumeric)), "{kept}");
        }
    }
}
