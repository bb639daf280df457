//! The list of all hosted pages. Tests, the preview and accessibility runs walk it; a page that is not here does not
//! exist for them.

use crate::clock::Timestamp;
use crate::themes::page::{Exhibit, exhibits};

use super::account::activity::ActivityPage;
use super::account::applications::AccountApplicationsPage;
use super::account::certificates::AccountCertificatesPage;
use super::account::close::{ClosePage, KeepPage};
use super::account::email::EmailPage;
use super::account::email_link::EmailLinkPage;
use super::account::export::ExportPage;
use super::account::home::AccountPage;
use super::account::identity::IdentityPage;
use super::account::organisation::contacts::ContactsPage;
use super::account::organisation::details::DetailsPage;
use super::account::organisation::entity::OrganisationPage;
use super::account::organisation::invitations::InvitationsPage;
use super::account::organisation::list::OrganisationsPage;
use super::account::organisation::member::MemberPage;
use super::account::organisation::request::RequestPage;
use super::account::organisation::requests::RequestsPage;
use super::account::organisation::users::UsersPage;
use super::account::passkeys::PasskeysPage;
use super::account::second_factors::SecondFactorsPage;
use super::account::sessions::SessionsPage;
use super::actions::accept_terms::AcceptTermsPage;
use super::actions::challenge_questions::ChallengeQuestionsPage;
use super::actions::configure_totp::ConfigureTotpPage;
use super::actions::designate_contacts::DesignateContactsPage;
use super::actions::invite_users::InviteUsersPage;
use super::actions::recovery_codes::RecoveryCodesPage;
use super::actions::register_passkey::RegisterPasskeyPage;
use super::actions::secret_question::SecretQuestionPage;
use super::actions::update_password::UpdatePasswordPage;
use super::actions::verify_email::VerifyEmailPage;
use super::certificate::associate::AssociateCertificatePage;
use super::certificate::before::CertificatePage;
use super::certificate::result::{CertificateKnownPage, CertificateRefusedPage, CertificateUnknownPage};
use super::choose_organisation::ChooseOrganisationPage;
use super::consent::ConsentPage;
use super::device::confirm::DeviceConfirmPage;
use super::device::ended::DeviceEndedPage;
use super::device::enter::DeviceCodePage;
use super::error_pages::{BusyPage, ErrorPage, MaintenancePage, NotFoundPage};
use super::form_post::FormPostPage;
use super::interruptions::{
    ApplicationsPage, ContinueAsPage, CookiesRefusedPage, ReadyPage, StartAgainPage, StepDonePage,
};
use super::invitation::InvitationPage;
use super::link::{
    ConfirmLinkPage, LinkDonePage, LinkExpiredPage, LinkIncompletePage, LinkRefusedPage, LinkReplacedPage, LinkUsedPage,
};
use super::login::lapsed::TemporaryLapsedPage;
use super::login::lost_factor::LostFactorPage;
use super::login::passkey::PasskeyFactorPage;
use super::login::password::SignInPage;
use super::login::recovery_code::RecoveryCodePage;
use super::login::select_account::SelectAccountPage;
use super::login::totp::TotpPage;
use super::login::welcome::WelcomePage;
use super::logout::{SignOutPage, SignedOutPage};
use super::not_me::NotMePage;
use super::questions::challenge::ChallengePage;
use super::recovery::{
    IdentifierSentPage, RecoverIdentifierPage, RecoverPasswordPage, RecoverQuestionPage, RecoverSentPage,
};
use super::register::access::AskForAccessPage;
use super::register::access_link::AccessLinkPage;
use super::register::chosen_password::RegisterWithPasswordPage;
use super::register::issued::RegisterIssuedPage;
use super::register::organisation::{OrganisationKnownPage, RegisterAdministratorPage, RegisterOrganisationPage};
use super::register::sent::CredentialsSentPage;
use super::register::verified_email::RegisterPage;
use super::session_over::SessionOverPage;
use super::steps::LaterPage;
use super::terms::TermsPage;

