//! A distinguished name as RFC 4514 writes it: for applications, which want to read it and compare it with what they know.
//!
//! Letters stay as the certificate has them. It reads back to the same name.

use x509_parser::asn1_rs::ToDer as _;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::{NAMES, string};
use crate::x509::hex;

/// The most specific part first (RFC 4514 §2.1); nothing if a value cannot be written.
pub(crate) fn written(name: &X509Name<'_>) -> Option<String> {
    let part = |part: Vec<Option<String>>| part.into_iter().collect::<Option<Vec<_>>>().map(|pairs| pairs.join("+"));
    let mut parts = name.iter().map(|one| part(one.iter().map(pair).collect())).collect::<Option<Vec<_>>>()?;
    parts.reverse();
    Some(parts.join(","))
}

/// `attributeType "=" attributeValue`: an attribute without a name of its own is written in numbers, and its value as the
/// bytes that it is (RFC 4514 §2.4).
fn pair(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    let (oid, value) = (attribute.attr_type().to_id_string(), attribute.attr_value());
    match NAMES.iter().find(|(_, known)| *known == oid) {
        Some((name, _)) => Some(format!("{name}={}", escaped(&string(value)?))),
        None => Some(format!("{oid}=#{}", hex(&value.to_der_vec().ok()?))),
    }
}

/// RFC 4514 §2.4: a space at either end, a `#` in front, and what would end a value.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (place, letter) in value.chars().enumerate() {
        let edge = (letter == ' ' && (place == 0 || place == last)) || (letter == '#' && place == 0);
        if edge || matches!(letter, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            text.push('\\');
        }
        if letter == '\0' { text.push_str("\\00") } else { text.push(letter) }
    }
    text
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName as Name, DnType, KeyPair};

    use super::*;
    use crate::x509::{DistinguishedName, fields};

    const CN: &[u64] = &[2, 5, 4, 3];
    const O: &[u64] = &[2, 5, 4, 10];

    #[test]
    fn a_name_is_written_as_the_certificate_has_it_and_reads_back() {
        let certificate = |attributes: &[(&[u64], &str)]| {
            let (mut params, mut name) = (CertificateParams::default(), Name::new());
            for (kind, value) in attributes {
                name.push(DnType::CustomDnType(kind.to_vec()), *value);
            }
            params.distinguished_name = name;
            params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
        };
        for (attributes, text) in [
            (
                vec![
                    (&[2, 5, 4, 6][..], "FR"),
                    (O, "DHIMYOTIS"),
                    (&[2, 5, 4, 97], "NTRFR-48146308100036"),
                    (CN, "Certigna"),
                ],
                "CN=Certigna,ORGANIZATIONIDENTIFIER=NTRFR-48146308100036,O=DHIMYOTIS,C=FR",
            ),
            (
                vec![(O, "Société, \"Exemple\" + Fils"), (CN, "#1 <a>\\b;")],
                "CN=\\#1 \\<a\\>\\\\b\\;,O=Société\\, \\\"Exemple\\\" \\+ Fils",
            ),
            (vec![(CN, "a=b # c")], "CN=a=b # c"),
            (vec![(&[2, 5, 4, 65], "Mimi")], "2.5.4.65=#0c044d696d69"),
        ] {
            let der = certificate(&attributes);
            let read = fields::read(&der).unwrap();
            assert_eq!(written(read.subject()).as_deref(), Some(text));
            assert_eq!(DistinguishedName::parse(text), DistinguishedName::of(read.subject()), "{text}");
        }
        assert_eq!(escaped(" a "), "\\ a\\ ");
        assert_eq!(escaped(" "), "\\ ");
    }
}
