//! DER, value after value (X.690 §10): for what the libraries of certificates do not read, such as answers of OCSP.
//!
//! Lengths are the shortest there are and end where the bytes do; tags are those of one octet. A reader gives parts of
//! what it was given and copies nothing.

/// `SEQUENCE`
pub const SEQUENCE: u8 = 0x30;
/// `INTEGER`
pub const INTEGER: u8 = 0x02;
/// `BIT STRING`
pub const BIT_STRING: u8 = 0x03;
/// `OCTET STRING`
pub const OCTET_STRING: u8 = 0x04;
/// `OBJECT IDENTIFIER`
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// `ENUMERATED`
pub const ENUMERATED: u8 = 0x0a;
/// `GeneralizedTime`
pub const GENERALIZED_TIME: u8 = 0x18;

/// `[n]`, of something constructed.
pub const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    /// Its identifier octet.
    pub tag: u8,
    /// What is in it.
    pub contents: &'a [u8],
    /// All of it: tag, length and contents.
    pub whole: &'a [u8],
}

/// What is still to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The contents of the one value that these bytes are.
    pub fn alone(bytes: &'a [u8], tag: u8) -> Option<&'a [u8]> {
        let mut reader = Self(bytes);
        let contents = reader.take(tag)?;
        reader.is_done().then_some(contents)
    }

    /// Whether nothing is left.
    pub const fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value, whatever it is.
    pub fn value(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = self.0.split_first()?;
        // Tags above 30 take several octets, and are nowhere in what we read.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = length(rest)?;
        let (contents, after) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - after.len())?;
        self.0 = after;
        Some(Value { tag: *tag, contents, whole })
    }

    /// The contents of the next value, which has that tag.
    pub fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.value().filter(|value| value.tag == tag).map(|value| value.contents)
    }

    /// The contents of the next value if it has that tag; otherwise nothing is read.
    pub fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.0.first() == Some(&tag) { self.take(tag) } else { None }
    }
}

/// X.690 §10.1: the definite form, with the fewest octets.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7f);
    let (digits, rest) = rest.split_at_checked(count).filter(|_| (1..=4).contains(&count))?;
    let length =
        digits.iter().try_fold(0_usize, |length, digit| length.checked_mul(256)?.checked_add((*digit).into()))?;
    (digits.first() != Some(&0) && length >= 0x80).then_some((length, rest))
}

/// A value of that tag with these contents, one behind the other.
pub fn value(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let length: usize = contents.iter().map(|part| part.len()).sum();
    let digits = length.to_be_bytes();
    let digits = digits.get(digits.iter().take_while(|digit| **digit == 0).count()..).unwrap_or_default();
    let mut written = vec![tag];
    if let Ok(short) = u8::try_from(length)
        && short < 0x80
    {
        written.push(short);
    } else {
        written.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
        written.extend_from_slice(digits);
    }
    contents.iter().for_each(|part| written.extend_from_slice(part));
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_der_is_not_read() {
        for bytes in [
            &[] as &[u8],
            &[0x30],
            &[0x30, 0x80, 0, 0],                   // the indefinite form
            &[0x30, 0x81, 0x01, 0],                // a length that fits into one octet
            &[0x30, 0x82, 0x00, 0x80],             // a leading zero
            &[0x30, 0x85, 1, 0, 0, 0, 0],          // more than there can be
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], // more than there is
            &[0x30, 2, 0],
            &[0x1f, 0x81, 0x01, 0], // a tag of several octets
        ] {
            assert_eq!(Reader::new(bytes).value(), None, "{bytes:02x?}");
        }
        assert_eq!(Reader::alone(&[0x30, 0, 0], SEQUENCE), None, "something behind it");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(contents in proptest::collection::vec(any::<u8>(), 0..70_000), tag in 0u8..0x1f) {
            let written = value(tag, &[&contents]);
            prop_assert_eq!(Reader::alone(&written, tag), Some(contents.as_slice()));
        }

        #[test]
        fn no_bytes_upset_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            while reader.value().is_some() {}
        }
    }
}
