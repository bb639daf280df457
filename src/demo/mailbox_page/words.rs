//! The mailbox in French and English, times included. French typography is in the strings.

use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::identity::language::Language;

fn civil(at: Timestamp) -> jiff::Zoned {
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default().to_zoned(zone)
}

/// The form of the JSON.
pub(super) fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default().to_string()
}

/// « 3 mars 2026, 14 h 12 », "3 March 2026, 14:12".
pub(super) fn moment(at: Timestamp, language: Language) -> String {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let at = civil(at);
    match language {
        Language::English => at.strftime("%-d %B %Y, %H:%M").to_string(),
        Language::French => {
            let index = usize::try_from(at.month() - 1).unwrap_or_default();
            let month = MONTHS.get(index).copied().unwrap_or_default();
            format!("{} {month} {}, {:02} h {:02}", at.day(), at.year(), at.hour(), at.minute())
        }
    }
}

/// Every text of the mailbox in one language.
pub(super) struct Words {
    pub(super) banner: &'static str,
    pub(super) mailbox: &'static str,
    pub(super) empty: &'static str,
    pub(super) refresh: &'static str,
    pub(super) back: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) sent: &'static str,
    pub(super) text: &'static str,
    pub(super) html_light: &'static str,
    pub(super) html_dark: &'static str,
    pub(super) links: &'static str,
    pub(super) files: &'static str,
    pub(super) copy: &'static str,
    pub(super) open: &'static str,
    pub(super) scan: &'static str,
    pub(super) scan_hint: &'static str,
    pub(super) scanned: &'static str,
    pub(super) clock: &'static str,
    pub(super) now: &'static str,
    pub(super) moved: &'static str,
    pub(super) half_hour: &'static str,
    pub(super) two_hours: &'static str,
    pub(super) eight_days: &'static str,
}

/// The texts of a language.
pub(super) const fn words(language: Language) -> &'static Words {
    match language {
        Language::French => &FRENCH,
        Language::English => &ENGLISH,
    }
}

const FRENCH: Words = Words {
    banner: "Démonstration : tout est fictif, rien ne sort de cette machine.",
    mailbox: "Boîte aux lettres",
    empty: "Aucun e-mail pour l’instant.",
    refresh: "Actualiser",
    back: "Tous les e-mails",
    from: "De",
    to: "À",
    sent: "Envoyé",
    text: "Texte",
    html_light: "HTML, clair",
    html_dark: "HTML, sombre",
    files: "Pièces jointes",
    links: "Liens et codes",
    copy: "Un clic sélectionne toute la ligne.",
    open: "Ouvrir",
    scan: "Simuler un scanner",
    scan_hint: "Ouvre chaque lien par GET et HEAD, comme le font les filtres de messagerie. Rien ne doit changer.",
    scanned: "Le scanner a ouvert chaque lien ; le vôtre fonctionne encore.",
    clock: "Avancer l’horloge",
    now: "Heure de la démonstration :",
    moved: "Avancée de {} min.",
    half_hour: "30 min",
    two_hours: "2 h",
    eight_days: "8 jours",
};

const ENGLISH: Words = Words {
    banner: "Demonstration: everything is fictitious, nothing leaves this machine.",
    mailbox: "Mailbox",
    empty: "No e-mail yet.",
    refresh: "Refresh",
    back: "All e-mails",
    from: "From",
    to: "To",
    sent: "Sent",
    text: "Text",
    html_light: "HTML, light",
    html_dark: "HTML, dark",
    files: "Attached files",
    links: "Links and codes",
    copy: "One click selects the whole line.",
    open: "Open",
    scan: "Simulate a scanner",
    scan_hint: "Opens every link with GET and HEAD, as mail filters do. Nothing may change.",
    scanned: "The scanner opened every link; yours still works.",
    clock: "Move the clock ahead",
    now: "The demonstration’s time:",
    moved: "Moved ahead by {} min.",
    half_hour: "30 min",
    two_hours: "2 h",
    eight_days: "8 days",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_each_language_writes_them() {
        let at = Timestamp::from_seconds(1_772_543_520);
        assert_eq!(moment(at, Language::French), "3 mars 2026, 14 h 12");
        assert_eq!(moment(at, Language::English), "3 March 2026, 14:12");
    }
}
