//! What is asked before anything else, and by which number an organisation is registered then.
//!
//! The procedures of the authorities come in two shapes (DOMAIN.md §9.1 to §9.3): one asks where the organisation is
//! registered, the other whether it has a SIRET. An answer that another made idle is kept, and not asked.

use serde::{Deserialize, Serialize};

/// What is asked first of whoever registers an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FirstQuestion {
    /// « Où votre entité est-elle officiellement enregistrée ? »
    #[default]
    WhereRegistered,
    /// « Disposez-vous d’un numéro SIRET ? »
    HasSiret,
}

/// Where an organisation is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhereRegistered {
    /// In France: it has a SIRET, or is an association with an RNA number.
    France,
    /// In another state of the European Union: it has a VAT number.
    EuropeanUnion,
    /// Anywhere else.
    Elsewhere,
}

impl WhereRegistered {
    /// The word in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::France => "france",
            Self::EuropeanUnion => "european-union",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// The place of that word.
    pub fn find(word: &str) -> Option<Self> {
        [Self::France, Self::EuropeanUnion, Self::Elsewhere].into_iter().find(|place| place.as_str() == word)
    }
}

/// What was answered so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Whether it has a SIRET.
    pub has_siret: Option<bool>,
    /// Where it is registered.
    pub registered_in: Option<WhereRegistered>,
    /// Whether it has a VAT number, elsewhere.
    pub has_vat: Option<bool>,
}

/// A question that comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// « Disposez-vous d’un numéro SIRET ? »
    HasSiret,
    /// « Où votre entité est-elle officiellement enregistrée ? »
    RegisteredIn,
    /// « Votre organisation a-t-elle un numéro de TVA ? »
    HasVat,
}

/// By which number an organisation is registered; the fields that are asked depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// In France, by its SIRET.
    Siret,
    /// In France, without one: an association by its RNA number, or by hand.
    WithoutSiret,
    /// In another state of the Union, by its intra-community VAT number.
    EuropeanVat,
    /// Elsewhere, by its VAT number.
    ForeignVat,
    /// Elsewhere, by the number of another register.
    ForeignNumber,
}

impl Way {
    /// The word in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Siret => "siret",
            Self::WithoutSiret => "without-siret",
            Self::EuropeanVat => "european-vat",
            Self::ForeignVat => "foreign-vat",
            Self::ForeignNumber => "foreign-number",
        }
    }

    /// Whether its address is in France.
    pub const fn is_french(self) -> bool {
        matches!(self, Self::Siret | Self::WithoutSiret)
    }
}

impl Answers {
    /// The questions to be asked, in order, the last of them open as long as there is no way.
    pub fn way(self, first: FirstQuestion, within: &[WhereRegistered]) -> (Vec<Question>, Option<Way>) {
        let mut asked = Vec::new();
        if first == FirstQuestion::HasSiret {
            asked.push(Question::HasSiret);
            match self.has_siret {
                None => return (asked, None),
                Some(true) => return (asked, Some(Way::Siret)),
                Some(false) => {}
            }
        }
        let place = match within {
            [only] => Some(*only),
            several => {
                asked.push(Question::RegisteredIn);
                self.registered_in.filter(|place| several.contains(place))
            }
        };
        let Some(place) = place else { return (asked, None) };
        let way = match place {
            WhereRegistered::France if self.has_siret == Some(false) => Some(Way::WithoutSiret),
            WhereRegistered::France => Some(Way::Siret),
            WhereRegistered::EuropeanUnion => Some(Way::EuropeanVat),
            WhereRegistered::Elsewhere => {
                asked.push(Question::HasVat);
                self.has_vat.map(|has| if has { Way::ForeignVat } else { Way::ForeignNumber })
            }
        };
        (asked, way)
    }
}

#[cfg(test)]
mod tests {
    use super::FirstQuestion as First;
    use super::Question::{HasSiret, HasVat, RegisteredIn};
    use super::WhereRegistered::{Elsewhere, EuropeanUnion, France};
    use super::*;

    const EVERYWHERE: [WhereRegistered; 3] = [France, EuropeanUnion, Elsewhere];

    #[test]
    fn the_questions_lead_to_one_way() {
        let answers = |has_siret, registered_in, has_vat| Answers { has_siret, registered_in, has_vat };
        let (yes, no) = (Some(true), Some(false));
        for (first, within, answers, asked, way) in [
            // DOMAIN.md §9.1 and §9.2: where is it registered?
            (First::WhereRegistered, &EVERYWHERE[..], answers(None, None, None), &[RegisteredIn][..], None),
            (First::WhereRegistered, &EVERYWHERE, answers(None, Some(France), None), &[RegisteredIn], Some(Way::Siret)),
            (
                First::WhereRegistered,
                &EVERYWHERE,
                answers(no, Some(France), no),
                &[RegisteredIn],
                Some(Way::WithoutSiret),
            ),
            (
                First::WhereRegistered,
                &EVERYWHERE,
                answers(no, Some(EuropeanUnion), None),
                &[RegisteredIn],
                Some(Way::EuropeanVat),
            ),
            (First::WhereRegistered, &EVERYWHERE, answers(None, Some(Elsewhere), None), &[RegisteredIn, HasVat], None),
            (
                First::WhereRegistered,
                &EVERYWHERE,
                answers(None, Some(Elsewhere), yes),
                &[RegisteredIn, HasVat],
                Some(Way::ForeignVat),
            ),
            (
                First::WhereRegistered,
                &EVERYWHERE,
                answers(None, Some(Elsewhere), no),
                &[RegisteredIn, HasVat],
                Some(Way::ForeignNumber),
            ),
            // One place needs no question, and a place that the realm does not take is no answer.
            (First::WhereRegistered, &[France], answers(None, None, None), &[], Some(Way::Siret)),
            (
                First::WhereRegistered,
                &[France, Elsewhere],
                answers(None, Some(EuropeanUnion), None),
                &[RegisteredIn],
                None,
            ),
            // DOMAIN.md §9.3: has it a SIRET?
            (First::HasSiret, &EVERYWHERE, answers(None, Some(Elsewhere), no), &[HasSiret], None),
            (First::HasSiret, &EVERYWHERE, answers(yes, Some(Elsewhere), no), &[HasSiret], Some(Way::Siret)),
            (First::HasSiret, &EVERYWHERE, answers(no, None, None), &[HasSiret, RegisteredIn], None),
            (
                First::HasSiret,
                &EVERYWHERE,
                answers(no, Some(France), None),
                &[HasSiret, RegisteredIn],
                Some(Way::WithoutSiret),
            ),
            (First::HasSiret, &[France], answers(no, None, None), &[HasSiret], Some(Way::WithoutSiret)),
        ] {
            assert_eq!(answers.way(first, within), (asked.to_vec(), way), "{first:?} {within:?} {answers:?}");
        }
    }
}
