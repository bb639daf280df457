//! Values that samples share: a form's hidden field, and names and addresses that are long on purpose.

use crate::realm::model::PasswordPolicy;
use crate::themes::form::FormState;

/// An ordinary address.
pub(crate) const ADDRESS: &str = "marie.durand@exemple.fr";
/// The same, masked.
pub(crate) const MASKED: &str = "marie.d•••@exemple.fr";
/// An address as long as they come.
pub(crate) const LONG_ADDRESS: &str = "marie-bernadette.elisabeth.de-la-rochefoucauld-montmorency@direction-des-systemes.tres-grande-entreprise.exemple.fr";
/// The code of a device.
pub(crate) const USER_CODE: &str = "WDJB-MJHT";
/// A person with a long name.
pub(crate) const LONG_NAME: &str = "Marie-Bernadette Élisabeth de La Rochefoucauld-Montmorency d’Estissac";
/// Where a sample's flow goes on.
pub(crate) const NEXT: &str = "/realms/certinomis/sign-in?flow=0199a2b4-0000-7000-8000-000000000001";

/// A password of eight characters and four kinds.
pub(crate) const FOUR_KINDS: PasswordPolicy =
    PasswordPolicy { min_length: 8, max_length: 256, min_classes: 4, exempt_from_classes_at: None };

/// A form nobody has filled yet.
pub(crate) fn form() -> FormState {
    FormState::new("Zm9ybS1zYW1wbGU.bWFj")
}
