//! The legal category of a legal unit, by INSEE's nomenclature (« catégorie juridique », level III), and what kind of
//! organisation it makes (DOMAIN.md §2).
//!
//! The kind is what a form proposes; whoever fills it in may know better.

use super::organisation::EntityKind;

/// Four digits, such as 5710 for a simplified joint-stock company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegalCategory(u16);

impl LegalCategory {
    /// Reads four digits; nothing else is a category.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let code = text.parse().ok().filter(|code| digits && *code >= 1000)?;
        Some(Self(code))
    }

    /// The four digits as a number.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether the unit is a person, whose data its data are (DOMAIN.md §10).
    pub const fn is_sole_trader(self) -> bool {
        self.0 == 1000
    }

    /// What kind of organisation it makes.
    pub const fn kind(self) -> EntityKind {
        match self.0 {
            // The Banque de France, and the bodies of social security among what is 8xxx.
            7000..=7999 | 4160 | 8110 | 8120 | 8140 | 8150 | 8160 | 8170 => EntityKind::Administration,
            // The official list of associations; 9300, the foundations, by our own choice.
            5195 | 9210 | 9220..=9224 | 9230 | 9240 | 9260 | 9300 => EntityKind::Association,
            _ => EntityKind::Company,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_makes_a_kind() {
        use EntityKind::{Administration, Association, Company};
        for (codes, kind) in [
            (&["7111", "7210", "7344", "7389", "7490", "4160"] as &[&str], Administration),
            (&["8110", "8120", "8140", "8150", "8160", "8170"], Administration),
            (&["5195", "9210", "9220", "9221", "9222", "9223", "9224", "9230", "9240", "9260", "9300"], Association),
            (&["1000", "2110", "3120", "4110", "4140", "5499", "5710", "6540"], Company),
            (&["8130", "8190", "8210", "8420", "8510", "9110", "9150", "9225", "9900"], Company),
        ] {
            for code in codes {
                assert_eq!(LegalCategory::parse(code).unwrap().kind(), kind, "{code}");
            }
        }
        for odd in ["", "571", "57100", "0999", "57 1", "571A", "+571"] {
            assert_eq!(LegalCategory::parse(odd), None, "{odd}");
        }
        assert!(LegalCategory::parse("1000").unwrap().is_sole_trader());
    }
}
