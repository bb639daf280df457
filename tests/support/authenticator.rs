//! A code app on somebody's telephone, in software: what it scans is the address that the page gives it.
//!
//! Its arithmetic is its own (RFC 4226 §5.3, RFC 6238 §4), so that ours is compared with another's.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use guichet::clock::Timestamp;
use url::Url;

/// The alphabet of base32 (RFC 4648 §6).
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One account in the app.
pub(crate) struct Authenticator {
    key: Vec<u8>,
    digits: u32,
    /// What the app shows above the code.
    pub(crate) label: String,
    /// The key as it is written down.
    pub(crate) written: String,
}

impl Authenticator {
    /// Takes in an `otpauth` address.
    pub(crate) fn scans(address: &str) -> Self {
        let url = Url::parse(address).unwrap();
        assert_eq!((url.scheme(), url.host_str()), ("otpauth", Some("totp")), "{address}");
        let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let digits = value("digits").map_or(6, |digits| digits.parse().unwrap());
        let written = value("secret").unwrap();
        Self { key: base32(&written), digits, label: value("issuer").unwrap(), written }
    }

    /// What it shows at that time.
    pub(crate) fn shows(&self, now: Timestamp) -> String {
        self.of_step(now.seconds() / 30)
    }

    /// What it shows in that step.
    pub(crate) fn of_step(&self, step: i64) -> String {
        let mac = sign(&Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.key), &step.to_be_bytes());
        let mac = mac.as_ref();
        let offset = usize::from(mac[19] & 15);
        let four: [u8; 4] = mac[offset..offset + 4].try_into().unwrap();
        let number = (u32::from_be_bytes(four) & 0x7FFF_FFFF) % 10_u32.pow(self.digits);
        format!("{number:0width$}", width = self.digits as usize)
    }

    /// What it never shows at that time, nor just before or after.
    pub(crate) fn never_shows(&self, now: Timestamp) -> String {
        let step = now.seconds() / 30;
        let near: Vec<_> = (step - 2..=step + 2).map(|step| self.of_step(step)).collect();
        let other = (0..10_u32).map(|n| format!("{n:0width$}", width = self.digits as usize));
        other.into_iter().find(|code| !near.contains(code)).unwrap()
    }

    /// The bytes that both sides share.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }
}

fn base32(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let five = BASE32.iter().position(|known| *known == letter).unwrap_or_else(|| panic!("not base32: {text}"));
        bits = (bits << 5 | u32::try_from(five).unwrap()) & 0xFFF;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap());
        }
    }
    bytes
}

#[test]
fn the_app_shows_the_codes_of_the_standard() {
    // RFC 4226, appendix D.
    let address = "otpauth://totp/x:y?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x";
    let app = Authenticator::scans(address);
    assert_eq!(app.key(), b"12345678901234567890");
    for (step, code) in [(0, "755224"), (1, "287082"), (9, "520489")] {
        assert_eq!(app.of_step(step), code);
    }
}
