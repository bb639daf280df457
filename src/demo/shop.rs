//! One realm of the demonstration, and the order portal that trusts it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use super::certificates::Certificates;
use super::{free_port, portal};
use crate::clock::Clock;
use crate::config::Settings;
use crate::entropy::{self, Entropy};
use crate::identity::language::Localized;
use crate::realm::document::Bundle;
use crate::realm::preset::{PORTAL, Preset};
use crate::secret::Secret;
use crate::server::Listener;

/// The realm that takes certificates.
pub(super) const WITH_CERTIFICATES: Preset = Preset::ChamberSign;

/// One realm, and its portal.
pub(super) struct Shop {
    pub(super) preset: Preset,
    port: u16,
    secret: Secret<String>,
}

impl Shop {
    pub(super) fn new(preset: Preset, entropy: &dyn Entropy) -> anyhow::Result<Self> {
        Ok(Self { preset, port: free_port()?, secret: entropy::token(entropy) })
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn issuer(&self, settings: &Settings) -> String {
        format!("{}/realms/{}", settings.origin(), self.preset.name())
    }

    /// The realm with this portal. Its RSA keys have 2048 bits: it is made anew at each start.
    pub(super) fn bundle(&self, certificates: &Certificates) -> anyhow::Result<Bundle> {
        let mut bundle = self.preset.bundle(&format!("demo/{}", self.preset.name()));
        let (portal, home) = (self.url(), format!("{}/", self.url()));
        let client = self.preset.portal_client(&format!("{portal}/callback"), &home, &home, &self.secret.hash());
        bundle.files.insert(PORTAL.to_owned(), client);
        if let Some(realm) = bundle.files.get_mut("realm.toml") {
            *realm = realm.replace("rsa_bits = 3072", "rsa_bits = 2048");
        }
        if self.preset == WITH_CERTIFICATES {
            take_certificates(&mut bundle, certificates)?;
        }
        Ok(bundle)
    }

    pub(super) fn open(
        &self,
        house: &Settings,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> anyhow::Result<Listener> {
        let (fr, en, offer) = match self.preset {
            Preset::Certigna => ("Espace client", "Customer area", portal::Offer::Organisations),
            Preset::Certinomis => ("Portail de commande", "Order portal", portal::Offer::Overview),
            Preset::ChamberSign => ("Espace Client & Partenaires", "Customer and partner area", portal::Offer::Orders),
        };
        let name = Localized { fr: fr.to_owned(), en: en.to_owned() };
        let router = portal::router(portal::Settings {
            issuer: self.issuer(house),
            client_id: "portal".to_owned(),
            client_secret: self.secret.clone(),
            base_url: self.url(),
            name,
            offer,
            clock,
            entropy,
        })?;
        Listener::open((Ipv4Addr::LOCALHOST, self.port).into(), router, &house.limits)
    }
}

/// As an operator does it: the table that the file has as a remark, the authority, and whom it revoked.
fn take_certificates(bundle: &mut Bundle, certificates: &Certificates) -> anyhow::Result<()> {
    if let Some(realm) = bundle.files.get_mut("realm.toml") {
        *realm = realm.replace("\n# [certificates]\n", "\n[certificates]\n");
    }
    bundle.files.insert("trust-anchors/people/demo.pem".to_owned(), certificates.authority()?);
    bundle.files.insert("revocation-lists/demo.pem".to_owned(), certificates.revocation_list()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::entropy::SeededEntropy;
    use crate::realm::check::{NoThemes, check};

    #[test]
    fn one_realm_takes_certificates_of_the_demonstration_and_the_other_none() {
        let (folder, entropy) = (tempfile::tempdir().unwrap(), SeededEntropy::new(1));
        let made = Certificates::kept_in(folder.path(), Timestamp::from_seconds(1_772_543_520), &entropy).unwrap();
        for preset in Preset::ALL {
            let bundle = Shop::new(*preset, &entropy).unwrap().bundle(&made).unwrap();
            let realm = check(&bundle, &NoThemes).into_result().unwrap();
            let taken = realm.certificates.map(|taken| (taken.policy.issuers(), taken.lists.len()));
            let issuers = vec!["Guichet Démonstration Personnes".to_owned()];
            assert_eq!(taken, (*preset == WITH_CERTIFICATES).then_some((issuers, 1)), "{preset:?}");
        }
    }
}
