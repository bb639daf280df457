//! The claim `certificate` (DOMAIN.md §5): the certificate that somebody signed in with, as an application may want to
//! match it with what it knows: an order, a signature, a request that was made over TLS.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::token::NumericDate;
use crate::proofs::certificate::Particulars;

/// What is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct HeldCertificate {
    /// SHA-256 of its DER, as a token would be bound to it (RFC 8705 §3.1).
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
    /// The issuer's name as RFC 4514 writes it.
    issuer: String,
    /// Its serial number in lower-case hexadecimal, two digits an octet, without the octet that only bears a sign.
    serial: String,
    /// Valid until.
    not_after: NumericDate,
    /// The first of the realm's policies that it was issued under; none where the realm lists none.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
}

impl HeldCertificate {
    /// That certificate, in a realm that takes these policies; nothing if its digest is none.
    pub(crate) fn of(particulars: &Particulars, policies: &[String]) -> Option<Self> {
        let Particulars { sha256, issuer_dn, serial, not_after, .. } = particulars;
        let matched = policies.iter().find(|policy| particulars.policies.contains(policy));
        let unsigned = serial.strip_prefix("00").filter(|rest| !rest.is_empty());
        Some(Self {
            thumbprint: URL_SAFE_NO_PAD.encode(octets(sha256)?),
            issuer: issuer_dn.clone(),
            serial: unsigned.unwrap_or(serial).to_owned(),
            not_after: (*not_after).into(),
            policy: matched.cloned(),
        })
    }

    /// For tests of who tells it.
    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        Self {
            thumbprint: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0".to_owned(),
            issuer: "CN=Autorité,O=Exemple,C=FR".to_owned(),
            serial: "4c0a11e2".to_owned(),
            not_after: crate::clock::Timestamp::from_seconds(1_800_000_000).into(),
            policy: Some("1.2.250.1.177.2.4.1.1".to_owned()),
        }
    }
}

/// The octets that hexadecimal digits write.
fn octets(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Timestamp;
    use crate::proofs::certificate::CertificateProof;

    #[test]
    fn a_certificate_is_told_as_tokens_name_it_under_the_policy_that_the_realm_takes() {
        let proof = CertificateProof::sample(&["1.2.3", "1.2.4"], Timestamp::from_seconds(1_800_000_000));
        // RFC 6234 §8.5 gives SHA-256 of "abc".
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        let shown = |serial: &str| Particulars {
            sha256: sha256.clone(),
            serial: serial.to_owned(),
            ..proof.particulars().clone()
        };
        let told = |serial: &str, policies: &[&str]| {
            let policies: Vec<_> = policies.iter().map(|policy| (*policy).to_owned()).collect();
            serde_json::to_value(HeldCertificate::of(&shown(serial), &policies)).unwrap()
        };
        let whole = json!({
            "x5t#S256": "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", "issuer": "CN=Autorité", "serial": "8c0a11e2",
            "not_after": 1_831_536_000, "policy": "1.2.4"
        });
        assert_eq!(told("008c0a11e2", &["1.2.9", "1.2.4", "1.2.3"]), whole);
        for (serial, policies, told_serial, policy) in
            [("07", &[][..], "07", None), ("00", &["1.2.9"], "00", None), ("0100", &["1.2.3"], "0100", Some("1.2.3"))]
        {
            let said = told(serial, policies);
            assert_eq!(
                (said["serial"].as_str(), said.get("policy").and_then(|one| one.as_str())),
                (Some(told_serial), policy)
            );
        }
        assert_eq!(HeldCertificate::of(&Particulars { sha256: "9".to_owned(), ..shown("07") }, &[]), None);
    }
}
