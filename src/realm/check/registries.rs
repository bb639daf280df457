//! Whom a realm asks about the numbers of organisations, judged.

use super::Judge;
use super::client::value;
use crate::code::Code;
use crate::identity::organisation::Registry;
use crate::realm::document::registries::RegistriesDocument;
use crate::realm::model::RegistryPolicy;

impl Judge<'_> {
    pub(super) fn registries(&mut self, document: Option<&RegistriesDocument>) -> RegistryPolicy {
        let (Some(document), default) = (document, RegistryPolicy::default()) else { return RegistryPolicy::default() };
        let policy = RegistryPolicy {
            order: self.order(document).unwrap_or(default.order),
            refuse_closed: value(document.refuse_closed.as_ref()).unwrap_or(default.refuse_closed),
            check_vat: value(document.check_vat.as_ref()).unwrap_or(default.check_vat),
            vat_must_be_valid: value(document.vat_must_be_valid.as_ref()).unwrap_or(default.vat_must_be_valid),
        };
        if let Some(written) = document.vat_must_be_valid.as_ref().filter(|must| *must.get() && !policy.check_vat) {
            let finding = self.refuse(Code::E0159, written, "a number must be valid, and nobody is asked about it");
            finding.hint = Some("write check_vat = true, or remove the line".to_owned());
        }
        policy
    }

    /// Each is asked once: a second time it would say the same.
    fn order(&mut self, document: &RegistriesDocument) -> Option<Vec<Registry>> {
        let mut order = Vec::new();
        for written in document.order.as_ref()?.get() {
            let registry = written.get().registry();
            if order.contains(&registry) {
                self.refuse(Code::E0159, written, "a registry is named twice").hint = Some("name it once".to_owned());
            } else {
                order.push(registry);
            }
        }
        Some(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realm::check::{NoThemes, check};
    use crate::realm::preset::Preset;

    fn judged(table: &str) -> Result<RegistryPolicy, Vec<Code>> {
        let mut bundle = Preset::Certinomis.bundle("certinomis");
        let realm = bundle.files.get_mut("realm.toml").unwrap();
        *realm = realm.replace("[sessions]\n", &format!("{table}\n[sessions]\n"));
        let realm = check(&bundle, &NoThemes).into_result();
        realm.map(|realm| realm.registries).map_err(|findings| findings.list.iter().map(|it| it.code).collect())
    }

    #[test]
    fn whom_a_realm_asks_is_as_written_and_goes_together() {
        let (insee, dinum) = (Registry::Insee, Registry::Dinum);
        for (table, order) in [
            ("", vec![insee, dinum]),
            ("[registries]", vec![insee, dinum]),
            ("[registries]\norder = [\"dinum\"]", vec![dinum]),
            ("[registries]\norder = [\"dinum\", \"insee\"]\nvat_must_be_valid = true", vec![dinum, insee]),
            ("[registries]\norder = []\nrefuse_closed = true\ncheck_vat = false", vec![]),
        ] {
            assert_eq!(judged(table).unwrap().order, order, "{table}");
        }
        let strict = judged("[registries]\nrefuse_closed = true\nvat_must_be_valid = true").unwrap();
        assert!(strict.refuse_closed && strict.check_vat && strict.vat_must_be_valid);
        for (table, code) in [
            ("[registries]\norder = [\"insee\", \"insee\"]", Code::E0159),
            ("[registries]\norder = [\"fixed\"]", Code::E0108),
            ("[registries]\norder = [\"vies\"]", Code::E0108),
            ("[registries]\ncheck_vat = false\nvat_must_be_valid = true", Code::E0159),
        ] {
            assert!(judged(table).unwrap_err().contains(&code), "{table}");
        }
    }
}
