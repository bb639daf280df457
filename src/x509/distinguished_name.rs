//! A distinguished name, in one form however it was written: as RFC 4514 has it in a file, or as DER in a certificate.
//!
//! Compared as RFC 5280 §7.1 says: attribute by attribute, in order, without regard to case, to the kind of string or to
//! how white space is spread; several attributes in one part have no order among them (SR-94). What cannot be read
//! without doubt, such as a control character or the same attribute twice in one part, is no name at all.

mod written;

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

pub(crate) use self::written::written;

/// Names of attributes: those of RFC 4514 §3, and what else stands in certificates of organisations.
const NAMES: &[(&str, &str)] = &[
    ("CN", "2.5.4.3"),
    ("SN", "2.5.4.4"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("TITLE", "2.5.4.12"),
    ("BUSINESSCATEGORY", "2.5.4.15"),
    ("POSTALCODE", "2.5.4.17"),
    ("GIVENNAME", "2.5.4.42"),
    ("ORGANIZATIONIDENTIFIER", "2.5.4.97"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
];

/// A name of at least one part, the most specific one last, as in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<Part>);

/// What stands together: attribute by object identifier, and its value in one form.
type Part = BTreeMap<String, String>;

impl DistinguishedName {
    /// A name as RFC 4514 §3 writes it, the most specific part first.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts =
            split(text, ',').map(|part| of_pairs(split(part, '+').map(attribute))).collect::<Option<Vec<_>>>()?;
        parts.reverse();
        Some(Self(parts))
    }

    /// The name in a certificate.
    pub(crate) fn of(name: &X509Name<'_>) -> Option<Self> {
        let parts = name.iter().map(|part| of_pairs(part.iter().map(encoded))).collect::<Option<Vec<_>>>()?;
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The one text of this name, and of no other: what is kept of it.
    pub(crate) fn canonical(&self) -> String {
        let part = |part: &Part| {
            let pairs = part.iter().map(|(name, value)| format!("{name}={}:{value}", value.len()));
            pairs.collect::<Vec<_>>().join("+")
        };
        self.0.iter().map(part).collect::<Vec<_>>().join(",")
    }
}

/// Nothing if one of them cannot be read, or stands there twice.
fn of_pairs(pairs: impl Iterator<Item = Option<(String, String)>>) -> Option<Part> {
    let mut part = Part::new();
    for pair in pairs {
        let (name, value) = pair?;
        if part.insert(name, value).is_some() {
            return None;
        }
    }
    (!part.is_empty()).then_some(part)
}

/// What stands between separators that are not escaped.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c: char| {
        let parts = !escaped && c == separator;
        escaped = !escaped && c == '\\';
        parts
    })
}

/// `attributeType "=" attributeValue`.
fn attribute(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let (name, value) = (name.trim().to_ascii_uppercase(), value.trim_start_matches(' '));
    let dotted = || {
        let digits = |arc: &str| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
        (name.contains('.') && name.split('.').all(digits)).then(|| name.clone())
    };
    let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, oid)| (*oid).to_owned());
    let value = match value.strip_prefix('#') {
        Some(hex) => {
            let der = hex_bytes(hex.trim_end())?;
            let (rest, any) = Any::from_der(&der).ok()?;
            rest.is_empty().then(|| string(&any))??
        }
        None => unescaped(value)?,
    };
    Some((known.or_else(dotted)?, canonical(&value)?))
}

