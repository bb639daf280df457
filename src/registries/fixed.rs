//! The built-in registry: a table of organisations that nobody has, with right check digits (DOMAIN.md §2).
//!
//! It stands in for all others in tests, in the demonstration and where nothing may be contacted; a switch makes it fail
//! as they do. It knows an open company, an administration, an association, a closed company, a sole trader who objected
//! to publication, and some numbers for value added tax; everybody else is unknown to it.

use super::lookup::{FrenchNumber, Lookup};
use super::told::{self, Told};
use super::trouble::Trouble;
use crate::clock::{Duration, Timestamp};
use crate::identity::entity_record::{Cedex, Disclosure, EntityRecord, RecordedAddress, VatRecord};
use crate::identity::legal_category::LegalCategory;
use crate::identity::number::siren::Siret;
use crate::identity::number::vat::VatNumber;
use crate::identity::organisation::Registry;
use crate::identity::territory::{Country, Department};

/// How it behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FixedMode {
    /// It answers.
    #[default]
    Answers,
    /// It is out of order.
    Unavailable,
    /// Too many ask.
    RateLimited,
    /// It takes the question and never answers.
    Hangs,
}

/// How long it wants to be left alone when too many ask.
const REST: Duration = Duration::from_secs(30);

impl FixedMode {
    async fn is_well(self) -> Result<(), Trouble> {
        match self {
            Self::Answers => Ok(()),
            Self::Unavailable => Err(Trouble::Unavailable),
            Self::RateLimited => Err(Trouble::RateLimited(REST)),
            Self::Hangs => std::future::pending().await,
        }
    }
}

/// The organisations.
pub(super) struct FixedEntities(pub(super) FixedMode);

impl Lookup for FixedEntities {
    type Number = FrenchNumber;
    type Record = EntityRecord;

    const REGISTRY: Registry = Registry::Fixed;

    async fn look_up(&self, number: &FrenchNumber, now: Timestamp) -> Result<EntityRecord, Trouble> {
        self.0.is_well().await?;
        let entities = ENTITIES.iter().filter_map(|entity| Some((Siret::parse(entity.siret).ok()?, entity)));
        let mut found = entities.filter(|(siret, _)| number.is_answered_by(siret));
        found.next().map(|(siret, entity)| entity.record(siret, now)).ok_or(Trouble::NotFound)
    }
}

/// Their numbers for value added tax, and some of other countries.
pub(super) struct FixedVat(pub(super) FixedMode);

impl Lookup for FixedVat {
    type Number = VatNumber;
    type Record = VatRecord;

    const REGISTRY: Registry = Registry::Fixed;

    async fn look_up(&self, number: &VatNumber, now: Timestamp) -> Result<VatRecord, Trouble> {
        self.0.is_well().await?;
        let taxed =
            TAXED.iter().find(|(taxed, ..)| *taxed == number.as_str()).map(|(_, name, address)| (*name, *address));
        let (name, address) = taxed.or_else(|| own(number)).ok_or(Trouble::NotFound)?;
        Ok(VatRecord {
            number: number.clone(),
            name: Told::of(name).line(),
            address: Told::of(address).line(),
            consultation: None,
            source: Registry::Fixed,
            checked_at: now,
        })
    }
}

/// The organisations of the table are registered for the tax under their SIREN. Those begin with zeros, so that nobody has
/// them, and their numbers look like Monaco's: they are found by what follows from each SIREN.
fn own(number: &VatNumber) -> Option<(&'static str, &'static str)> {
    let follows =
        |entity: &&Entity| Siret::parse(entity.siret).is_ok_and(|siret| VatNumber::french(&siret.siren()) == *number);
    ENTITIES.iter().find(follows).map(|entity| (entity.name, ""))
}

struct Entity {
    siret: &'static str,
    name: &'static str,
    sign: &'static str,
    acronym: &'static str,
    category: &'static str,
    rna: &'static str,
    complement: &'static str,
    street: &'static str,
    postal_code: &'static str,
    town: &'static str,
    cedex: Option<(&'static str, &'static str)>,
    commune: &'static str,
    open: bool,
    disclosure: Disclosure,
}

/// What an entry has that says nothing.
const PLAIN: Entity = Entity {
    siret: "",
    name: "",
    sign: "",
    acronym: "",
    category: "",
    rna: "",
    complement: "",
    street: "",
    postal_code: "",
    town: "",
    cedex: None,
    commune: "",
    open: true,
    disclosure: Disclosure::Full,
};

