//! Who is asked about organisations: at which addresses, with which key, or nobody outside (DOMAIN.md §2, §3).

use url::Url;

use super::check::{Check, Checked, is_loopback};
use super::said::{self, FixedRegistry};
use super::secrets;
use crate::code::Code;
use crate::identity::number::vat::{Reading, VatNumber, VatPrefix};
use crate::registries::{FixedMode, PublicRegistries, RegistrySettings};

pub(super) fn check(check: &mut Check<'_>, said: said::Registries) -> Checked<RegistrySettings> {
    let insee = address(check, "registries.insee_url", &said.insee_url);
    let dinum = address(check, "registries.dinum_url", &said.dinum_url);
    let vies = address(check, "registries.vies_url", &said.vies_url);
    let key = secrets::one(check, "registries.insee_key", said.insee_key, said.insee_key_file);
    let requester = said.vies_requester.map(|text| own_number(check, &text)).transpose();
    let (insee, dinum, vies, key, requester) = (insee?, dinum?, vies?, key?, requester?);
    if let Some(mode) = mode(said.fixed) {
        return Ok(RegistrySettings::Fixed(mode));
    }
    if key.as_ref().is_some_and(|key| !key.expose().bytes().all(|byte| byte.is_ascii_graphic())) {
        let hint = "copy it from the page of your subscription, without spaces around it";
        return check.refuse(Code::E0627, "registries.insee_key", "the key holds characters that no key has", hint);
    }
    let insee = key.map(|key| (insee, key));
    Ok(RegistrySettings::Public(Box::new(PublicRegistries { insee, dinum, vies, requester })))
}

/// Where a registry is, as far as a path; what is asked comes behind it.
fn address(check: &mut Check<'_>, key: &str, text: &str) -> Checked<Url> {
    let what = match Url::parse(text) {
        Err(_) => format!("`{key}` is not an address"),
        Ok(url) if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url.host())) => {
            format!("`{key}` must use https")
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => format!("`{key}` has a user name in it"),
        Ok(url) if url.query().is_some() || url.fragment().is_some() => format!("`{key}` ends in more than a path"),
        Ok(url) => return Ok(url),
    };
    let hint = "leave the line out for the public address; http is allowed on this machine only";
    check.refuse(Code::E0627, key, &what, hint)
}

/// The number under which checks are put on record.
fn own_number(check: &mut Check<'_>, text: &str) -> Checked<VatNumber> {
    let prefix = text.get(..2).and_then(|letters| letters.parse::<VatPrefix>().ok());
    let prefix = prefix.filter(|prefix| prefix.is_in_vies());
    if let Some(Ok(Reading::Sound(number))) = prefix.map(|prefix| VatNumber::read(prefix, text)) {
        return Ok(number);
    }
    let what = "`registries.vies_requester` is no number for value added tax of the Union";
    let hint = "write it with its prefix, such as \"FR83404833048\"";
    check.refuse(Code::E0627, "registries.vies_requester", what, hint)
}

const fn mode(said: FixedRegistry) -> Option<FixedMode> {
    match said {
        FixedRegistry::Off => None,
        FixedRegistry::Ok => Some(FixedMode::Answers),
        FixedRegistry::Unavailable => Some(FixedMode::Unavailable),
        FixedRegistry::RateLimited => Some(FixedMode::RateLimited),
        FixedRegistry::Hang => Some(FixedMode::Hangs),
    }
}
