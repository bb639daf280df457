//! The register of stable codes: each thing that can go wrong has one, and one page that explains it.
//!
//! A code is never given a second meaning and never taken back; what no longer happens keeps its page. The ranges say
//! who is spoken to: E01 to E03 operators writing files, E04 people on our pages, E05 developers of applications,
//! E06 operators at the command line, E07 whoever deals with people's certificates. `guichet explain` prints the pages of `docs/errors/` offline.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "docs/errors/"]
struct Pages;

macro_rules! codes {
    ($($code:ident $title:literal)+) => {
        /// A stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)+
        }

        impl Code {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The code as people quote it: `E0412`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code)),+ }
            }

            /// What it is about, in one line.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$code => $title),+ }
            }
        }
    };
}

codes! {
    // E00xx: ours
    E0001 "something unexpected failed"
    // E01xx: unknown keys and shapes in files
    E0101 "the file is not valid TOML"
    E0102 "a key is missing"
    E0103 "a value has the wrong type"
    E0104 "a file has no meaning here"
    E0105 "a file cannot be read"
    E0106 "the realm's folder has an unfit name"
    E0107 "unknown key"
    E0108 "value not among those allowed"
    E0109 "number out of bounds"
    E0110 "not a length of time"
    E0111 "length of time out of bounds"
    E0112 "two lengths of time contradict each other"
    E0113 "unknown time zone"
    E0114 "required actions do not fit the realm"
    E0115 "questions contradict themselves"
    E0116 "password rule weaker than recommended"
    E0117 "questions are a deviation"
    E0118 "signing keys smaller than recommended"
    E0120 "the realm has no realm.toml"
    E0121 "not certificates of authorities"
    E0122 "no authority for the client's certificate"
    E0132 "terms of use are incomplete"
    E0133 "unfit name or day of terms of use"
    E0134 "terms of use contradict the realm or each other"
    E0135 "terms of use cannot be printed"
    E0136 "published terms of use were changed"
    E0152 "second factors contradict themselves"
    E0158 "accounts of organisations contradict themselves"
    E0159 "registries contradict themselves"
    E0161 "issued credentials are a deviation"
    E0162 "issued credentials contradict the registration"
    // E02xx: clients and addresses
    E0201 "two clients share an identifier"
    E0202 "unfit client identifier"
    E0203 "confidential client without a secret"
    E0204 "public client with a secret"
    E0205 "too many secrets"
    E0206 "a secret is not written as a hash"
    E0207 "a public client cannot do without PKCE"
    E0208 "a client is exempt from PKCE"
    E0209 "unknown scope"
    E0210 "the scope lacks openid"
    E0211 "no redirect address"
    E0212 "grant types do not go together"
    E0213 "the client's keys contradict its method"
    E0214 "not a JWK Set of public keys"
    E0215 "the certificate's name does not fit the method"
    E0216 "address must be https"
    E0217 "unknown signing algorithm"
    E0218 "unknown resource"
    E0219 "the client falls short of its profile"
    E0220 "pairwise subjects of several hosts"
    E0221 "not an origin"
    E0222 "tokens bound twice"
    E0223 "a public client cannot use this grant"
    E0224 "unknown authentication level"
    E0225 "unfit scope"
    E0226 "token exchange contradicts itself"
    E0227 "unknown client"
    E0228 "a trusted issuer's keys are missing or in two places"
    E0230 "not an absolute address"
    E0231 "redirect address must use https"
    E0232 "address with a fragment"
    E0233 "address with a user name"
    E0234 "address with dot segments"
    E0235 "address with a forbidden character"
    E0236 "address with a response parameter"
    E0237 "address with a wildcard"
    E0238 "private-use scheme not allowed here"
    E0239 "address listed twice"
    E0240 "address must be http or https"
    E0241 "not an e-mail address"
    E0271 "nobody can reach the client's level"
    // E03xx: texts and themes
    E0301 "unknown text"
    E0302 "placeholders differ"
    E0303 "empty or unprintable text"
    E0304 "typography"
    E0305 "messages in an unknown language"
    E0306 "theme cannot be read"
    E0307 "unknown theme"
    E0312 "text in one language only"
    // E04xx: what people meet on pages
    E0401 "page not found"
    E0402 "request cannot be read"
    E0403 "form not ours, or from another browser"
    E0404 "cookies refused"
    E0405 "page was open for too long"
    E0406 "the application's request is lost"
    E0407 "request begun in another browser"
    E0408 "another session is open"
    E0409 "step already done"
    E0410 "link unknown"
    E0411 "link incomplete"
    E0412 "link expired"
    E0413 "link already used"
    E0414 "a newer link was sent"
    E0415 "code does not match"
    E0416 "code expired or spent"
    E0420 "too many tries"
    E0421 "mails were asked for too often"
    E0422 "secret question closed for this link"
    E0423 "account closed to sign-in"
    E0424 "registration is closed"
    E0425 "temporary password expired"
    E0430 "too busy"
    E0431 "database cannot be reached"
    E0432 "mail will be late"
    E0433 "request too large"
    E0434 "no such realm"
    E0464 "not an administrator of the organisation"
    E0494 "the address was a closed account's"
    // E05xx: requests of applications
    E0501 "unknown application"
    E0502 "return address not declared"
    E0503 "parameter repeated"
    E0504 "parameter too long"
    E0505 "response type not offered"
    E0506 "response mode not offered"
    E0507 "code challenge missing"
    E0508 "code challenge unfit"
    E0509 "scope not allowed"
    E0510 "parameter has a wrong value"
    E0511 "parameter not supported"
    E0520 "sign-out return address not declared"
    E0530 "client authentication failed"
    E0531 "authorization code refused"
    E0532 "refresh token refused"
    E0533 "grant type not offered"
    E0534 "access token refused"
    E0535 "token exchange refused"
    E0536 "assertion refused"
    // E06xx: start-up and settings
    E0601 "settings cannot be read"
    E0602 "unknown setting"
    E0603 "setting has a wrong value"
    E0604 "setting is missing"
    E0605 "public address is unfit"
    E0606 "listening address is unfit"
    E0607 "certificate without key, or key without certificate"
    E0608 "nothing ends TLS"
    E0609 "not a network"
    E0610 "everybody is trusted as a proxy"
    E0611 "setting said twice"
    E0612 "secret's file cannot be used"
    E0613 "master key is unfit"
    E0614 "database address is unfit"
    E0615 "the way to the database is open to others"
    E0616 "mail relay is unfit"
    E0617 "log level is unfit"
    E0618 "outbound settings are unfit"
    E0619 "certificate listener is unfit"
    E0620 "database cannot be reached at start"
    E0621 "migrations pending"
    E0622 "database newer than this binary"
    E0623 "master key does not open the database"
    E0624 "TLS certificate or key cannot be used"
    E0625 "address cannot be listened on"
    E0626 "the server could change its schema"
    E0627 "registries are unfit"
    E0630 "realm files have errors"
    E0631 "no realm"
    E0632 "file exists already"
    E0640 "the demonstration stays on this machine"
    E0650 "unknown code"
    E0660 "evidence of an acceptance does not hold"
    // E07xx: people's certificates
    E0741 "no authority for people's certificates"
    E0742 "not revocation lists"
    E0743 "not a certificate policy"
    E0744 "certificates of unknown status are taken"
    E0745 "certificates are not switched on"
}

