//! `sector_identifier_uri` (OpenID Connect Core §8.1, Registration §5): the list that makes several hosts one sector.
//!
//! SR-170: whether the list cannot be reached, is no list, or lacks an address is told with one sentence.

use crate::keys::strict_json;
use crate::oauth::caller::Caller;
use crate::oauth::fault::Fault;
use crate::outbound::{Purpose, Wanted};
use crate::protocol::client::Client;
use crate::protocol::error::Error;
use crate::realm::registration::request::Asked;

/// Fetches the list, when one is named, and looks for every redirect address in it. No transaction is open meanwhile.
pub(super) async fn check(caller: &Caller, asked: &Asked<'_>, client: &Client) -> Result<(), Fault> {
    let Some(address) = asked.said("sector_identifier_uri") else { return Ok(()) };
    // Who has no name yet is known by where they are: new names bring no new share of our requests.
    let requester = format!("registration {}", caller.arrival.source.network());
    let (purpose, now) = (Purpose::SectorIdentifiers, caller.arrival.now);
    let wanted = Wanted { client: &requester, purpose, address, now };
    // Anew: a client that has just corrected its list registers once more.
    let list = caller.app.documents.refetch(wanted).await.ok();
    let list: Option<Vec<String>> = list.and_then(|document| strict_json::read(document.bytes()));
    if list.is_some_and(|list| lists_all(&list, &client.redirect_uris)) {
        Ok(())
    } else {
        let why = "the list of the sector cannot be read, or lacks a redirect address";
        Err(Fault::Client(Error::invalid_client_metadata(why)))
    }
}

/// "The values of the registered redirect_uris MUST be included in the elements of the array".
fn lists_all(list: &[String], redirect_uris: &[String]) -> bool {
    redirect_uris.iter().all(|uri| list.contains(uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_161_a_sector_names_each_redirect_address_as_text() {
        let list = ["https://a.example/cb", "https://b.example/cb"].map(str::to_owned);
        for (redirect_uris, verdict) in [
            (["https://a.example/cb"].as_slice(), true),
            (&["https://b.example/cb", "https://a.example/cb"], true),
            (&["https://a.example/cb/"], false),
            (&["https://A.example/cb"], false),
            (&["https://a.example/cb", "https://c.example/cb"], false),
        ] {
            let redirect_uris: Vec<_> = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
            assert_eq!(lists_all(&list, &redirect_uris), verdict, "{redirect_uris:?}");
        }
    }
}
