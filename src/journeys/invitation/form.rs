//! The form in which an administrator names whom to invite: the same in the activation and at the account pages.

use serde::Serialize;

use crate::app::invitations::Invitee;
use crate::identity::language::Language;
use crate::identity::organisation::Role;
use crate::identity::user::Registrant;
use crate::journeys::fields::Fields;
use crate::journeys::person::{self, Address, Named};
use crate::journeys::refusals;
use crate::mail::message::role_label;
use crate::realm::model::OrganisationPolicy;
use crate::themes::form::{Field, FormState};

/// The fields that are shown again as they were typed; the boxes are [`RoleBox`]es.
pub(crate) const FIELDS: [Field; 3] = [Field::FirstName, Field::LastName, Field::Email];

/// A role that may be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RoleBox {
    /// The name of the box in the form.
    pub(crate) name: String,
    /// What the role is called.
    pub(crate) label: &'static str,
    /// Whether it is ticked.
    pub(crate) ticked: bool,
}

/// The boxes of a form that nobody has filled yet: a user, where there are any.
pub(crate) fn first_boxes(policy: &OrganisationPolicy) -> Vec<RoleBox> {
    boxes(policy, &[Role::User])
}

/// The boxes of the roles that may be given, these ticked.
pub(crate) fn boxes(policy: &OrganisationPolicy, ticked: &[Role]) -> Vec<RoleBox> {
    let one = |role: &Role| RoleBox { name: name(*role), label: role_label(*role), ticked: ticked.contains(role) };
    policy.roles.iter().map(one).collect()
}

/// The roles whose boxes came ticked, of those that may be given.
pub(crate) fn ticked(fields: &Fields, policy: &OrganisationPolicy) -> Vec<Role> {
    policy.roles.iter().copied().filter(|role| !fields.raw(&name(*role)).is_empty()).collect()
}

/// Who is to be invited, in the language of the page; or the form with all that is to be mended.
pub(crate) fn read(
    fields: &Fields,
    mut form: FormState,
    policy: &OrganisationPolicy,
    language: Language,
) -> Result<Invitee, Box<FormState>> {
    let named = person::read(fields, FIELDS, Address::Asked, &mut form);
    let roles = ticked(fields, policy);
    if roles.is_empty() {
        form = form.refuse(Field::Roles, refusals::roles_unticked());
    }
    match named {
        Some(Named { first_name, last_name, email: Some(email) }) if !form.has_errors() => {
            Ok(Invitee { who: Registrant { first_name, last_name, email, language, organisation: None }, roles })
        }
        _ => Err(Box::new(form)),
    }
}

fn name(role: Role) -> String {
    format!("role-{role}")
}
