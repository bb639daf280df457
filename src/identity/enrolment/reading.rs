//! What was typed about an organisation, read: the organisation, or everything that is to be mended, field by field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::question::Way;
use super::{Enrolment, Entry, Verdict};
use crate::identity::number::siren::{Siren, Siret};
use crate::identity::number::vat::{Reading, VatNumber, VatPrefix};
use crate::identity::number::{RegisteredNumber, Scheme, WrongNumber};
use crate::identity::organisation::{
    Details, EntityAddress, EntityField, EntityKind, Line, NotALine, Registry, VatStatus,
};
use crate::identity::territory::{Country, Department, PhoneNumber, Postcode, WrongPostcode};

/// An organisation whose page is complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// What it is registered as.
    pub number: RegisteredNumber,
    /// What is known of it.
    pub details: Details,
    /// Where its administrator is called, once that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_phone: Option<PhoneNumber>,
}

/// What is wrong with what was typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was typed or chosen.
    Empty,
    /// More than is kept.
    TooLong,
    /// Characters that nobody sees, or no letter at all.
    Unreadable,
    /// Not a word of the list.
    NotListed,
    /// Not a number of that register.
    Number(WrongNumber),
    /// A SIRET or a SIREN, where the organisation is said to have none.
    HasSiret,
    /// No telephone number.
    Phone,
    /// A French postal code has five digits.
    FiveDigits,
    /// No postal code.
    Postcode,
}

impl From<NotALine> for Wrong {
    fn from(wrong: NotALine) -> Self {
        match wrong {
            NotALine::Empty => Self::Empty,
            NotALine::TooLong => Self::TooLong,
            NotALine::NotText => Self::Unreadable,
        }
    }
}

impl From<WrongNumber> for Wrong {
    fn from(wrong: WrongNumber) -> Self {
        if wrong == WrongNumber::Empty { Self::Empty } else { Self::Number(wrong) }
    }
}

impl From<WrongPostcode> for Wrong {
    fn from(wrong: WrongPostcode) -> Self {
        match wrong {
            WrongPostcode::Empty => Self::Empty,
            WrongPostcode::FiveDigits => Self::FiveDigits,
            WrongPostcode::Format => Self::Postcode,
        }
    }
}

/// The country and the tax administration that a choice of the list names: Northern Ireland has one of its own.
fn place(way: Way, chosen: &str) -> Result<(Country, VatPrefix), Wrong> {
    if chosen.is_empty() {
        return Err(Wrong::Empty);
    }
    if way == Way::EuropeanVat {
        let prefix = chosen.parse::<VatPrefix>().ok().filter(|prefix| is_offered(*prefix)).ok_or(Wrong::NotListed)?;
        return Ok((prefix.country(), prefix));
    }
    let country = Country::try_from(chosen).ok().filter(|country| way.offers(*country)).ok_or(Wrong::NotListed)?;
    Ok((country, VatPrefix::of(country)))
}

/// Whether the branch "European Union" takes numbers of that administration: France has a branch of its own.
fn is_offered(prefix: VatPrefix) -> bool {
    prefix.is_in_vies() && prefix.country() != Country::FRANCE
}

impl Way {
    /// Whether the list of countries that goes with it has this one.
    pub fn offers(self, country: Country) -> bool {
        match self {
            Self::Siret | Self::WithoutSiret => country.register() == Country::FRANCE,
            Self::EuropeanVat => is_offered(VatPrefix::Of(country)),
            Self::ForeignVat | Self::ForeignNumber => !country.is_eu() && country.register() != Country::FRANCE,
        }
    }
}

