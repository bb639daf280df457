//! One-time codes: those that an app makes from a shared seed and the time (TOTP, RFC 6238), and recovery codes.
//!
//! Which step a code belongs to, and how codes are written, is decided here; that each is good once is one statement
//! in `store`, which alone makes the proof (SR-79, SR-83). Server time only, no future step (SR-80).

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Totp};

use crate::clock::Timestamp;
use crate::entropy::{self, Entropy};
use crate::ids::UserId;
use crate::secret::Secret;

/// How long one code of an app is shown, in seconds (RFC 6238 §5.2).
const STEP: u64 = 30;

/// How many recovery codes make a set.
pub const RECOVERY_CODES: usize = 10;

/// How codes of apps must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotpPolicy {
    /// Digits of a code that a new app makes: 6 or 8.
    pub digits: u8,
    /// Past steps whose codes are taken: none, or the one before (SR-80).
    pub past_steps: u8,
}

/// What an app and we share.
#[derive(Debug, Clone)]
pub struct Seed {
    bytes: Secret<Vec<u8>>,
    digits: u8,
}

/// A step of thirty seconds, counted from the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeStep(i64);

impl TimeStep {
    /// The value for a column.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl Seed {
    /// A new one, of 160 bits (SR-78, RFC 4226 §4).
    pub fn new(digits: u8, entropy: &dyn Entropy) -> Self {
        Self { bytes: Secret::new(entropy::bytes::<20>(entropy).to_vec()), digits }
    }

    /// One that was kept.
    pub const fn kept(bytes: Secret<Vec<u8>>, digits: u8) -> Self {
        Self { bytes, digits }
    }

    /// What is kept of it, sealed.
    pub const fn bytes(&self) -> &Secret<Vec<u8>> {
        &self.bytes
    }

    /// How many digits its codes have.
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// What is scanned: an `otpauth` address in which apps find seed, account and issuer. A colon would cut the names.
    pub fn address(&self, issuer: &str, account: &str) -> Option<Secret<String>> {
        let plain = |name: &str| name.replace(':', " ");
        let named = self.builder().with_issuer(Some(plain(issuer))).with_account_name(plain(account));
        named.build().ok()?.to_url().ok().map(Secret::new)
    }

    /// What is typed where nothing can be scanned: base32, in groups of four.
    pub fn groups(&self) -> Vec<String> {
        let text = Secret::new(self.totp().secret().to_base32());
        text.expose().as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect()
    }

    /// The step that `code` belongs to: the present one, or one that `policy` still takes. Compared in constant time;
    /// all steps are looked at, so that no answer tells which one it was.
    pub fn step_of(&self, code: &OneTimeCode, policy: TotpPolicy, now: Timestamp) -> Option<TimeStep> {
        let totp = self.totp();
        let present = u64::try_from(now.seconds()).unwrap_or(0) / STEP;
        let steps = (0..=u64::from(policy.past_steps)).map(|past| present.saturating_sub(past));
        let matched = steps.filter(|step| totp.check(code.0.expose(), step * STEP).is_some()).max();
        matched.and_then(|step| i64::try_from(step).ok()).map(TimeStep)
    }

    fn totp(&self) -> Totp {
        self.builder().build_noncompliant()
    }

    fn builder(&self) -> Builder {
        // SHA-1, six digits and thirty seconds are what every app knows (RFC 6238 §1.2, §4).
        let secret = self.bytes.expose().as_slice();
        Builder::new().with_secret(secret).with_digits(self.digits).with_skew(0).with_step_duration(STEP)
    }
}

/// A code of an app as it was typed: spaces, dots and dashes left out, digits of other scripts folded (UX §1.1).
#[derive(Debug, Clone)]
pub struct OneTimeCode(Secret<String>);

impl OneTimeCode {
    /// Reads what was typed; `None` unless exactly `digits` digits are left (SR-80).
    pub fn read(typed: &Secret<String>, digits: u8) -> Option<Self> {
        let folded = typed.expose().chars().map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            _ => c,
        });
        let bare: String = folded.filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        let fits = bare.len() == usize::from(digits) && bare.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Self(Secret::new(bare)))
    }
}

/// A recovery code in its one written form: four groups of four.
#[derive(Debug, Clone)]
pub struct RecoveryCode(Secret<String>);

impl RecoveryCode {
    /// A new set (SR-83).
    pub fn set(entropy: &dyn Entropy) -> Vec<Self> {
        (0..RECOVERY_CODES).map(|_| Self(entropy::recovery_code(entropy))).collect()
    }

    /// Reads what was typed, or what was kept in a form; `None` when it cannot be one.
    pub fn read(typed: &str) -> Option<Self> {
        let bare: String =
            typed.to_ascii_uppercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        let fits = bare.len() == 16 && bare.bytes().all(|byte| entropy::UNMISTAKABLE.contains(&byte));
        let groups = bare.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
        fits.then(|| Self(Secret::new(groups.collect::<Vec<_>>().join("-"))))
    }

