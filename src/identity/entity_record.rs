//! What registries tell of an organisation, and what tax administrations tell of a number for value added tax.
//!
//! A record proposes; the person who fills in a form has the last word (DOMAIN.md §2). What a registry masks, because the
//! owner objected to its being published, is absent here: nobody shows or keeps a mask, and nobody looks for what is
//! behind it elsewhere (DOMAIN.md §10).

use super::legal_category::LegalCategory;
use super::number::RegisteredNumber;
use super::number::siren::{Siren, Siret};
use super::number::vat::VatNumber;
use super::organisation::{EntityKind, Line, Registry};
use super::territory::{Country, Department};
use crate::clock::Timestamp;

/// One establishment as its registry tells it, with the legal unit that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRecord {
    /// Its number. Whoever asked by SIREN has that of the head office here.
    pub siret: Siret,
    /// Denomination of the legal unit; the name in use of a sole trader.
    pub legal_name: Option<Line>,
    /// What the establishment is known as.
    pub trade_name: Option<Line>,
    /// The short form of its name.
    pub acronym: Option<Line>,
    /// What it is by law.
    pub legal_category: Option<LegalCategory>,
    /// What that makes it, or what the registry says besides.
    pub kind: Option<EntityKind>,
    /// Where it is.
    pub address: RecordedAddress,
    /// The numbers for value added tax that the registry knows. None told is not none.
    pub vat_numbers: Vec<VatNumber>,
    /// Its number in the register of associations, if it is in that one too.
    pub rna: Option<RegisteredNumber>,
    /// Whether the establishment is open.
    pub establishment_active: bool,
    /// Whether the legal unit is.
    pub unit_active: bool,
    /// Whether all may be shown.
    pub disclosure: Disclosure,
    /// Who told it.
    pub source: Registry,
    /// When.
    pub fetched_at: Timestamp,
}

impl EntityRecord {
    /// The legal unit.
    pub fn siren(&self) -> Siren {
        self.siret.siren()
    }

    /// Whether establishment and legal unit are both open.
    pub const fn is_open(&self) -> bool {
        self.establishment_active && self.unit_active
    }

    /// The number for value added tax to propose, and whether a registry knows it.
    pub fn proposed_vat(&self) -> (VatNumber, VatOrigin) {
        match self.vat_numbers.first() {
            Some(told) => (told.clone(), VatOrigin::Told),
            None => (VatNumber::french(&self.siren()), VatOrigin::Computed),
        }
    }
}

/// Where a number for value added tax comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VatOrigin {
    /// From a registry.
    Told,
    /// From the SIREN: not every legal unit is registered for the tax.
    Computed,
}

/// Whether all that a registry knows of a unit may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// « Diffusible »
    Full,
    /// « Partiellement diffusible »: its owner objected.
    Partial,
}

/// An address as a registry has it, part by part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordedAddress {
    /// Building, floor: a line of its own.
    pub complement: Option<Line>,
    /// House number and street.
    pub street: Option<Line>,
    /// « BP 12 »: where mail lies.
    pub distribution: Option<Line>,
    /// Postal code of the town.
    pub postal_code: Option<Line>,
    /// The town.
    pub town: Option<Line>,
    /// What mail is addressed to, where that differs: kept apart from the town.
    pub cedex: Option<Cedex>,
    /// INSEE code of the commune.
    pub commune: Option<Line>,
    /// Where that is.
    pub department: Option<Department>,
    /// `None` when it is abroad and the name of the country is not one of ours.
    pub country: Option<Country>,
}

/// A special postal code for who receives much mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cedex {
    /// The code.
    pub code: Line,
    /// « LILLE CEDEX »
    pub town: Option<Line>,
}

/// A number for value added tax that its administration calls good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatRecord {
    /// The number.
    pub number: VatNumber,
    /// Whose it is; some administrations do not tell.
    pub name: Option<Line>,
    /// Where they are, on one line.
    pub address: Option<Line>,
    /// The number under which the check is on record, for who gave their own number: the proof that it was made.
    pub consultation: Option<String>,
    /// Who told it.
    pub source: Registry,
    /// When.
    pub checked_at: Timestamp,
}
