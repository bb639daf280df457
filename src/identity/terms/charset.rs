//! The characters that terms of use may hold: those of WinAnsiEncoding (ISO 32000-1 Annex D), which every reader of PDF
//! shows without a font of ours. French and English need no others.

/// The code of a character, if it is one of them. The narrow space that French puts before `? ! ;` is a wide one there.
pub fn code(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).ok(),
        '\u{202f}' => Some(0xa0),
        _ => BEYOND.iter().find(|(known, _)| *known == letter).map(|(_, code)| *code),
    }
}

/// The first character of a text that is none of them; ends of lines and a byte order mark are no characters of it.
pub fn stranger(text: &str) -> Option<char> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.chars().find(|letter| !matches!(letter, '\n' | '\r' | '\t') && code(*letter).is_none())
}

/// Those with a code between the controls.
const BEYOND: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_and_english_are_written_with_them() {
        for (text, found) in [
            ("« L’œuvre coûte 3 € ; » – dès l’été…\n\t“Quoted”", None),
            ("\u{feff}# Titre", None),
            ("Bonjour 🌳", Some('🌳')),
            ("Ελλάδα", Some('Ε')),
            ("caché\u{200b}", Some('\u{200b}')),
            ("tourné\u{202e}", Some('\u{202e}')),
            ("\u{1b}[31m", Some('\u{1b}')),
        ] {
            assert_eq!(stranger(text), found, "{text:?}");
        }
        assert_eq!([code('A'), code('é'), code('œ'), code('\u{202f}')], [Some(65), Some(0xe9), Some(0x9c), Some(0xa0)]);
    }
}