/// Every page in every state.
pub fn all(now: Timestamp) -> Vec<Exhibit> {
    [
        exhibits::<SignInPage>(now),
        exhibits::<TotpPage>(now),
        exhibits::<PasskeyFactorPage>(now),
        exhibits::<RecoveryCodePage>(now),
        exhibits::<LostFactorPage>(now),
        exhibits::<WelcomePage>(now),
        exhibits::<RegisterPage>(now),
        exhibits::<RegisterWithPasswordPage>(now),
        exhibits::<AskForAccessPage>(now),
        exhibits::<AccessLinkPage>(now),
        exhibits::<RegisterIssuedPage>(now),
        exhibits::<CredentialsSentPage>(now),
        exhibits::<TemporaryLapsedPage>(now),
        exhibits::<RegisterOrganisationPage>(now),
        exhibits::<RegisterAdministratorPage>(now),
        exhibits::<OrganisationKnownPage>(now),
        exhibits::<VerifyEmailPage>(now),
        exhibits::<ConfirmLinkPage>(now),
        exhibits::<LinkDonePage>(now),
        exhibits::<LinkExpiredPage>(now),
        exhibits::<LinkUsedPage>(now),
        exhibits::<LinkReplacedPage>(now),
        exhibits::<LinkIncompletePage>(now),
        exhibits::<LinkRefusedPage>(now),
        exhibits::<NotMePage>(now),
        exhibits::<UpdatePasswordPage>(now),
        exhibits::<SecretQuestionPage>(now),
        exhibits::<ChallengeQuestionsPage>(now),
        exhibits::<ConfigureTotpPage>(now),
        exhibits::<RecoveryCodesPage>(now),
        exhibits::<RegisterPasskeyPage>(now),
        exhibits::<AcceptTermsPage>(now),
        exhibits::<TermsPage>(now),
        exhibits::<DesignateContactsPage>(now),
        exhibits::<InviteUsersPage>(now),
        exhibits::<LaterPage>(now),
        exhibits::<InvitationPage>(now),
        exhibits::<RecoverPasswordPage>(now),
        exhibits::<RecoverSentPage>(now),
        exhibits::<RecoverQuestionPage>(now),
        exhibits::<RecoverIdentifierPage>(now),
        exhibits::<IdentifierSentPage>(now),
        exhibits::<ChallengePage>(now),
        exhibits::<ChooseOrganisationPage>(now),
        exhibits::<ConsentPage>(now),
        exhibits::<SelectAccountPage>(now),
        exhibits::<DeviceCodePage>(now),
        exhibits::<DeviceConfirmPage>(now),
        exhibits::<DeviceEndedPage>(now),
        exhibits::<CertificatePage>(now),
        exhibits::<CertificateKnownPage>(now),
        exhibits::<CertificateUnknownPage>(now),
        exhibits::<CertificateRefusedPage>(now),
        exhibits::<AssociateCertificatePage>(now),
        exhibits::<AccountCertificatesPage>(now),
        exhibits::<SignOutPage>(now),
        exhibits::<SignedOutPage>(now),
        exhibits::<SessionOverPage>(now),
        exhibits::<AccountPage>(now),
        exhibits::<IdentityPage>(now),
        exhibits::<EmailPage>(now),
        exhibits::<EmailLinkPage>(now),
        exhibits::<ExportPage>(now),
        exhibits::<ClosePage>(now),
        exhibits::<KeepPage>(now),
        exhibits::<OrganisationsPage>(now),
        exhibits::<OrganisationPage>(now),
        exhibits::<DetailsPage>(now),
        exhibits::<ContactsPage>(now),
        exhibits::<InvitationsPage>(now),
        exhibits::<UsersPage>(now),
        exhibits::<MemberPage>(now),
        exhibits::<RequestsPage>(now),
        exhibits::<RequestPage>(now),
        exhibits::<PasskeysPage>(now),
        exhibits::<SecondFactorsPage>(now),
        exhibits::<SessionsPage>(now),
        exhibits::<AccountApplicationsPage>(now),
        exhibits::<ActivityPage>(now),
        exhibits::<ApplicationsPage>(now),
        exhibits::<ContinueAsPage>(now),
        exhibits::<StepDonePage>(now),
        exhibits::<ReadyPage>(now),
        exhibits::<CookiesRefusedPage>(now),
        exhibits::<StartAgainPage>(now),
        exhibits::<FormPostPage>(now),
        exhibits::<ErrorPage>(now),
        exhibits::<NotFoundPage>(now),
        exhibits::<MaintenancePage>(now),
        exhibits::<BusyPage>(now),
    ]
    .into_iter()
    .flatten()
    .collect()
}