/// RFC 4514 §2.4: a backslash stands before a special character, or before two digits that are a byte of UTF-8.
fn unescaped(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut letters = value.bytes();
    while let Some(letter) = letters.next() {
        match letter {
            b'\\' => match letters.next()? {
                special @ (b' ' | b'"' | b'#' | b'+' | b',' | b';' | b'<' | b'=' | b'>' | b'\\') => bytes.push(special),
                high => bytes.push(hex_byte(high, letters.next()?)?),
            },
            b'"' | b';' | b'<' | b'>' | 0 => return None,
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex_bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| if let [high, low] = pair { hex_byte(*high, *low) } else { None }).collect()
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn encoded(attribute: &AttributeTypeAndValue<'_>) -> Option<(String, String)> {
    Some((attribute.attr_type().to_id_string(), canonical(&string(attribute.attr_value())?)?))
}

/// A string of any of the kinds that RFC 5280 §4.1.2.4 and older certificates have.
pub(crate) fn string(any: &Any<'_>) -> Option<String> {
    match any.tag() {
        Tag::Utf8String => String::from_utf8(any.data.to_vec()).ok(),
        // Of the T.61 alphabet only what is ASCII means the same to everybody.
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString | Tag::T61String => {
            any.data.is_ascii().then(|| String::from_utf8_lossy(any.data).into_owned())
        }
        Tag::BmpString => {
            let units = any.data.chunks(2).map(|unit| <[u8; 2]>::try_from(unit).map(u16::from_be_bytes));
            String::from_utf16(&units.collect::<Result<Vec<_>, _>>().ok()?).ok()
        }
        Tag::UniversalString => {
            let letters = any.data.chunks(4).map(|letter| {
                <[u8; 4]>::try_from(letter).ok().and_then(|letter| char::from_u32(u32::from_be_bytes(letter)))
            });
            letters.collect()
        }
        _ => None,
    }
}

/// RFC 5280 §7.1, RFC 4518 §2: one writing, one case, single spaces.
fn canonical(value: &str) -> Option<String> {
    let folded: String = value.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let odd = folded.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' '));
    (!odd && !words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_94_one_name_in_many_writings_is_one_name() {
        let registered = DistinguishedName::parse("CN=Société Exemple,OU=0002 123456789,O=Exemple\\, SA,C=FR").unwrap();
        for same in [
            "cn=société exemple,ou=0002 123456789,o=exemple\\, sa,c=fr",
            "CN=Soci\\C3\\A9t\\c3\\a9 Exemple, OU=0002  123456789 , O=Exemple\\2C SA, C=FR",
            "2.5.4.3=Société Exemple,2.5.4.11=0002 123456789,2.5.4.10=Exemple\\, SA,2.5.4.6=FR",
            "CN=Socie\u{301}te\u{301} Exemple,OU=0002 123456789,O=Exemple\\, SA,C=FR",
            "CN=Société Exemple,OU=#0c0e3030303220313233343536373839,O=Exemple\\, SA,C=#13024652",
        ] {
            assert_eq!(DistinguishedName::parse(same).as_ref(), Some(&registered), "{same}");
        }
        for other in [
            "C=FR,O=Exemple\\, SA,OU=0002 123456789,CN=Société Exemple",
            "CN=Societe Exemple,OU=0002 123456789,O=Exemple\\, SA,C=FR",
            "CN=Société Exemple,O=Exemple\\, SA,C=FR",
            "CN=Société Exemple,OU=0002 123456789,OU=0002 123456789,O=Exemple\\, SA,C=FR",
            "CN=Société Exemple+OU=0002 123456789,O=Exemple\\, SA,C=FR",
        ] {
            assert_ne!(DistinguishedName::parse(other).as_ref().unwrap(), &registered, "{other}");
        }
    }

    #[test]
    fn several_attributes_of_one_part_have_no_order() {
        let one = DistinguishedName::parse("CN=a+UID=b,O=c").unwrap();
        assert_eq!(DistinguishedName::parse("UID=b+CN=a,O=c"), Some(one));
    }

    #[test]
    fn sr_94_what_leaves_a_doubt_is_no_name() {
        for text in [
            "",
            ",",
            "CN",
            "CN=",
            "CN=   ",
            "=a",
            "CN=a,",
            "CN=a,,O=b",
            "CN=a+",
            "CN=a+CN=b",
            "CN=a\\",
            "CN=a\\0",
            "CN=a\\00",
            "CN=a\\00b",
            "CN=a\u{0}b",
            "CN=a\\0Ab",
            "CN=a\\zz",
            "CN=\\ff",
            "CN=\"a\"",
            "CN=a;O=b",
            "CN=#",
            "CN=#0",
            "CN=#0c05",
            "CN=#0c0161ff",
            "CN=#020101",
            "NAME=a",
            "2.=a",
            "2.5.4.x=a",
            "CN=a\u{2028}b",
        ] {
            assert_eq!(DistinguishedName::parse(text), None, "{text:?}");
        }
    }
}