const ENTITIES: &[Entity] = &[
    Entity {
        siret: "00000101600013",
        name: "FILATURE DES DEUX MONTS",
        sign: "AU FIL DES MONTS",
        acronym: "FDM",
        category: "5710",
        complement: "BATIMENT B",
        street: "12 B RUE DES CANONNIERS",
        postal_code: "59000",
        town: "LILLE",
        commune: "59350",
        ..PLAIN
    },
    Entity {
        siret: "00000102400017",
        name: "SYNDICAT MIXTE DES CANAUX DE LA LYS",
        acronym: "SMCL",
        category: "7354",
        street: "3 PLACE DE LA REPUBLIQUE",
        postal_code: "59280",
        town: "ARMENTIERES",
        cedex: Some(("59427", "ARMENTIERES CEDEX")),
        commune: "59017",
        ..PLAIN
    },
    Entity {
        siret: "00000103200010",
        name: "LES AMIS DU CARILLON",
        category: "9220",
        rna: "W595000103",
        complement: "MAISON DES ASSOCIATIONS",
        street: "24 PLACE DE LA LIBERTE",
        postal_code: "59100",
        town: "ROUBAIX",
        commune: "59512",
        ..PLAIN
    },
    Entity {
        siret: "00000104000013",
        name: "BRASSERIE DE LA MARQUE",
        category: "5499",
        street: "7 RUE DE TOURNAI",
        postal_code: "59200",
        town: "TOURCOING",
        commune: "59599",
        open: false,
        ..PLAIN
    },
    Entity {
        siret: "00000105700017",
        category: "1000",
        town: "DUNKERQUE",
        commune: "59183",
        disclosure: Disclosure::Partial,
        ..PLAIN
    },
];

/// Number, name, address. Germany and Spain tell neither name nor address.
const TAXED: &[(&str, &str, &str)] = &[
    ("ATU13585627", "MUSTERWERK GMBH", "AM BEISPIEL 1 AT-1010 WIEN"),
    ("BE0428759497", "NV VOORBEELD", "VOORBEELDSTRAAT 1 9000 GENT"),
    ("DE136695976", "", ""),
    ("EL094259216", "PARADEIGMA AE", "ODOS PARADEIGMATOS 1 10431 ATHINA"),
    ("ESB58378431", "", ""),
    ("FR83404833048", "EXEMPLE ET FILS", "1 RUE DE L EXEMPLE 75001 PARIS"),
    ("IE6433435OA", "SAMPLE LIMITED", "1 SAMPLE STREET DUBLIN 2"),
    ("IT00743110157", "ESEMPIO SPA", "VIA ESEMPIO 1 20121 MILANO MI"),
    ("LU15027442", "BEISPILL SARL", "1 RUE DE L EXEMPLE L-1111 LUXEMBOURG"),
    ("NL004495445B01", "VOORBEELD BV", "VOORBEELDWEG 1 1011AA AMSTERDAM"),
    ("PL8567346215", "PRZYKLAD SP Z O O", "UL PRZYKLADOWA 1 00-001 WARSZAWA"),
    ("XI980780684", "SAMPLE NORTH LTD", "1 SAMPLE ROAD BELFAST BT1 1AA"),
];

impl Entity {
    fn record(&self, siret: Siret, now: Timestamp) -> EntityRecord {
        let [name, sign, acronym, complement, street] =
            [self.name, self.sign, self.acronym, self.complement, self.street].map(|text| Told::of(text).line());
        let [postal_code, town, commune] =
            [self.postal_code, self.town, self.commune].map(|text| Told::of(text).line());
        let cedex = self.cedex.and_then(|(code, town)| Some((Told::of(code).line()?, Told::of(town).line())));
        let legal_category = LegalCategory::parse(self.category);
        EntityRecord {
            siret,
            legal_name: name,
            trade_name: sign,
            acronym,
            legal_category,
            kind: legal_category.map(LegalCategory::kind),
            address: RecordedAddress {
                complement,
                street,
                distribution: None,
                postal_code,
                town,
                cedex: cedex.map(|(code, town)| Cedex { code, town }),
                commune,
                department: Department::of_commune(self.commune),
                country: Some(Country::FRANCE),
            },
            vat_numbers: Vec::new(),
            rna: told::rna(&Told::of(self.rna)),
            establishment_active: self.open,
            unit_active: self.open,
            disclosure: self.disclosure,
            source: Registry::Fixed,
            fetched_at: now,
        }
    }
}
