//! How often one client may make this node ask others: so many times a minute, and then not (SR-170).

use std::collections::HashMap;

use crate::clock::{Duration, Timestamp, minutes};

/// Requests for one client in a window.
const MOST: u32 = 60;
/// The window.
const WINDOW: Duration = minutes(1);
/// Clients with a window of their own. Beyond, others wait until one ends.
const CLIENTS: usize = 4096;

/// The windows that run.
#[derive(Debug, Default)]
pub(super) struct Pace {
    windows: HashMap<String, (Timestamp, u32)>,
}

impl Pace {
    /// Takes one request of that client's share, or says that there is none left. Taken before anything is asked, so
    /// that giving up in the middle gives nothing back.
    pub(super) fn take(&mut self, client: &str, now: Timestamp) -> bool {
        if !self.windows.contains_key(client) && self.windows.len() >= CLIENTS {
            self.windows.retain(|_, (began, _)| now.since(*began) < WINDOW);
            if self.windows.len() >= CLIENTS {
                return false;
            }
        }
        let (began, count) = self.windows.entry(client.to_owned()).or_insert((now, 0));
        if now.since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_772_543_520);

    #[test]
    fn sr_170_a_client_has_its_share_of_each_minute_and_takes_nobody_elses() {
        let mut pace = Pace::default();
        assert!((0..MOST).all(|_| pace.take("shop", NOW)));
        assert!(!pace.take("shop", NOW));
        assert!(pace.take("portal", NOW), "another client is another matter");
        assert!(!pace.take("shop", NOW + WINDOW - Duration::from_millis(1)));
        assert!(pace.take("shop", NOW + WINDOW));
    }

    #[test]
    fn sr_170_windows_are_bounded() {
        let mut pace = Pace::default();
        assert!((0..CLIENTS).all(|client| pace.take(&client.to_string(), NOW)));
        assert!(!pace.take("one more", NOW) && pace.windows.len() == CLIENTS);
        assert!(pace.take("one more", NOW + WINDOW) && pace.windows.len() == 1, "those that ended make room");
    }
}
