//! Countries: ISO 3166-1 alpha-2 with their names in our languages.
//!
//! The names are those of everyday speech (Unicode's locale data), not of diplomacy. Lists put France first, where most
//! of those who register are, and then go by the alphabet of their language, in which an accent is no other letter.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::identity::language::Language;

macro_rules! countries {
    ($($code:ident $french:literal $english:literal)+) => {
        /// A country or territory of ISO 3166-1, by its alpha-2 code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Country {
            $(#[doc = $english] $code,)+
        }

        impl Country {
            /// All of them, by code.
            const ALL: &[Self] = &[$(Self::$code),+];

            /// The code in capitals.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code)),+ }
            }

            /// What people call it.
            pub const fn name(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$code, Language::French) => $french, (Self::$code, Language::English) => $english),+
                }
            }
        }
    };
}

countries! {
    AD "Andorre" "Andorra"
    AE "Émirats arabes unis" "United Arab Emirates"
    AF "Afghanistan" "Afghanistan"
    AG "Antigua-et-Barbuda" "Antigua and Barbuda"
    AI "Anguilla" "Anguilla"
    AL "Albanie" "Albania"
    AM "Arménie" "Armenia"
    AO "Angola" "Angola"
    AQ "Antarctique" "Antarctica"
    AR "Argentine" "Argentina"
    AS "Samoa américaines" "American Samoa"
    AT "Autriche" "Austria"
    AU "Australie" "Australia"
    AW "Aruba" "Aruba"
    AX "Îles Åland" "Åland Islands"
    AZ "Azerbaïdjan" "Azerbaijan"
    BA "Bosnie-Herzégovine" "Bosnia and Herzegovina"
    BB "Barbade" "Barbados"
    BD "Bangladesh" "Bangladesh"
    BE "Belgique" "Belgium"
    BF "Burkina Faso" "Burkina Faso"
    BG "Bulgarie" "Bulgaria"
    BH "Bahreïn" "Bahrain"
    BI "Burundi" "Burundi"
    BJ "Bénin" "Benin"
    BL "Saint-Barthélemy" "Saint Barthélemy"
    BM "Bermudes" "Bermuda"
    BN "Brunei" "Brunei"
    BO "Bolivie" "Bolivia"
    BQ "Pays-Bas caribéens" "Caribbean Netherlands"
    BR "Brésil" "Brazil"
    BS "Bahamas" "Bahamas"
    BT "Bhoutan" "Bhutan"
    BV "Île Bouvet" "Bouvet Island"
    BW "Botswana" "Botswana"
    BY "Biélorussie" "Belarus"
    BZ "Belize" "Belize"
    CA "Canada" "Canada"
    CC "Îles Cocos" "Cocos (Keeling) Islands"
    CD "République démocratique du Congo" "Democratic Republic of the Congo"
    CF "République centrafricaine" "Central African Republic"
    CG "République du Congo" "Republic of the Congo"
    CH "Suisse" "Switzerland"
    CI "Côte d’Ivoire" "Côte d’Ivoire"
    CK "Îles Cook" "Cook Islands"
    CL "Chili" "Chile"
    CM "Cameroun" "Cameroon"
    CN "Chine" "China"
    CO "Colombie" "Colombia"
    CR "Costa Rica" "Costa Rica"
    CU "Cuba" "Cuba"
    CV "Cap-Vert" "Cape Verde"
    CW "Curaçao" "Curaçao"
    CX "Île Christmas" "Christmas Island"
    CY "Chypre" "Cyprus"
    CZ "Tchéquie" "Czechia"
    DE "Allemagne" "Germany"
    DJ "Djibouti" "Djibouti"
    DK "Danemark" "Denmark"
    DM "Dominique" "Dominica"
    DO "République dominicaine" "Dominican Republic"
    DZ "Algérie" "Algeria"
    EC "Équateur" "Ecuador"
    EE "Estonie" "Estonia"
    EG "Égypte" "Egypt"
    EH "Sahara occidental" "Western Sahara"
    ER "Érythrée" "Eritrea"
    ES "Espagne" "Spain"
    ET "Éthiopie" "Ethiopia"
    FI "Finlande" "Finland"
    FJ "Fidji" "Fiji"
    FK "Îles Malouines" "Falkland Islands"
    FM "Micronésie" "Micronesia"
    FO "Îles Féroé" "Faroe Islands"
    FR "France" "France"
    GA "Gabon" "Gabon"
    GB "Royaume-Uni" "United Kingdom"
    GD "Grenade" "Grenada"
    GE "Géorgie" "Georgia"
    GF "Guyane" "French Guiana"
    GG "Guernesey" "Guernsey"
    GH "Ghana" "Ghana"
    GI "Gibraltar" "Gibraltar"
    GL "Groenland" "Greenland"
    GM "Gambie" "Gambia"
    GN "Guinée" "Guinea"
    GP "Guadeloupe" "Guadeloupe"
    GQ "Guinée équatoriale" "Equatorial Guinea"
    GR "Grèce" "Greece"
    GS "Géorgie du Sud et îles Sandwich du Sud" "South Georgia and South Sandwich Islands"
    GT "Guatemala" "Guatemala"
    GU "Guam" "Guam"
    GW "Guinée-Bissau" "Guinea-Bissau"
    GY "Guyana" "Guyana"
    HK "Hong Kong" "Hong Kong"
    HM "Îles Heard-et-MacDonald" "Heard Island and McDonald Islands"
    HN "Honduras" "Honduras"
    HR "Croatie" "Croatia"
    HT "Haïti" "Haiti"
    HU "Hongrie" "Hungary"
    ID "Indonésie" "Indonesia"
    IE "Irlande" "Ireland"
    IL "Israël" "Israel"
    IM "Île de Man" "Isle of Man"
    IN "Inde" "India"
    IO "Territoire britannique de l’océan Indien" "British Indian Ocean Territory"
    IQ "Irak" "Iraq"
    IR "Iran" "Iran"
    IS "Islande" "Iceland"
    IT "Italie" "Italy"
    JE "Jersey" "Jersey"
    JM "Jamaïque" "Jamaica"
    JO "Jordanie" "Jordan"
    JP "Japon" "Japan"
    KE "Kenya" "Kenya"
    KG "Kirghizstan" "Kyrgyzstan"
    KH "Cambodge" "Cambodia"
    KI "Kiribati" "Kiribati"
    KM "Comores" "Comoros"
    KN "Saint-Christophe-et-Niévès" "Saint Kitts and Nevis"
    KP "Corée du Nord" "North Korea"
    KR "Corée du Sud" "South Korea"
    KW "Koweït" "Kuwait"
    KY "Îles Caïmans" "Cayman Islands"
    KZ "Kazakhstan" "Kazakhstan"
    LA "Laos" "Laos"
    LB "Liban" "Lebanon"
    LC "Sainte-Lucie" "Saint Lucia"
    LI "Liechtenstein" "Liechtenstein"
    LK "Sri Lanka" "Sri Lanka"
    LR "Liberia" "Liberia"
    LS "Lesotho" "Lesotho"
    LT "Lituanie" "Lithuania"
    LU "Luxembourg" "Luxembourg"
    LV "Lettonie" "Latvia"
    LY "Libye" "Libya"
    MA "Maroc" "Morocco"
    MC "Monaco" "Monaco"
    MD "Moldavie" "Moldova"
    ME "Monténégro" "Montenegro"
    MF "Saint-Martin" "Saint Martin"
    MG "Madagascar" "Madagascar"
    MH "Îles Marshall" "Marshall Islands"
    MK "Macédoine du Nord" "North Macedonia"
    ML "Mali" "Mali"
    MM "Myanmar (Birmanie)" "Myanmar (Burma)"
    MN "Mongolie" "Mongolia"
    MO "Macao" "Macao"
    MP "Îles Mariannes du Nord" "Northern Mariana Islands"
    MQ "Martinique" "Martinique"
    MR "Mauritanie" "Mauritania"
    MS "Montserrat" "Montserrat"
    MT "Malte" "Malta"
    MU "Maurice" "Mauritius"
    MV "Maldives" "Maldives"
    MW "Malawi" "Malawi"
    MX "Mexique" "Mexico"
    MY "Malaisie" "Malaysia"
    MZ "Mozambique" "Mozambique"
    NA "Namibie" "Namibia"
    NC "Nouvelle-Calédonie" "New Caledonia"
    NE "Niger" "Niger"
    NF "Île Norfolk" "Norfolk Island"
    NG "Nigeria" "Nigeria"
    NI "Nicaragua" "Nicaragua"
    NL "Pays-Bas" "Netherlands"
    NO "Norvège" "Norway"
    NP "Népal" "Nepal"
    NR "Nauru" "Nauru"
    NU "Niue" "Niue"
    NZ "Nouvelle-Zélande" "New Zealand"
    OM "Oman" "Oman"
    PA "Panama" "Panama"
    PE "Pérou" "Peru"
    PF "Polynésie française" "French Polynesia"
    PG "Papouasie-Nouvelle-Guinée" "Papua New Guinea"
    PH "Philippines" "Philippines"
    PK "Pakistan" "Pakistan"
    PL "Pologne" "Poland"
    PM "Saint-Pierre-et-Miquelon" "Saint Pierre and Miquelon"
    PN "Îles Pitcairn" "Pitcairn Islands"
    PR "Porto Rico" "Puerto Rico"
    PS "Palestine" "Palestine"
    PT "Portugal" "Portugal"
    PW "Palaos" "Palau"
    PY "Paraguay" "Paraguay"
    QA "Qatar" "Qatar"
    RE "La Réunion" "Réunion"
    RO "Roumanie" "Romania"
    RS "Serbie" "Serbia"
    RU "Russie" "Russia"
    RW "Rwanda" "Rwanda"
    SA "Arabie saoudite" "Saudi Arabia"
    SB "Îles Salomon" "Solomon Islands"
    SC "Seychelles" "Seychelles"
    SD "Soudan" "Sudan"
    SE "Suède" "Sweden"
    SG "Singapour" "Singapore"
    SH "Sainte-Hélène, Ascension et Tristan da Cunha" "Saint Helena, Ascension and Tristan da Cunha"
    SI "Slovénie" "Slovenia"
    SJ "Svalbard et Jan Mayen" "Svalbard and Jan Mayen"
    SK "Slovaquie" "Slovakia"
    SL "Sierra Leone" "Sierra Leone"
    SM "Saint-Marin" "San Marino"
    SN "Sénégal" "Senegal"
    SO "Somalie" "Somalia"
    SR "Suriname" "Suriname"
    SS "Soudan du Sud" "South Sudan"
    ST "Sao Tomé-et-Principe" "São Tomé and Príncipe"
    SV "Salvador" "El Salvador"
    SX "Saint-Martin (partie néerlandaise)" "Sint Maarten"
    SY "Syrie" "Syria"
    SZ "Eswatini" "Eswatini"
    TC "Îles Turques-et-Caïques" "Turks and Caicos Islands"
    TD "Tchad" "Chad"
    TF "Terres australes et antarctiques françaises" "French Southern and Antarctic Lands"
    TG "Togo" "Togo"
    TH "Thaïlande" "Thailand"
    TJ "Tadjikistan" "Tajikistan"
    TK "Tokelau" "Tokelau"
    TL "Timor oriental" "Timor-Leste"
    TM "Turkménistan" "Turkmenistan"
    TN "Tunisie" "Tunisia"
    TO "Tonga" "Tonga"
    TR "Turquie" "Türkiye"
    TT "Trinité-et-Tobago" "Trinidad and Tobago"
    TV "Tuvalu" "Tuvalu"
    TW "Taïwan" "Taiwan"
    TZ "Tanzanie" "Tanzania"
    UA "Ukraine" "Ukraine"
    UG "Ouganda" "Uganda"
    UM "Îles mineures éloignées des États-Unis" "United States Minor Outlying Islands"
    US "États-Unis" "United States"
    UY "Uruguay" "Uruguay"
    UZ "Ouzbékistan" "Uzbekistan"
    VA "Vatican" "Vatican City"
    VC "Saint-Vincent-et-les Grenadines" "Saint Vincent and Grenadines"
    VE "Venezuela" "Venezuela"
    VG "Îles Vierges britanniques" "British Virgin Islands"
    VI "Îles Vierges des États-Unis" "U.S. Virgin Islands"
    VN "Viêt Nam" "Vietnam"
    VU "Vanuatu" "Vanuatu"
    WF "Wallis-et-Futuna" "Wallis and Futuna"
    WS "Samoa" "Samoa"
    YE "Yémen" "Yemen"
    YT "Mayotte" "Mayotte"
    ZA "Afrique du Sud" "South Africa"
    ZM "Zambie" "Zambia"
    ZW "Zimbabwe" "Zimbabwe"
}

