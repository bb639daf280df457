//! The words that lead through the registration of an organisation, as a person reads them.

mod english;
mod french;

pub(super) use english::ENGLISH;
pub(super) use french::FRENCH;

/// All of one language.
pub(super) struct Words {
    pub(super) tag: &'static str,
    pub(super) portal: Portal,
    pub(super) sign_in: SignIn,
    pub(super) entity: Entity,
    pub(super) register: Register,
    pub(super) administrator: Administrator,
    pub(super) sent: Sent,
    pub(super) mails: Mails,
    pub(super) known: Known,
    pub(super) access: Access,
    pub(super) lapsed: Lapsed,
    /// Where the link of a mail leads: to the applications, each by its name.
    pub(super) applications: [&'static str; 2],
    pub(super) mailbox: &'static str,
    /// What the first step of the activation is called, in the capitals of its bar.
    pub(super) password: &'static str,
}

/// The order portal's front page.
pub(super) struct Portal {
    pub(super) name: &'static str,
    pub(super) front: &'static str,
    pub(super) register: &'static str,
    pub(super) sign_in: &'static str,
}

/// *Connexion à votre espace client*
pub(super) struct SignIn {
    pub(super) title: &'static str,
    /// From the heading of the form to the door for others, in this order.
    pub(super) says: [&'static str; 8],
    /// The footer: whom to turn to.
    pub(super) support: [&'static str; 3],
    pub(super) submit: &'static str,
    pub(super) register: &'static str,
    pub(super) empty: [&'static str; 3],
    pub(super) wrong: &'static str,
}

/// *Informations sur votre entité*: its questions and its fields.
pub(super) struct Entity {
    pub(super) title: &'static str,
    pub(super) step: &'static str,
    pub(super) intro: [&'static str; 3],
    pub(super) required: &'static str,
    pub(super) registered_in: &'static str,
    pub(super) places: [&'static str; 3],
    pub(super) has_vat: &'static str,
    pub(super) has_siret: &'static str,
    pub(super) yes_no: [&'static str; 2],
    pub(super) next: &'static str,
    pub(super) problem: &'static str,
    pub(super) unanswered: &'static str,
    pub(super) siret: &'static str,
    pub(super) siret_help: &'static str,
    /// Behind the number, in this order.
    pub(super) french_fields: [&'static str; 11],
    pub(super) foreign_fields: [&'static str; 9],
    pub(super) kinds: [&'static str; 3],
    pub(super) association_name: &'static str,
    pub(super) french_missing: [&'static str; 8],
    pub(super) foreign_missing: [&'static str; 7],
    pub(super) siret_unanswered: &'static str,
    pub(super) european_vat: &'static str,
    pub(super) foreign_vat: &'static str,
    pub(super) foreign_number: &'static str,
    pub(super) countries: [&'static str; 3],
    pub(super) rna: &'static str,
    pub(super) department_proposed: &'static str,
    /// A SIREN, a slip of the finger.
    pub(super) mistyped: [&'static str; 2],
}

/// What the register says, and what is done with it.
pub(super) struct Register {
    pub(super) look_up: &'static str,
    pub(super) unknown: &'static str,
    pub(super) closed: &'static str,
    pub(super) partial: &'static str,
    pub(super) found: [&'static str; 3],
    pub(super) not_mine: &'static str,
    pub(super) mine: &'static str,
    pub(super) phone_missing: &'static str,
}

/// *Informations sur l’administrateur du compte client*
pub(super) struct Administrator {
    pub(super) title: &'static str,
    pub(super) step: &'static str,
    pub(super) fields: [&'static str; 5],
    pub(super) problem: &'static str,
    pub(super) missing: [&'static str; 5],
    pub(super) differs: &'static str,
    pub(super) submit: &'static str,
    pub(super) change: &'static str,
}

/// « Consultez vos e-mails »
pub(super) struct Sent {
    pub(super) title: &'static str,
    pub(super) says: [&'static str; 6],
    pub(super) resend: &'static str,
    pub(super) too_early: &'static str,
    pub(super) resent: &'static str,
}

/// The two mails.
pub(super) struct Mails {
    pub(super) greeting: &'static str,
    pub(super) identifier: Mail,
    pub(super) password: Mail,
}

/// One of them.
pub(super) struct Mail {
    pub(super) subject: &'static str,
    pub(super) label: &'static str,
    pub(super) says: [&'static str; 4],
}

/// *Ce compte client existe déjà*
pub(super) struct Known {
    pub(super) title: &'static str,
    pub(super) says: [&'static str; 3],
    pub(super) request: &'static str,
    pub(super) correct: &'static str,
}

/// A request for access.
pub(super) struct Access {
    pub(super) title: &'static str,
    pub(super) submit: &'static str,
    pub(super) sent: [&'static str; 2],
    pub(super) back: &'static str,
    pub(super) subject: &'static str,
    pub(super) confirm: [&'static str; 2],
    pub(super) passed_on: [&'static str; 2],
    pub(super) told: &'static str,
}

/// « Votre mot de passe temporaire a expiré »
pub(super) struct Lapsed {
    pub(super) title: &'static str,
    pub(super) submit: &'static str,
    pub(super) renewed: &'static str,
}