impl Code {
    /// The page that explains it, in Markdown.
    pub fn page(self) -> String {
        let page = Pages::get(&format!("{self}.md")).map_or(Cow::Borrowed(&[][..]), |file| file.data);
        String::from_utf8_lossy(&page).into_owned()
    }

    /// The codes that someone who typed `text` may have meant, nearest first.
    pub fn suggestions(text: &str) -> Vec<Self> {
        let typed = text.trim().to_ascii_uppercase();
        let mut near: Vec<_> =
            Self::ALL.iter().map(|code| (strsim::osa_distance(&typed, code.as_str()), *code)).collect();
        near.retain(|(far, _)| *far <= 1);
        near.sort_unstable();
        near.into_iter().map(|(_, code)| code).take(5).collect()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A text that is none of our codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such code")]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let same = |code: &&Self| code.as_str().eq_ignore_ascii_case(text.trim());
        Self::ALL.iter().find(same).copied().ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_page_and_every_page_its_code() {
        for code in Code::ALL {
            let page = code.page();
            let opening = format!("# {code}: {}\n\n", code.title());
            assert!(page.starts_with(&opening), "docs/errors/{code}.md must open with {opening:?}");
            assert!(page.contains("\n## What to do\n"), "docs/errors/{code}.md says what to do");
        }
        for file in Pages::iter() {
            let code = file.strip_suffix(".md").and_then(|name| name.parse::<Code>().ok());
            assert!(code.is_some(), "docs/errors/{file} explains no code");
        }
    }

    #[test]
    fn codes_are_unique_ordered_and_of_one_shape() {
        assert!(Code::ALL.is_sorted_by(|a, b| a.as_str() < b.as_str()), "in order and none twice");
        for code in Code::ALL {
            let (letter, digits) = code.as_str().split_at(1);
            assert!(matches!(letter, "E" | "D") && digits.len() == 4, "{code}");
            assert!(digits.bytes().all(|b| b.is_ascii_digit()), "{code}");
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert_eq!(code.as_str().to_lowercase().parse(), Ok(*code));
        }
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_code() {
        for (typed, meant) in [("E0321", Code::E0231), ("e231", Code::E0231), ("E04122", Code::E0412)] {
            assert!(Code::suggestions(typed).contains(&meant), "{typed}");
        }
        assert!(Code::suggestions("banana").is_empty());
    }
}