/// The member states of the European Union, by code.
const UNION: [Country; 27] = {
    use Country::{
        AT, BE, BG, CY, CZ, DE, DK, EE, ES, FI, FR, GR, HR, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK,
    };
    [AT, BE, BG, CY, CZ, DE, DK, EE, ES, FI, FR, GR, HR, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK]
};

impl Country {
    /// The one that lists put first.
    pub const FRANCE: Self = Self::FR;

    /// All of them, by code.
    pub const fn all() -> &'static [Self] {
        Self::ALL
    }

    /// All of them as a list shows them: France, then the others by name.
    pub fn listed(language: Language) -> &'static [Self] {
        static FRENCH: LazyLock<Vec<Country>> = LazyLock::new(|| by_name(Language::French));
        static ENGLISH: LazyLock<Vec<Country>> = LazyLock::new(|| by_name(Language::English));
        match language {
            Language::French => &FRENCH,
            Language::English => &ENGLISH,
        }
    }

    /// The member states of the European Union, by code. The branch "European Union" of a registration offers those
    /// without France and with Northern Ireland: [`VatPrefix::offered`](crate::identity::number::vat::VatPrefix::offered).
    pub const fn eu() -> &'static [Self] {
        &UNION
    }

    /// Whether it is a member state of the European Union.
    pub fn is_eu(self) -> bool {
        UNION.contains(&self)
    }

    /// The country whose business register is kept for this one: the overseas departments and collectivities that have
    /// SIRETs belong to that of France; New Caledonia, French Polynesia, Wallis and Futuna do not.
    pub const fn register(self) -> Self {
        match self {
            Self::GP | Self::MQ | Self::GF | Self::RE | Self::YT | Self::PM | Self::BL | Self::MF => Self::FR,
            other => other,
        }
    }
}

