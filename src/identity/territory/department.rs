//! French departments, and the collectivities that registers name like them (DOMAIN.md §4).
//!
//! Codes are texts: Corsica has `2A` and `2B`. The code of a commune tells its department exactly; a postcode lets it be
//! guessed, which the person may put right: post is delivered across borders.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Country;

/// A department, or a collectivity with a code like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Department {
    code: Known,
    name: Known,
}

/// A text of the table below. By its own name, lest the derive above take its lifetime for that of what is read.
type Known = &'static str;

/// The departments, by the order in which lists show them: Corsica where 20 was.
const DEPARTMENTS: [Department; 101] = [
    row("01", "Ain"),
    row("02", "Aisne"),
    row("03", "Allier"),
    row("04", "Alpes-de-Haute-Provence"),
    row("05", "Hautes-Alpes"),
    row("06", "Alpes-Maritimes"),
    row("07", "Ardèche"),
    row("08", "Ardennes"),
    row("09", "Ariège"),
    row("10", "Aube"),
    row("11", "Aude"),
    row("12", "Aveyron"),
    row("13", "Bouches-du-Rhône"),
    row("14", "Calvados"),
    row("15", "Cantal"),
    row("16", "Charente"),
    row("17", "Charente-Maritime"),
    row("18", "Cher"),
    row("19", "Corrèze"),
    row("2A", "Corse-du-Sud"),
    row("2B", "Haute-Corse"),
    row("21", "Côte-d’Or"),
    row("22", "Côtes-d’Armor"),
    row("23", "Creuse"),
    row("24", "Dordogne"),
    row("25", "Doubs"),
    row("26", "Drôme"),
    row("27", "Eure"),
    row("28", "Eure-et-Loir"),
    row("29", "Finistère"),
    row("30", "Gard"),
    row("31", "Haute-Garonne"),
    row("32", "Gers"),
    row("33", "Gironde"),
    row("34", "Hérault"),
    row("35", "Ille-et-Vilaine"),
    row("36", "Indre"),
    row("37", "Indre-et-Loire"),
    row("38", "Isère"),
    row("39", "Jura"),
    row("40", "Landes"),
    row("41", "Loir-et-Cher"),
    row("42", "Loire"),
    row("43", "Haute-Loire"),
    row("44", "Loire-Atlantique"),
    row("45", "Loiret"),
    row("46", "Lot"),
    row("47", "Lot-et-Garonne"),
    row("48", "Lozère"),
    row("49", "Maine-et-Loire"),
    row("50", "Manche"),
    row("51", "Marne"),
    row("52", "Haute-Marne"),
    row("53", "Mayenne"),
    row("54", "Meurthe-et-Moselle"),
    row("55", "Meuse"),
    row("56", "Morbihan"),
    row("57", "Moselle"),
    row("58", "Nièvre"),
    row("59", "Nord"),
    row("60", "Oise"),
    row("61", "Orne"),
    row("62", "Pas-de-Calais"),
    row("63", "Puy-de-Dôme"),
    row("64", "Pyrénées-Atlantiques"),
    row("65", "Hautes-Pyrénées"),
    row("66", "Pyrénées-Orientales"),
    row("67", "Bas-Rhin"),
    row("68", "Haut-Rhin"),
    row("69", "Rhône"),
    row("70", "Haute-Saône"),
    row("71", "Saône-et-Loire"),
    row("72", "Sarthe"),
    row("73", "Savoie"),
    row("74", "Haute-Savoie"),
    row("75", "Paris"),
    row("76", "Seine-Maritime"),
    row("77", "Seine-et-Marne"),
    row("78", "Yvelines"),
    row("79", "Deux-Sèvres"),
    row("80", "Somme"),
    row("81", "Tarn"),
    row("82", "Tarn-et-Garonne"),
    row("83", "Var"),
    row("84", "Vaucluse"),
    row("85", "Vendée"),
    row("86", "Vienne"),
    row("87", "Haute-Vienne"),
    row("88", "Vosges"),
    row("89", "Yonne"),
    row("90", "Territoire de Belfort"),
    row("91", "Essonne"),
    row("92", "Hauts-de-Seine"),
    row("93", "Seine-Saint-Denis"),
    row("94", "Val-de-Marne"),
    row("95", "Val-d’Oise"),
    row("971", "Guadeloupe"),
    row("972", "Martinique"),
    row("973", "Guyane"),
    row("974", "La Réunion"),
    row("976", "Mayotte"),
];

/// What registers name beside them.
const COLLECTIVITIES: [Department; 8] = [
    row("975", "Saint-Pierre-et-Miquelon"),
    row("977", "Saint-Barthélemy"),
    row("978", "Saint-Martin"),
    row("984", "Terres australes et antarctiques françaises"),
    row("986", "Wallis-et-Futuna"),
    row("987", "Polynésie française"),
    row("988", "Nouvelle-Calédonie"),
    row("989", "Île de Clipperton"),
];

const fn row(code: &'static str, name: &'static str) -> Department {
    Department { code, name }
}