impl Enrolment {
    /// Reads all fields of the organisation's page, or says what is wrong with each, in the order of the page.
    pub fn read(&self, way: Way, fax: bool) -> Result<Enrolled, Vec<(Entry, Wrong)>> {
        let mut wrong = Vec::new();
        let place = checked(&mut wrong, Entry::Country, place(way, self.typed(Entry::Country)));
        let number = place.and_then(|place| checked(&mut wrong, Entry::Number, self.number(way, place)));
        if place.is_none() && self.typed(Entry::Number).is_empty() {
            wrong.push((Entry::Number, Wrong::Empty));
        }
        let country = place.map_or(Country::FRANCE, |(country, _)| country);
        let kind = checked(&mut wrong, Entry::Kind, self.kind());
        let legal_name = checked(&mut wrong, Entry::Name, self.line(Entry::Name));
        let vat = match way {
            Way::Siret => checked(&mut wrong, Entry::VatNumber, self.french_vat()),
            _ => Some(None),
        };
        let phone = checked(&mut wrong, Entry::Phone, self.phone(Entry::Phone, country));
        let address = self.address(&mut wrong, (way, country));
        let fax = if fax { self.optional_phone(&mut wrong, Entry::Fax, country) } else { None };
        let read = (|| Some((number?, kind?, legal_name?, vat?, phone?, address?)))();
        let Some((number, kind, legal_name, vat, phone, address)) = read.filter(|_| wrong.is_empty()) else {
            wrong.sort_by_key(|(entry, _)| *entry);
            return Err(wrong);
        };
        let vat = vat.or_else(|| number.vat());
        let answer = self.current().filter(|answer| number.value() == answer.siret().as_str());
        let judged = vat.as_ref().and_then(|vat| self.judged(vat.as_str()));
        let by_registry = answer.and_then(|answer| Some((answer.registry?, answer.at)));
        // A tax administration that does not know the number tells nothing of its organisation.
        let good = judged.filter(|judged| judged.status == VatStatus::Valid && number.scheme() == Scheme::Vat);
        let by_vies = good.map(|good| (good.check.registry, good.check.at));
        let told = by_registry.or(by_vies);
        let details = Details {
            legal_name,
            trade_name: answer.and_then(|answer| answer.trade_name.clone()),
            kind,
            address,
            phone: Some(phone),
            fax,
            vat_status: match judged {
                Some(judged) => judged.status,
                None if vat.is_some() && self.computed_vat() => VatStatus::Computed,
                None => VatStatus::Pending,
            },
            vat_check: judged.map(|judged| judged.check.clone()),
            vat_number: vat,
            rna: answer.and_then(|answer| answer.rna.clone()),
            registry: told.map(|(registry, _)| registry),
            checked_at: told.map(|(_, at)| at),
            closed: answer.is_some_and(|answer| answer.verdict == Verdict::Closed),
            sources: self.sources(way),
        };
        Ok(Enrolled { number, details, direct_phone: None })
    }

    /// The number that the tax administrations are to be asked about, when they can be: it may have a wrong check digit.
    pub fn vat_to_check(&self, way: Way) -> Option<VatNumber> {
        let (_, prefix) = place(way, self.typed(Entry::Country)).ok().filter(|_| way == Way::EuropeanVat)?;
        match VatNumber::read(prefix, self.typed(Entry::Number)).ok()? {
            Reading::Sound(number) | Reading::Doubtful(number) => Some(number),
        }
    }

    /// A telephone number, with a country for those that are written without one.
    pub fn phone(&self, entry: Entry, country: Country) -> Result<PhoneNumber, Wrong> {
        match self.typed(entry).trim() {
            "" => Err(Wrong::Empty),
            typed => PhoneNumber::parse(typed, country).map_err(|_| Wrong::Phone),
        }
    }

    fn number(&self, way: Way, (country, prefix): (Country, VatPrefix)) -> Result<RegisteredNumber, Wrong> {
        let typed = self.typed(Entry::Number);
        let scheme = match way {
            Way::Siret => Scheme::Siret,
            Way::WithoutSiret => return without_siret(country, typed),
            Way::EuropeanVat | Way::ForeignVat => return self.vat(prefix, typed).map(Into::into),
            Way::ForeignNumber if country == Country::NC => Scheme::Ridet,
            Way::ForeignNumber if country == Country::PF => Scheme::Tahiti,
            Way::ForeignNumber => Scheme::Other,
        };
        Ok(RegisteredNumber::parse(scheme, country, typed)?)
    }

    /// A number for value added tax; VIES overrules its check digit (DOMAIN.md §3).
    fn vat(&self, prefix: VatPrefix, typed: &str) -> Result<VatNumber, Wrong> {
        match VatNumber::read(prefix, typed)? {
            Reading::Sound(number) => Ok(number),
            Reading::Doubtful(number) if self.vat_status(number.as_str()) == Some(VatStatus::Valid) => Ok(number),
            Reading::Doubtful(_) => Err(Wrong::Number(WrongNumber::TypingError)),
        }
    }

    /// The one beside a SIRET: it may be left out.
    fn french_vat(&self) -> Result<Option<VatNumber>, Wrong> {
        match self.typed(Entry::VatNumber).trim() {
            "" => Ok(None),
            typed => Ok(Some(VatNumber::parse(Country::FRANCE, typed)?)),
        }
    }