fn by_name(language: Language) -> Vec<Country> {
    let mut all = Country::ALL.to_vec();
    all.sort_by_cached_key(|country| (*country != Country::FRANCE, collation_key(country.name(language))));
    all
}

/// What a name is sorted by: letters without their accents, in one case. Enough for French and English, whose names
/// here differ by a letter before they could differ by an accent.
pub(crate) fn collation_key(name: &str) -> String {
    let letters = name.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    letters.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect::<String>().to_lowercase()
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A code that is no country's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a country of ISO 3166-1, like FR or DE")]
pub struct UnknownCountry;

impl TryFrom<&str> for Country {
    type Error = UnknownCountry;
    fn try_from(code: &str) -> Result<Self, UnknownCountry> {
        let found = Self::ALL.binary_search_by(|country| country.as_str().cmp(code));
        found.ok().and_then(|place| Self::ALL.get(place)).copied().ok_or(UnknownCountry)
    }
}

impl TryFrom<String> for Country {
    type Error = UnknownCountry;
    fn try_from(code: String) -> Result<Self, UnknownCountry> {
        Self::try_from(code.as_str())
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn domain_4_a_country_is_read_by_its_code_and_named_in_both_languages() {
        assert_eq!(Country::all().len(), 249);
        assert!(Country::all().is_sorted_by_key(|country| country.as_str()), "looked up by halves");
        for country in Country::all() {
            assert_eq!(Country::try_from(country.as_str()), Ok(*country));
        }
        for code in ["", "F", "fr", "FRA", "EL", "XI", "UK", "EU", "XK", "ZZ", "É"] {
            assert_eq!(Country::try_from(code), Err(UnknownCountry), "{code}");
        }
        for language in Language::ALL {
            let names: BTreeSet<&str> = Country::all().iter().map(|country| country.name(language)).collect();
            assert_eq!(names.len(), 249, "no two of one name");
        }
        assert_eq!(Country::DE.name(Language::French), "Allemagne");
        assert_eq!(Country::DE.name(Language::English), "Germany");
        assert_eq!(serde_json::to_string(&Country::NC).unwrap(), "\"NC\"");
        assert_eq!(serde_json::from_str::<Country>("\"NC\"").unwrap(), Country::NC);
    }

    #[test]
    fn domain_4_lists_begin_with_france_and_go_by_the_alphabet_of_their_language() {
        for (language, first, together) in [
            (
                Language::French,
                ["France", "Afghanistan", "Afrique du Sud", "Albanie"],
                ["Égypte", "Émirats arabes unis", "Équateur", "Érythrée", "Espagne"],
            ),
            (
                Language::English,
                ["France", "Afghanistan", "Åland Islands", "Albania"],
                ["Ecuador", "Egypt", "El Salvador", "Equatorial Guinea", "Eritrea"],
            ),
        ] {
            let names: Vec<&str> = Country::listed(language).iter().map(|country| country.name(language)).collect();
            assert_eq!(names.len(), 249);
            assert_eq!(names[..4], first);
            assert!(names.windows(5).any(|window| window == together), "{names:?}");
        }
    }

    #[test]
    fn domain_4_the_union_has_twenty_seven_members() {
        let codes: Vec<&str> = Country::eu().iter().map(|country| country.as_str()).collect();
        let law = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE";
        assert_eq!(codes.iter().copied().collect::<BTreeSet<_>>(), law.split(' ').collect());
        assert_eq!(Country::all().iter().filter(|country| country.is_eu()).count(), 27);
        assert!(!Country::GB.is_eu() && !Country::CH.is_eu() && !Country::GP.is_eu());
    }

    #[test]
    fn domain_4_overseas_departments_are_in_the_register_of_france() {
        use Country::{BL, DE, FR, GF, GP, MC, MF, MQ, NC, PF, PM, RE, WF, YT};
        for country in [FR, GP, MQ, GF, RE, YT, PM, BL, MF] {
            assert_eq!(country.register(), FR, "{country}");
        }
        for country in [NC, PF, WF, MC, DE] {
            assert_eq!(country.register(), country);
        }
    }
}
