//! The portal's words in French and English.
//!
//! Kept apart from the provider's catalogues: this is another company's site. French typography is in the strings:
//! narrow no-break space before `? ! ;`, no-break space before `:` and inside quotation marks.

use super::Offer;
use crate::identity::language::Language;

/// A list of the person's own things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Requests,
    Drivers,
    Certificates,
    Expiries,
}

impl List {
    /// Those of the page *Accueil*.
    pub(super) const OVERVIEW: [Self; 3] = [Self::Requests, Self::Certificates, Self::Expiries];
    /// Those of the menu beside *Mon compte*.
    pub(super) const ORDERS: [Self; 3] = [Self::Requests, Self::Drivers, Self::Certificates];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Requests => "/requests",
            Self::Drivers => "/drivers",
            Self::Certificates => "/certificates",
            Self::Expiries => "/expiries",
        }
    }

    pub(super) const fn title(self, offer: Offer, words: &Words) -> &'static str {
        match (self, offer) {
            (Self::Requests, Offer::Overview | Offer::Organisations) => words.requests,
            (Self::Requests, Offer::Orders) => words.my_requests,
            (Self::Certificates, Offer::Overview | Offer::Organisations) => words.certificates,
            (Self::Certificates, Offer::Orders) => words.my_certificates,
            (Self::Drivers, _) => words.my_drivers,
            (Self::Expiries, _) => words.expiries,
        }
    }
}

/// Every text of the portal in one language.
pub(super) struct Words {
    pub(super) skip: &'static str,
    pub(super) demo: &'static str,
    pub(super) lead: &'static str,
    pub(super) offer: &'static str,
    pub(super) order: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) register: &'static str,
    pub(super) already: &'static str,
    pub(super) newcomer: &'static str,
    pub(super) steps: [(&'static str, &'static str); 3],
    pub(super) ended: &'static str,
    pub(super) home: &'static str,
    pub(super) greeting: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) requests: &'static str,
    pub(super) certificates: &'static str,
    pub(super) expiries: &'static str,
    pub(super) active: &'static str,
    pub(super) expired: &'static str,
    pub(super) other: &'static str,
    pub(super) nothing_yet: &'static str,
    pub(super) see_all: &'static str,
    pub(super) back: &'static str,
    pub(super) retry: &'static str,
    pub(super) declined: (&'static str, &'static str),
    pub(super) refused: (&'static str, &'static str),
    pub(super) stray: (&'static str, &'static str),
    pub(super) untrusted: (&'static str, &'static str),
    pub(super) unreachable: (&'static str, &'static str),
    pub(super) not_found: (&'static str, &'static str),
    pub(super) code: &'static str,
    pub(super) menu: &'static str,
    pub(super) my_requests: &'static str,
    pub(super) my_drivers: &'static str,
    pub(super) my_certificates: &'static str,
    pub(super) my_account: &'static str,
    pub(super) manage_account: &'static str,
    pub(super) order_title: &'static str,
    pub(super) order_facts: [(&'static str, &'static str); 3],
    pub(super) order_needs: &'static str,
    pub(super) validate: &'static str,
    pub(super) columns: [&'static str; 5],
    pub(super) certificate: &'static str,
    pub(super) to_complete: &'static str,
    pub(super) organisation: &'static str,
    pub(super) no_organisation: &'static str,
    pub(super) another_organisation: &'static str,
    pub(super) roles: &'static str,
    pub(super) declared: &'static str,
    pub(super) verified: &'static str,
    role_names: [(&'static str, &'static str); 6],
}

impl Words {
    /// What a role is called; one that this portal does not know has its code alone.
    pub(super) fn role(&self, code: &str) -> Option<&'static str> {
        self.role_names.into_iter().find(|(known, _)| *known == code).map(|(_, name)| name)
    }
}

/// The texts of a language.
pub(super) const fn words(language: Language) -> &'static Words {
    match language {
        Language::French => &FRENCH,
        Language::English => &ENGLISH,
    }
}

