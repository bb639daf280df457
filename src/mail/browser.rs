//! "Firefox on Windows": a browser as people know it.
//!
//! Read once from a `User-Agent` into two closed lists, so that no text of a stranger's request ever stands in a mail
//! (SR-180) and the header itself need not be kept (DOMAIN.md §10).

use serde::{Deserialize, Serialize};

/// A browser and the system that it runs on, as far as they could be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Browser {
    /// `Firefox`; `None` when it is none that we know.
    name: Option<Name>,
    /// `Windows`; `None` when it is none that we know.
    system: Option<System>,
}

impl Browser {
    /// Reads a `User-Agent` (RFC 9110 §10.1.5).
    pub fn read(user_agent: &str) -> Self {
        let named = |(token, _): &&(&str, Name)| user_agent.contains(token);
        let runs = |(token, _): &&(&str, System)| user_agent.contains(token);
        Self {
            name: NAMES.iter().find(named).map(|(_, name)| *name),
            system: SYSTEMS.iter().find(runs).map(|(_, system)| *system),
        }
    }

    /// What browser and system call themselves, when both are known.
    pub(crate) fn words(self) -> Option<(&'static str, &'static str)> {
        let name = match self.name? {
            Name::Firefox => "Firefox",
            Name::Chrome => "Chrome",
            Name::Edge => "Edge",
            Name::Safari => "Safari",
            Name::Opera => "Opera",
            Name::SamsungInternet => "Samsung Internet",
        };
        let system = match self.system? {
            System::Windows => "Windows",
            System::MacOs => "macOS",
            System::Linux => "Linux",
            System::Android => "Android",
            System::IPhone => "iPhone",
            System::IPad => "iPad",
            System::ChromeOs => "ChromeOS",
        };
        Some((name, system))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Firefox,
    Chrome,
    Edge,
    Safari,
    Opera,
    SamsungInternet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum System {
    Windows,
    MacOs,
    Linux,
    Android,
    IPhone,
    IPad,
    ChromeOs,
}

/// The first that matches wins: all of them also claim to be Chrome or Safari.
const NAMES: [(&str, Name); 11] = [
    ("Edg/", Name::Edge),
    ("EdgA/", Name::Edge),
    ("EdgiOS/", Name::Edge),
    ("OPR/", Name::Opera),
    ("SamsungBrowser/", Name::SamsungInternet),
    ("Firefox/", Name::Firefox),
    ("FxiOS/", Name::Firefox),
    ("CriOS/", Name::Chrome),
    ("Chrome/", Name::Chrome),
    ("Chromium/", Name::Chrome),
    ("Safari/", Name::Safari),
];

/// The first that matches wins: Android also says Linux, and phones also say Mac OS.
const SYSTEMS: [(&str, System); 7] = [
    ("Windows", System::Windows),
    ("Android", System::Android),
    ("iPhone", System::IPhone),
    ("iPad", System::IPad),
    ("CrOS", System::ChromeOs),
    ("Macintosh", System::MacOs),
    ("Linux", System::Linux),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        for (user_agent, name, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Windows"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
                "Chrome",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) FxiOS/130.0 Mobile Safari/605.1.15", "Firefox", "iPad"),
            (
                "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541) Chrome/140.0 Safari/537.36", "Chrome", "ChromeOS"),
        ] {
            let browser = Browser::read(user_agent);
            assert_eq!(browser.words(), Some((name, system)), "{user_agent}");
        }
    }

    #[test]
    fn sr_180_a_strangers_header_never_becomes_text() {
        for user_agent in ["", "curl/8.5.0", "<script>", "Visit evil.example\r\nBcc: x"] {
            assert_eq!(Browser::read(user_agent), Browser::default(), "{user_agent}");
        }
    }
}