    /// The code itself, for the one page that shows it and the hash that is kept.
    pub const fn expose(&self) -> &String {
        self.0.expose()
    }
}

/// Which code was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OneTime {
    /// That of an app.
    Totp,
    /// One of those that are kept for when the app is lost.
    RecoveryCode,
}

/// Somebody showed a one-time code of this account, and it is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneTimeProof {
    user: UserId,
    kind: OneTime,
    at: Timestamp,
}

impl OneTimeProof {
    /// The proof that a just-spent code stands for.
    pub(crate) const fn from_row(user: UserId, kind: OneTime, at: Timestamp) -> Self {
        Self { user, kind, at }
    }

    /// Whose code.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Which code.
    pub const fn kind(&self) -> OneTime {
        self.kind
    }

    /// When.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    /// The seed of RFC 6238, appendix B.
    fn rfc(digits: u8) -> Seed {
        Seed::kept(Secret::new(b"12345678901234567890".to_vec()), digits)
    }

    fn code(text: &str, digits: u8) -> OneTimeCode {
        OneTimeCode::read(&Secret::new(text.to_owned()), digits).unwrap()
    }

    const LAX: TotpPolicy = TotpPolicy { digits: 8, past_steps: 1 };

    /// RFC 6238, appendix B, the rows of SHA-1.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (at, text) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
        ] {
            let step = rfc(8).step_of(&code(text, 8), LAX, Timestamp::from_seconds(at));
            assert_eq!(step, Some(TimeStep(at / 30)), "{text}");
            let short = rfc(6).step_of(&code(&text[2..], 6), LAX, Timestamp::from_seconds(at));
            assert_eq!(short, step, "{text}");
        }
    }

    #[test]
    fn sr_80_the_window_is_the_present_step_and_at_most_the_one_before() {
        let shown = code("14050471", 8);
        let step = TimeStep(1_111_111_111 / 30);
        let start = step.number() * 30;
        for (past_steps, at, found) in [
            (1, start - 1, None),
            (1, start, Some(step)),
            (1, start + 29, Some(step)),
            (1, start + 59, Some(step)),
            (1, start + 60, None),
            (0, start + 29, Some(step)),
            (0, start + 30, None),
        ] {
            let policy = TotpPolicy { past_steps, ..LAX };
            assert_eq!(rfc(8).step_of(&shown, policy, Timestamp::from_seconds(at)), found, "{past_steps} {at}");
        }
    }

    #[test]
    fn sr_80_a_code_is_exactly_its_digits() {
        for (typed, digits, reads) in [
            ("123456", 6, true),
            (" 123 456 ", 6, true),
            ("12-34.56", 6, true),
            ("１２３４５６", 6, true),
            ("12345", 6, false),
            ("1234567", 6, false),
            ("12345678", 8, true),
            ("12345a", 6, false),
            ("+12345", 6, false),
            ("٣١٤١٥٩", 6, false),
            ("", 6, false),
        ] {
            let read = OneTimeCode::read(&Secret::new(typed.to_owned()), digits);
            assert_eq!(read.is_some(), reads, "{typed}");
        }
    }

    #[test]
    fn sr_78_a_seed_has_160_bits_and_is_told_to_the_app_whole() {
        let seed = Seed::new(6, &SeededEntropy::new(1));
        assert_eq!(seed.bytes().expose().len(), 20);
        assert_ne!(seed.bytes().expose(), Seed::new(6, &SeededEntropy::new(2)).bytes().expose());
        let address = rfc(6).address("Certi: nomis", "marie@exemple.fr").unwrap();
        let groups = rfc(6).groups();
        assert_eq!((groups.len(), groups[0].as_str()), (8, "GEZD"));
        let told = "otpauth://totp/Certi%20%20nomis:marie%40exemple.fr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                    &issuer=Certi%20%20nomis";
        assert_eq!(address.expose(), told);
    }

    #[test]
    fn sr_83_recovery_codes_hold_64_bits_and_more_and_are_read_as_people_copy_them() {
        let codes = RecoveryCode::set(&SeededEntropy::new(1));
        assert_eq!(codes.len(), RECOVERY_CODES);
        let bits = 16.0 * f64::from(u32::try_from(entropy::UNMISTAKABLE.len()).unwrap()).log2();
        assert!(bits >= 64.0, "{bits}");
        let code = codes[0].expose();
        assert!(codes.iter().skip(1).all(|other| other.expose() != code));
        for typed in [code.clone(), code.replace('-', ""), code.to_lowercase(), format!(" {} ", code.replace('-', " "))]
        {
            assert_eq!(RecoveryCode::read(&typed).unwrap().expose(), code, "{typed}");
        }
        for other in ["", "K7Q2-M4TD", "OOOO-OOOO-OOOO-OOOO", &format!("{code}2")] {
            assert!(RecoveryCode::read(other).is_none(), "{other}");
        }
    }
}