const FRENCH: Words = Words {
    skip: "Aller au contenu",
    demo: "Portail de démonstration : tout y est fictif.",
    lead: "Commandez et suivez vos certificats",
    offer: "Demandez un certificat, suivez son étude, renouvelez-le avant son échéance.",
    order: "Commander un certificat",
    sign_in: "Se connecter",
    register: "Créer un compte",
    already: "Vous avez déjà un compte ?",
    newcomer: "C’est votre première commande ?",
    steps: [
        ("Créez votre compte", "Votre nom, votre courriel, un mot de passe : quelques minutes suffisent."),
        ("Déposez votre demande", "Le formulaire et les pièces justificatives se remplissent en ligne."),
        ("Suivez son étude", "Chaque étape se lit ici, jusqu’à la remise de votre certificat."),
    ],
    ended: "Votre session est terminée. Connectez-vous pour continuer.",
    home: "Accueil",
    greeting: "Bonjour",
    sign_out: "Se déconnecter",
    requests: "Demandes à compléter",
    certificates: "Certificats délivrés",
    expiries: "Prochaines échéances",
    active: "Actifs",
    expired: "Expirés",
    other: "Autres",
    nothing_yet: "Pas encore de données",
    see_all: "Voir tout",
    back: "Revenir à l’accueil",
    retry: "Réessayer",
    declined: (
        "Vous avez interrompu la connexion",
        "Rien n’a été enregistré ici. Vous pouvez recommencer quand vous voulez.",
    ),
    refused: (
        "La connexion n’a pas abouti",
        "Le service de connexion a refusé la demande. Réessayez, ou prévenez l’assistance en donnant ce code.",
    ),
    stray: (
        "Cette connexion n’est plus en cours",
        "Elle a déjà servi, elle est trop ancienne, ou elle vient d’un autre navigateur. Recommencez depuis ici.",
    ),
    untrusted: (
        "La connexion n’a pas pu être vérifiée",
        "La réponse du service de connexion n’a pas passé nos contrôles ; personne n’a été connecté.",
    ),
    unreachable: ("Le service de connexion ne répond pas", "Réessayez dans quelques instants."),
    not_found: ("Page introuvable", "Vérifiez l’adresse, ou repartez de l’accueil."),
    code: "Code",
    menu: "Espace client",
    my_requests: "Mes demandes",
    my_drivers: "Mes pilotes",
    my_certificates: "Certificats",
    my_account: "Mon compte",
    manage_account: "Gérer mon compte",
    order_title: "Votre demande de certificat",
    order_facts: [
        ("Certificat", "Signature, sur carte, 3 ans"),
        ("Établissement", "Exemple SAS"),
        ("Pièces justificatives", "À déposer après validation"),
    ],
    order_needs: "Un compte est nécessaire pour valider cette demande et déposer les pièces justificatives.",
    validate: "Valider ma demande",
    columns: ["Date", "N° demande", "Certificat", "Titulaire", "État"],
    certificate: "Signature, sur carte, 3 ans",
    to_complete: "À compléter",
    organisation: "Votre organisation",
    no_organisation: "Vous n’agissez pour aucune organisation.",
    another_organisation: "Changer d’organisation",
    roles: "Vos rôles",
    declared: "déclaré",
    verified: "vérifié",
    role_names: [
        ("legal_representative", "Responsable légal"),
        ("administrator", "Administrateur"),
        ("server_certificate_manager", "RC serveur"),
        ("billing_contact", "Contact facturation"),
        ("certification_agent", "Mandataire"),
        ("user", "Utilisateur"),
    ],
};

const ENGLISH: Words = Words {
    skip: "Skip to content",
    demo: "Demonstration portal: everything here is fictitious.",
    lead: "Order and follow your certificates",
    offer: "Ask for a certificate, follow its review, renew it before it expires.",
    order: "Order a certificate",
    sign_in: "Sign in",
    register: "Create an account",
    already: "Already have an account?",
    newcomer: "Is this your first order?",
    steps: [
        ("Create your account", "Your name, your e-mail address, a password: a matter of minutes."),
        ("Submit your request", "Fill in the form and add the supporting documents online."),
        ("Follow its review", "Each step shows here, until you receive your certificate."),
    ],
    ended: "Your session has ended. Sign in to continue.",
    home: "Home",
    greeting: "Hello",
    sign_out: "Sign out",
    requests: "Requests to complete",
    certificates: "Issued certificates",
    expiries: "Next expiries",
    active: "Active",
    expired: "Expired",
    other: "Other",
    nothing_yet: "No data yet",
    see_all: "See all",
    back: "Back to the home page",
    retry: "Try again",
    declined: ("You stopped signing in", "Nothing was recorded here. You can start again whenever you like."),
    refused: (
        "Signing in did not succeed",
        "The sign-in service refused the request. Try again, or give this code to support.",
    ),
    stray: (
        "This sign-in is no longer under way",
        "It was already used, is too old, or comes from another browser. Start again from here.",
    ),
    untrusted: (
        "The sign-in could not be verified",
        "The sign-in service’s answer did not pass our checks; nobody was signed in.",
    ),
    unreachable: ("The sign-in service is not answering", "Try again in a moment."),
    not_found: ("Page not found", "Check the address, or start from the home page."),
    code: "Code",
    menu: "Customer area",
    my_requests: "My requests",
    my_drivers: "My drivers",
    my_certificates: "Certificates",
    my_account: "My account",
    manage_account: "Manage my account",
    order_title: "Your certificate request",
    order_facts: [
        ("Certificate", "Signature, on a card, 3 years"),
        ("Organisation", "Exemple SAS"),
        ("Supporting documents", "To be uploaded after validation"),
    ],
    order_needs: "You need an account to validate this request and upload the supporting documents.",
    validate: "Validate my request",
    columns: ["Date", "Request no.", "Certificate", "Holder", "State"],
    certificate: "Signature, on a card, 3 years",
    to_complete: "To complete",
    organisation: "Your organization",
    no_organisation: "You act for no organization.",
    another_organisation: "Act for another organization",
    roles: "Your roles",
    declared: "declared",
    verified: "verified",
    role_names: [
        ("legal_representative", "Legal representative"),
        ("administrator", "Administrator"),
        ("server_certificate_manager", "Server certificate manager"),
        ("billing_contact", "Billing contact"),
        ("certification_agent", "Certification agent"),
        ("user", "User"),
    ],
};