    fn kind(&self) -> Result<EntityKind, Wrong> {
        match self.typed(Entry::Kind) {
            "" => Err(Wrong::Empty),
            word => word.parse().map_err(|_| Wrong::NotListed),
        }
    }

    fn line(&self, entry: Entry) -> Result<Line, Wrong> {
        Ok(Line::parse(self.typed(entry))?)
    }

    fn optional_line(&self, wrong: &mut Vec<(Entry, Wrong)>, entry: Entry) -> Option<Line> {
        if self.typed(entry).trim().is_empty() { None } else { checked(wrong, entry, self.line(entry)) }
    }

    fn optional_phone(&self, wrong: &mut Vec<(Entry, Wrong)>, entry: Entry, country: Country) -> Option<PhoneNumber> {
        if self.typed(entry).trim().is_empty() { None } else { checked(wrong, entry, self.phone(entry, country)) }
    }

    fn address(&self, wrong: &mut Vec<(Entry, Wrong)>, (way, country): (Way, Country)) -> Option<EntityAddress> {
        let street = checked(wrong, Entry::Street, self.line(Entry::Street));
        let complement = self.optional_line(wrong, Entry::Complement);
        let postcode = match Postcode::parse(self.typed(Entry::PostalCode), country) {
            // Not every country has them.
            Err(WrongPostcode::Empty) if !way.is_french() => Some(None),
            read => checked(wrong, Entry::PostalCode, read.map(Some).map_err(Wrong::from)),
        };
        let town = checked(wrong, Entry::Town, self.line(Entry::Town));
        let department =
            if way.is_french() { checked(wrong, Entry::Department, self.department()).map(Some) } else { Some(None) };
        let postal_code = postcode?.map(|code| Line::parse(code.as_str())).transpose().ok()?;
        Some(EntityAddress { street: street?, complement, postal_code, town: town?, department: department?, country })
    }

    fn department(&self) -> Result<Department, Wrong> {
        match self.typed(Entry::Department) {
            "" => Err(Wrong::Empty),
            code => Department::try_from(code).map_err(|_| Wrong::NotListed),
        }
    }

    /// Which fields still hold what a registry filled in.
    fn sources(&self, way: Way) -> BTreeMap<EntityField, Registry> {
        let registry = self.current().filter(|_| way == Way::Siret).and_then(|answer| answer.registry);
        let Some(registry) = registry else { return BTreeMap::new() };
        let of_entry = [
            (Entry::Kind, EntityField::Kind),
            (Entry::Name, EntityField::LegalName),
            (Entry::Street, EntityField::Street),
            (Entry::Complement, EntityField::Complement),
            (Entry::PostalCode, EntityField::PostalCode),
            (Entry::Town, EntityField::Town),
            (Entry::Department, EntityField::Department),
        ];
        let mut told: BTreeMap<_, _> = of_entry
            .into_iter()
            .filter(|(entry, _)| self.is_filled(*entry))
            .map(|(_, field)| (field, registry))
            .collect();
        if self.is_filled(Entry::VatNumber) && !self.computed_vat() {
            told.insert(EntityField::VatNumber, registry);
        }
        if self.current().is_some_and(|answer| answer.trade_name.is_some()) {
            told.insert(EntityField::TradeName, registry);
        }
        if self.current().is_some_and(|answer| answer.rna.is_some()) {
            told.insert(EntityField::Rna, registry);
        }
        told
    }
}

/// What was read of a field; what is wrong with it is noted.
fn checked<T>(wrong: &mut Vec<(Entry, Wrong)>, entry: Entry, read: Result<T, Wrong>) -> Option<T> {
    read.map_err(|fault| wrong.push((entry, fault))).ok()
}

/// The number of a French organisation without a SIRET: RNA of an association, or what its register gave it. One that has
/// a SIRET would escape the rule of one account for each.
fn without_siret(country: Country, typed: &str) -> Result<RegisteredNumber, Wrong> {
    if Siret::parse(typed).is_ok() || Siren::parse(typed).is_ok() {
        return Err(Wrong::HasSiret);
    }
    let scheme = if typed.trim().starts_with(['W', 'w', 'Ｗ']) { Scheme::Rna } else { Scheme::Other };
    Ok(RegisteredNumber::parse(scheme, country, typed)?)
}