impl Department {
    /// The 101 departments, in their order.
    pub const fn all() -> &'static [Self] {
        &DEPARTMENTS
    }

    /// The collectivities that registers give a code like a department's, in their order.
    pub const fn collectivities() -> &'static [Self] {
        &COLLECTIVITIES
    }

    /// The code: `59`, `2A`, `974`.
    pub const fn as_str(&self) -> &'static str {
        self.code
    }

    /// The name, the same in both languages.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// That of a commune, by its INSEE code: its first two characters, or three overseas.
    pub fn of_commune(insee: &str) -> Option<Self> {
        let shaped = insee.len() == 5 && insee.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'A' | b'B'));
        let overseas = insee.starts_with("97") || insee.starts_with("98");
        let code = insee.get(..if overseas { 3 } else { 2 }).filter(|_| shaped)?;
        Self::try_from(code).ok()
    }

    /// What a postcode lets one guess.
    pub fn guess(postcode: &str) -> Option<Self> {
        let digits: String = postcode.chars().filter(|character| !character.is_whitespace()).collect();
        let shaped = digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let (three, two) = (digits.get(..3).filter(|_| shaped)?, digits.get(..2)?);
        let code = match (digits.as_str(), three, two) {
            ("97133", ..) => "977",
            ("97150", ..) => "978",
            (_, "200" | "201", _) => "2A",
            (_, "202" | "203" | "204" | "205" | "206", _) => "2B",
            (_, _, "97" | "98") => three,
            _ => two,
        };
        Self::try_from(code).ok()
    }

    /// The country or territory of ISO 3166-1 that an address there is in.
    pub fn country(&self) -> Country {
        match self.code {
            "971" => Country::GP,
            "972" => Country::MQ,
            "973" => Country::GF,
            "974" => Country::RE,
            "975" => Country::PM,
            "976" => Country::YT,
            "977" => Country::BL,
            "978" => Country::MF,
            "984" => Country::TF,
            "986" => Country::WF,
            "987" => Country::PF,
            "988" => Country::NC,
            _ => Country::FRANCE,
        }
    }
}

impl fmt::Display for Department {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// A code that is no department's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a department, like 59, 2A or 974")]
pub struct UnknownDepartment;

impl TryFrom<&str> for Department {
    type Error = UnknownDepartment;
    fn try_from(code: &str) -> Result<Self, UnknownDepartment> {
        let mut all = DEPARTMENTS.into_iter().chain(COLLECTIVITIES);
        all.find(|department| department.code == code).ok_or(UnknownDepartment)
    }
}

impl TryFrom<String> for Department {
    type Error = UnknownDepartment;
    fn try_from(code: String) -> Result<Self, UnknownDepartment> {
        Self::try_from(code.as_str())
    }
}

impl From<Department> for String {
    fn from(department: Department) -> Self {
        department.code.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domain_4_there_are_one_hundred_and_one_departments_and_codes_are_texts() {
        let codes: Vec<&str> = Department::all().iter().map(Department::as_str).collect();
        assert_eq!(codes.len(), 101);
        for code in 1..=95 {
            assert_eq!(codes.contains(&format!("{code:02}").as_str()), code != 20, "{code}");
        }
        for code in ["2A", "2B", "971", "972", "973", "974", "976"] {
            assert!(codes.contains(&code), "{code}");
        }
        let others: Vec<&str> = Department::collectivities().iter().map(Department::as_str).collect();
        assert_eq!(others, ["975", "977", "978", "984", "986", "987", "988", "989"]);
        for code in ["", "1", "20", "96", "97", "970", "979", "2a"] {
            assert_eq!(Department::try_from(code), Err(UnknownDepartment), "{code}");
        }
        assert_eq!(serde_json::to_string(&Department::try_from("01").unwrap()).unwrap(), "\"01\"");
    }

    #[test]
    fn domain_4_a_commune_tells_its_department() {
        for (commune, department) in [
            ("59350", Some("Nord")),
            ("01004", Some("Ain")),
            ("2A004", Some("Corse-du-Sud")),
            ("2B033", Some("Haute-Corse")),
            ("75056", Some("Paris")),
            ("97105", Some("Guadeloupe")),
            ("97411", Some("La Réunion")),
            ("97502", Some("Saint-Pierre-et-Miquelon")),
            ("97701", Some("Saint-Barthélemy")),
            ("97801", Some("Saint-Martin")),
            ("98818", Some("Nouvelle-Calédonie")),
            ("98000", None), // Monaco
            ("20004", None),
            ("99109", None), // abroad
            ("5935", None),
            ("593500", None),
            ("[ND]", None),
            ("é9350", None),
        ] {
            let found = Department::of_commune(commune);
            assert_eq!(found.map(|department| department.name()), department, "{commune}");
        }
    }

    #[test]
    fn domain_4_a_postcode_lets_a_department_be_guessed() {
        for (postcode, department) in [
            ("59000", Some("59")),
            ("01000", Some("01")),
            ("20000", Some("2A")),
            ("20137", Some("2A")),
            ("20200", Some("2B")),
            ("20600", Some("2B")),
            ("20700", None),
            ("97133", Some("977")),
            ("97150", Some("978")),
            ("97110", Some("971")),
            ("97490", Some("974")),
            ("97500", Some("975")),
            ("98800", Some("988")),
            ("98000", None), // Monaco
            ("75008", Some("75")),
            ("75 008", Some("75")),
            ("00100", None),
            ("99000", None),
            ("5900", None),
            ("D-5900", None),
            ("", None),
        ] {
            let found = Department::guess(postcode);
            assert_eq!(found.map(|department| department.as_str()), department, "{postcode}");
        }
    }

    #[test]
    fn domain_4_overseas_departments_are_territories_of_their_own_in_iso_3166() {
        for (code, country) in [("59", "FR"), ("2A", "FR"), ("971", "GP"), ("976", "YT"), ("977", "BL"), ("988", "NC")]
        {
            assert_eq!(Department::try_from(code).unwrap().country().as_str(), country);
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_is_more_than_no_department(text in any::<String>()) {
            let _ = (Department::of_commune(&text), Department::guess(&text));
        }
    }
}
