//! The demonstration's certificates as a page: what each is good for, how it is imported, where it is shown.

use super::certificates::{Card, PASSWORD, TLS_AUTHORITY};
use super::html::{Html, element, group, labelled, text};
use super::mailbox_page::{View, page};
use crate::identity::language::Language;

/// Where the page is.
pub(super) const PATH: &str = "/demo/certificates";

/// Where certificates are shown.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// The listener that asks for them.
    pub(super) listener: String,
    /// The portal of the realm that takes them.
    pub(super) portal: String,
}

/// The name of this page, for the link that leads here.
pub(super) const fn title(language: Language) -> &'static str {
    words(language).title
}

/// `GET /demo/certificates`.
pub(super) fn certificates(places: &Places, view: &View) -> String {
    let words = words(view.language);
    let content = group([
        element("p", &[], [labelled("a", &[("href", "/demo/mailbox")], words.mailbox)]),
        labelled("h1", &[], words.title),
        labelled("p", &[], words.lead),
        step(
            words.import,
            [
                labelled("p", &[], words.import_how),
                element("p", &[], [text(words.password), text(" "), code(PASSWORD)]),
                element("ul", &[("class", "mails")], Card::ALL.map(|card| entry(card, words))),
            ],
        ),
        step(
            words.trust,
            [
                element("p", &[], [code(&places.listener), text(" "), text(words.trust_how)]),
                element("p", &[], [labelled("a", &[("href", &below(TLS_AUTHORITY))], TLS_AUTHORITY)]),
            ],
        ),
        step(
            words.show,
            [
                labelled("p", &[], words.show_how),
                element("p", &[], [labelled("a", &[("href", &places.portal), ("class", "open")], words.portal)]),
                labelled("p", &[("class", "hint")], words.remembered),
            ],
        ),
    ]);
    page(words.title, PATH, view, content)
}

fn step<const N: usize>(title: &str, content: [Html; N]) -> Html {
    element("section", &[], [labelled("h2", &[], title)].into_iter().chain(content))
}

fn code(value: &str) -> Html {
    labelled("code", &[("class", "copy"), ("translate", "no")], value)
}

fn entry(card: Card, words: &Words) -> Html {
    let (first, last) = card.holder();
    let address = below(card.file());
    element(
        "li",
        &[],
        [
            element("a", &[("href", &address), ("translate", "no")], [labelled("strong", &[], card.file())]),
            labelled("span", &[("translate", "no")], &format!("{first} {last}")),
            labelled("span", &[], words.of(card)),
        ],
    )
}

/// Where a file of that name is offered.
fn below(file: &str) -> String {
    format!("/demo/{file}")
}

/// Every text of the page in one language.
struct Words {
    title: &'static str,
    mailbox: &'static str,
    lead: &'static str,
    import: &'static str,
    import_how: &'static str,
    password: &'static str,
    usual: &'static str,
    renewed: &'static str,
    revoked: &'static str,
    brief: &'static str,
    foreign: &'static str,
    trust: &'static str,
    trust_how: &'static str,
    show: &'static str,
    show_how: &'static str,
    portal: &'static str,
    remembered: &'static str,
}

impl Words {
    const fn of(&self, card: Card) -> &'static str {
        match card {
            Card::Usual => self.usual,
            Card::Renewed => self.renewed,
            Card::Revoked => self.revoked,
            Card::Brief => self.brief,
            Card::Foreign => self.foreign,
        }
    }
}

const fn words(language: Language) -> &'static Words {
    match language {
        Language::French => &FRENCH,
        Language::English => &ENGLISH,
    }
}

const FRENCH: Words = Words {
    title: "Certificats de démonstration",
    mailbox: "Boîte aux lettres",
    lead: "ChamberSign accepte ces certificats pour la connexion. Ils n’ouvrent rien d’autre et disparaissent avec la démonstration.",
    import: "Importer un certificat",
    import_how: "Téléchargez un fichier, puis importez-le parmi vos certificats. Firefox\u{a0}: Paramètres, Vie privée et sécurité, Afficher les certificats. Chrome et Edge\u{a0}: Paramètres, Confidentialité et sécurité, Sécurité, Gérer les certificats. Sous Windows, il suffit d’ouvrir le fichier.",
    password: "Mot de passe de chaque fichier\u{a0}:",
    usual: "Valable.",
    renewed: "Valable\u{202f}; renouvelle le premier.",
    revoked: "Révoqué.",
    brief: "Valable sept jours\u{202f}; avancez l’horloge de huit jours et il est expiré.",
    foreign: "D’une autorité qui n’est pas acceptée.",
    trust: "Faire confiance à l’adresse qui le demande",
    trust_how: "est certifiée par une autorité de la démonstration. Importez celle-ci parmi les autorités, pour les sites web, ou passez l’avertissement du navigateur. Elle ne vaut que pour localhost, et sa clé n’existe déjà plus.",
    show: "Se connecter",
    show_how: "Validez une demande sur le portail et créez un compte. Associez-lui le certificat dans «\u{a0}Mon compte\u{a0}», puis revenez et choisissez «\u{a0}Se connecter avec un certificat\u{a0}».",
    portal: "Ouvrir le portail",
    remembered: "Le navigateur retient le certificat choisi, ou le refus, jusqu’à la fermeture de toutes ses fenêtres.",
};

const ENGLISH: Words = Words {
    title: "Demonstration certificates",
    mailbox: "Mailbox",
    lead: "ChamberSign takes these certificates for signing in. They open nothing else and are gone with the demonstration.",
    import: "Import a certificate",
    import_how: "Download a file, then import it among your certificates. Firefox: Settings, Privacy & Security, View Certificates. Chrome and Edge: Settings, Privacy and security, Security, Manage certificates. On Windows it is enough to open the file.",
    password: "Password of each file:",
    usual: "Good.",
    renewed: "Good; renews the first.",
    revoked: "Revoked.",
    brief: "Good for seven days; move the clock ahead by eight days and it has expired.",
    foreign: "From an authority that is not accepted.",
    trust: "Trust the address that asks for it",
    trust_how: "is certified by an authority of the demonstration. Import that one among the authorities, for websites, or go past the browser’s warning. It counts for localhost only, and its key is already gone.",
    show: "Sign in",
    show_how: "Validate a request on the portal and create an account. Link the certificate to it under “My account”, then come back and choose “Sign in with a certificate”.",
    portal: "Open the portal",
    remembered: "The browser remembers the chosen certificate, or that none was chosen, until all its windows are closed.",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Duration, Timestamp};

    #[test]
    fn each_card_is_offered_in_both_languages_with_what_opens_it() {
        let places = Places { listener: "https://localhost:8443".to_owned(), portal: "http://127.0.0.1:1/".to_owned() };
        for language in [Language::French, Language::English] {
            let view = View { language, now: Timestamp::from_seconds(1_772_543_520), moved: Duration::ZERO };
            let page = certificates(&places, &view);
            for card in Card::ALL {
                assert!(page.contains(&format!("href=\"/demo/{}\"", card.file())), "{page}");
            }
            for said in [">guichet<", ">https://localhost:8443<", "href=\"/demo/tls-authority.pem\"", title(language)] {
                assert!(page.contains(said), "{said}: {page}");
            }
        }
    }
}
