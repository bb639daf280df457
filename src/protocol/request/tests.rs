//! The row of checks as tables: what passes, what is refused on a page of ours, what is told to the client.

use super::presented::Way;
use super::*;
use crate::ids::{SessionId, UserId};
use crate::protocol::client::tests::{confidential, public};
use crate::protocol::error::ErrorCode;
use crate::protocol::response::AuthorizationResponse;
use crate::secret::Secret;

pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn marie() -> UserId {
    "01900000-0000-7000-8000-000000000001".parse().unwrap()
}

/// A good request, with some parameters replaced, added, or (by an empty value) left out.
fn query(changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", "portal"),
        ("redirect_uri", "https://rp.example/cb?x=1"),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "s t"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        fields.retain(|(field, _)| field != name);
        fields.push((name, value));
    }
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn judge_query(encoded: &str, registration_open: bool) -> Result<AuthorizationRequest, Rejection> {
    let issuer = Issuer::new(&"https://id.example".parse().unwrap(), &"certinomis".parse().unwrap());
    let mut silent = confidential("exempt");
    silent.requests.pkce = crate::protocol::client::Pkce::Optional;
    let mut careless = public("careless");
    careless.requests.pkce = crate::protocol::client::Pkce::Optional;
    let mut refresher = public("refresher");
    refresher.grant_types.clear();
    let mut nowhere = public("nowhere");
    nowhere.redirect_uris.clear();
    let mut strict = public("strict");
    strict.requests.signed_answer = true;
    strict.requests.default_max_age = Some(Duration::from_mins(5));
    strict.requests.default_acr_values = vec!["password".to_owned()];
    strict.resources = ["https://api.example/".to_owned(), "https://files.example/".to_owned()].into();
    let mut pushing = public("pushing");
    pushing.requests.pushed = PushedRequests::Required;
    let mut signing = public("signing");
    signing.requests.signed = true;
    let clients = [public("portal"), silent, careless, refresher, nowhere, strict, pushing, signing];
    let hint = |token: &str| {
        let (client_id, user) = token.split_once('/')?;
        let session: SessionId = "01900000-0000-7000-8000-00000000000a".parse().ok()?;
        let user: UserId = user.parse().ok()?;
        Some(IdTokenHint { client_id: ClientId::new(client_id), subject: user.into(), session: Some(session) })
    };
    let parameters = Parameters::parse(encoded.as_bytes()).map_err(Refusal::from)?;
    let named = parameters.single("client_id").ok().flatten();
    let client = clients.iter().find(|client| Some(client.client_id.as_str()) == named);
    let (pushed, way) = (PushedRequests::Optional, Way::Browser);
    let highest = Acr::Password;
    let provider = Provider { issuer: &issuer, client, registration_open, pushed, highest, id_token_hint: &hint };
    check(&Presented { parameters, way, signed: false }, &provider, NOW)
}

pub(crate) fn accepted(changes: &[(&str, &str)]) -> AuthorizationRequest {
    judge_query(&query(changes), true).unwrap()
}

fn refused(encoded: &str) -> Refusal {
    match judge_query(encoded, true) {
        Err(Rejection::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn answered(encoded: &str, registration_open: bool) -> ErrorResponse {
    match judge_query(encoded, registration_open) {
        Err(Rejection::Answered(response)) => *response,
        other => panic!("not answered: {other:?}"),
    }
}

#[test]
fn a_good_request_passes_with_everything_it_asked() {
    let request = accepted(&[
        ("scope", "openid email martian profile"),
        ("prompt", "login create"),
        ("max_age", "0"),
        ("login_hint", " marie@example.fr "),
        ("id_token_hint", "portal/01900000-0000-7000-8000-000000000001"),
        ("ui_locales", "se en-GB fr en"),
        ("acr_values", "gold password password"),
        ("display", "popup"),
        ("extra", "foobar"),
    ]);
    assert_eq!(request.client_id().as_str(), "portal");
    assert_eq!(request.scope().to_string(), "email openid profile");
    assert_eq!(request.nonce(), Some("n-1"));
    assert!(request.code_challenge().is_some_and(|challenge| challenge.is_met_by(VERIFIER)));
    assert!(request.prompts().contains(Prompt::Login) && request.prompts().contains(Prompt::Create));
    assert_eq!(request.login_hint(), Some("marie@example.fr"));
    assert_eq!(request.ui_locales(), [Language::English, Language::French]);
    assert_eq!(request.demand, Demand::voluntary(["password"], Acr::Password));
    assert_eq!(request.received, NOW);
}

#[test]
fn sr_125_before_client_and_address_are_proven_nothing_is_redirected() {
    for (changes, refusal) in [
        (vec![("client_id", "")], Refusal::ClientIdMissing),
        (vec![("client_id", "Portal")], Refusal::ClientUnknown),
        (vec![("client_id", "portal ")], Refusal::ClientUnknown),
        (vec![("redirect_uri", "")], Refusal::RedirectUriMissing),
        (vec![("redirect_uri", "https://rp.example/cb")], Refusal::RedirectUriMismatch),
        (vec![("redirect_uri", "https://rp.example/cb?x=1&y=2")], Refusal::RedirectUriMismatch),
        (vec![("redirect_uri", "https://evil.example/cb"), ("prompt", "none")], Refusal::RedirectUriMismatch),
        (
            vec![("redirect_uri", "https://evil.example/cb"), ("response_mode", "form_post")],
            Refusal::RedirectUriMismatch,
        ),
        // SR-124
        (vec![("client_id", "nowhere")], Refusal::RedirectUriMismatch),
    ] {
        assert_eq!(refused(&query(&changes)), refusal, "{changes:?}");
    }
    let good = query(&[]);
    for (more, fault) in [
        ("&client_id=portal", ParameterFault::Repeated),
        ("&redirect_uri=https://rp.example/cb?x=1", ParameterFault::Repeated),
        ("&x=%", ParameterFault::Malformed),
    ] {
        assert_eq!(refused(&format!("{good}{more}")), Refusal::Unreadable(fault), "{more}");
    }
}

#[test]
fn afterwards_each_fault_is_told_by_its_own_code() {
    let marie = "portal/01900000-0000-7000-8000-000000000001";
    for (name, value, code) in [
        ("response_type", "", ErrorCode::InvalidRequest),
        ("response_type", "token", ErrorCode::UnsupportedResponseType),
        ("response_type", "code id_token", ErrorCode::UnsupportedResponseType),
        ("response_mode", "web_message", ErrorCode::InvalidRequest),
        ("scope", "", ErrorCode::InvalidScope),
        ("scope", "profile", ErrorCode::InvalidScope),
        ("scope", "openid  profile", ErrorCode::InvalidScope),
        ("code_challenge", "", ErrorCode::InvalidRequest),
        ("code_challenge", "short", ErrorCode::InvalidRequest),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", ErrorCode::InvalidRequest),
        ("code_challenge_method", "", ErrorCode::InvalidRequest),
        ("code_challenge_method", "plain", ErrorCode::InvalidRequest),
        ("prompt", "none login", ErrorCode::InvalidRequest),
        ("prompt", "dance", ErrorCode::InvalidRequest),
        ("kc_action", "DELETE_EVERYTHING", ErrorCode::InvalidRequest),
        ("max_age", "-1", ErrorCode::InvalidRequest),
        ("max_age", "+1", ErrorCode::InvalidRequest),
        ("max_age", "99999999999", ErrorCode::InvalidRequest),
        ("id_token_hint", "nonsense", ErrorCode::InvalidRequest),
        ("id_token_hint", &marie.replace("portal", "other"), ErrorCode::InvalidRequest),
        ("display", "wall", ErrorCode::InvalidRequest),
        ("resource", "https://api.example/", ErrorCode::InvalidTarget),
        ("dpop_jkt", "short", ErrorCode::InvalidRequest),
        ("claims", "[]", ErrorCode::InvalidRequest),
        ("claims", "{", ErrorCode::InvalidRequest),
        ("claims", r#"{"userinfo":{"name":[true]}}"#, ErrorCode::InvalidRequest),
        ("claims", r#"{"userinfo":[]}"#, ErrorCode::InvalidRequest),
        ("claims", r#"{"userinfo":{"name":true}}"#, ErrorCode::InvalidRequest),
        ("claims", r#"{"id_token":{"sub":{"value":1}}}"#, ErrorCode::InvalidRequest),
        ("claims", r#"{"userinfo":{"x":{"values":[[[1]]]}}}"#, ErrorCode::InvalidRequest),
        (
            "claims",
            r#"{"id_token":{"acr":{"essential":true,"value":"gold"}}}"#,
            ErrorCode::UnmetAuthenticationRequirements,
        ),
        ("registration", "{}", ErrorCode::RegistrationNotSupported),
    ] {
        assert_eq!(answered(&query(&[(name, value)]), true).error().code(), code, "{name}={value}");
    }
    let unauthorized = answered(&query(&[("client_id", "refresher")]), true);
    assert_eq!(unauthorized.error().code(), ErrorCode::UnauthorizedClient);
    assert_eq!(answered(&query(&[("prompt", "create")]), false).error().code(), ErrorCode::InvalidRequest);
}

#[test]
fn sr_127_a_repeated_parameter_is_an_error_of_the_whole_request() {
    for name in ["scope", "nonce", "state", "unheard_of"] {
        let encoded = format!("{}&{name}=a&{name}=b", query(&[]));
        assert_eq!(answered(&encoded, true).error().code(), ErrorCode::InvalidRequest, "{name}");
    }
}

#[test]
fn sr_128_the_exemption_is_for_confidential_clients_alone() {
    let without = |client| query(&[("client_id", client), ("code_challenge", ""), ("code_challenge_method", "")]);
    assert!(judge_query(&without("exempt"), true).unwrap().code_challenge().is_none());
    for client in ["portal", "careless"] {
        assert_eq!(answered(&without(client), true).error().code(), ErrorCode::InvalidRequest, "{client}");
    }
    let half = query(&[("client_id", "exempt"), ("code_challenge", "")]);
    assert_eq!(answered(&half, true).error().code(), ErrorCode::InvalidRequest);
}

#[test]
fn sr_126_only_a_silent_request_is_answered_at_once() {
    for (prompt, delivery) in [("none", Delivery::AtOnce), ("", Delivery::ByTheUser), ("login", Delivery::ByTheUser)] {
        let response = answered(&query(&[("scope", "profile"), ("prompt", prompt)]), true);
        assert_eq!(response.delivery(), delivery, "{prompt}");
    }
    assert_eq!(accepted(&[]).fail(Error::access_denied()).delivery(), Delivery::AtOnce);
}

#[test]
fn sr_131_sr_132_every_answer_carries_iss_and_the_unchanged_state() {
    let iss = "iss=https%3A%2F%2Fid.example%2Frealms%2Fcertinomis";
    let request = accepted(&[]);
    let redirect = |response| match response {
        AuthorizationResponse::Redirect(address) => address,
        _ => panic!("no redirect"),
    };
    assert_eq!(
        redirect(request.return_address().code(&Secret::new("c-1".to_owned()), None, false)),
        format!("https://rp.example/cb?x=1&code=c-1&state=s+t&{iss}")
    );
    assert_eq!(
        redirect(request.fail(Error::access_denied()).response()),
        format!(
            "https://rp.example/cb?x=1&error=access_denied&error_description=the+end-user+cancelled&state=s+t&{iss}"
        )
    );
    let stateless = redirect(accepted(&[("state", "")]).fail(Error::invalid_client()).response());
    assert!(stateless.contains("error=server_error") && !stateless.contains("state="), "{stateless}");

    let form =
        accepted(&[("response_mode", "form_post")]).return_address().code(&Secret::new("c-1".to_owned()), None, false);
    let AuthorizationResponse::FormPost { action, fields } = form else { panic!("a redirect") };
    assert_eq!(action, "https://rp.example/cb?x=1");
    assert_eq!(fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["code", "state", "iss"]);
}

#[test]
fn sr_136_hints_that_could_not_be_identifiers_are_dropped() {
    let long = "x".repeat(255);
    for (hint, kept) in [
        ("marie", Some("marie")),
        ("buffy@id.example", Some("buffy@id.example")),
        ("a\u{0}b", None),
        ("a\u{202e}b", None),
        ("  ", None),
        (long.as_str(), None),
    ] {
        assert_eq!(accepted(&[("login_hint", hint)]).login_hint(), kept, "{hint:?}");
    }
}

#[test]
fn sr_135_a_session_answers_only_when_it_is_fresh_enough_and_of_the_right_person() {
    let ago = |seconds| NOW - Duration::from_secs(seconds);
    let later = NOW + Duration::from_secs(30);
    let other = "portal/01900000-0000-7000-8000-000000000002";
    for (name, value, auth_time, verdict) in [
        ("extra", "1", ago(9000), Acceptance::Accepted),
        ("prompt", "none", ago(9000), Acceptance::Accepted),
        ("prompt", "login", ago(1), Acceptance::TooOld),
        ("prompt", "select_account", ago(1), Acceptance::Accepted),
        ("prompt", "select_account login", ago(1), Acceptance::TooOld),
        ("prompt", "create", ago(1), Acceptance::TooOld),
        ("prompt", "login", NOW + Duration::from_secs(5), Acceptance::Accepted),
        ("max_age", "1", ago(2), Acceptance::TooOld),
        ("max_age", "10000", ago(2), Acceptance::Accepted),
        ("max_age", "0", ago(0), Acceptance::Accepted),
        ("id_token_hint", other, ago(2), Acceptance::SomebodyElse),
    ] {
        assert_eq!(accepted(&[(name, value)]).accepts(&marie().into(), auth_time, later), verdict, "{name}={value}");
    }
}

#[test]
fn a_stored_request_comes_back_and_is_held_against_the_client_of_today() {
    let request = accepted(&[("prompt", "login"), ("max_age", "60")]);
    let back = AuthorizationRequest::from_row(&request.to_row().unwrap()).unwrap();
    assert_eq!(format!("{request:?}"), format!("{back:?}"));
    let mut portal = public("portal");
    assert!(back.is_still_registered(&portal));
    assert!(!back.is_still_registered(&public("other")));
    portal.redirect_uris.clear();
    assert!(!back.is_still_registered(&portal));
}

#[test]
fn sr_133_sr_134_who_has_to_push_or_to_sign_is_held_to_it() {
    for client in ["pushing", "signing"] {
        let refused = answered(&query(&[("client_id", client)]), true);
        assert_eq!(refused.error().code(), ErrorCode::InvalidRequest, "{client}");
    }
}

#[test]
fn an_unreadable_request_is_told_beside_it_or_on_a_page_and_moves_nobody_by_itself() {
    let issuer = Issuer::new(&"https://id.example".parse().unwrap(), &"certinomis".parse().unwrap());
    let portal = public("portal");
    for (changes, known, told) in [
        (vec![], true, Ok(ErrorCode::InvalidRequestObject)),
        (vec![("prompt", "none")], true, Ok(ErrorCode::InvalidRequestObject)),
        (vec![("redirect_uri", "")], true, Err(Refusal::Unresolved(Error::invalid_client()))),
        (vec![("redirect_uri", "https://evil.example/")], true, Err(Refusal::Unresolved(Error::invalid_client()))),
        (vec![], false, Err(Refusal::ClientUnknown)),
    ] {
        let parameters = Parameters::parse(query(&changes).as_bytes()).unwrap();
        let provider = Provider {
            issuer: &issuer,
            client: known.then_some(&portal),
            registration_open: true,
            pushed: PushedRequests::Optional,
            highest: Acr::Password,
            id_token_hint: &|_| None,
        };
        let error = match told {
            Err(Refusal::Unresolved(error)) => error,
            _ => Error::new(ErrorCode::InvalidRequestObject, "a test"),
        };
        match (unresolved(&parameters, &provider, error), told) {
            (Rejection::Answered(response), Ok(code)) => {
                assert_eq!((response.error().code(), response.delivery()), (code, Delivery::ByTheUser));
            }
            (Rejection::Refused(refusal), Err(expected)) => assert_eq!(refusal, expected),
            (rejection, _) => panic!("{changes:?}: {rejection:?}"),
        }
    }
}

#[test]
fn each_mode_carries_its_answer_in_its_own_place() {
    let iss = "iss=https%3A%2F%2Fid.example%2Frealms%2Fcertinomis";
    let answer =
        |mode| accepted(&[("response_mode", mode)]).return_address().code(&Secret::new("c-1".to_owned()), None, false);
    for (mode, address) in [
        ("query", format!("https://rp.example/cb?x=1&code=c-1&state=s+t&{iss}")),
        ("fragment", format!("https://rp.example/cb?x=1#code=c-1&state=s+t&{iss}")),
    ] {
        assert!(answer(mode) == AuthorizationResponse::Redirect(address), "{mode}");
    }
    let jwt = Secret::new("a.b.c".to_owned());
    for (mode, carried) in [
        ("jwt", AuthorizationResponse::Redirect("https://rp.example/cb?x=1&response=a.b.c".to_owned())),
        ("query.jwt", AuthorizationResponse::Redirect("https://rp.example/cb?x=1&response=a.b.c".to_owned())),
        ("fragment.jwt", AuthorizationResponse::Redirect("https://rp.example/cb?x=1#response=a.b.c".to_owned())),
        (
            "form_post.jwt",
            AuthorizationResponse::FormPost {
                action: "https://rp.example/cb?x=1".to_owned(),
                fields: vec![("response", "a.b.c".to_owned())],
            },
        ),
    ] {
        let AuthorizationResponse::Unsigned(unsigned) = answer(mode) else { panic!("{mode} is not signed") };
        assert_eq!(
            serde_json::to_value(unsigned.claims(NOW)).unwrap(),
            serde_json::json!({
                "iss": "https://id.example/realms/certinomis", "aud": "portal", "exp": 1_800_000_600,
                "code": "c-1", "state": "s t"
            })
        );
        assert!(unsigned.signed(&jwt) == carried, "{mode}");
    }
}

#[test]
fn who_wants_signed_answers_gets_no_others_not_even_errors() {
    let of = |changes: &[(&str, &str)]| {
        let changes: Vec<_> = [("client_id", "strict")].into_iter().chain(changes.iter().copied()).collect();
        judge_query(&query(&changes), true)
    };
    let is_signed = |response| matches!(response, AuthorizationResponse::Unsigned(_));
    let usual = of(&[]).unwrap();
    assert!(is_signed(usual.return_address().code(&Secret::new("c-1".to_owned()), None, false)));
    assert!(is_signed(usual.fail(Error::access_denied()).response()));
    for mode in ["query", "fragment", "form_post", "web_message"] {
        let Err(Rejection::Answered(refused)) = of(&[("response_mode", mode)]) else { panic!("{mode} passes") };
        assert_eq!(refused.error().code(), ErrorCode::InvalidRequest, "{mode}");
        assert!(is_signed(refused.response()), "{mode}");
    }
}

#[test]
fn what_a_request_does_not_say_is_as_its_client_registered() {
    let of = |changes: &[(&str, &str)]| {
        let changes: Vec<_> = [("client_id", "strict")].into_iter().chain(changes.iter().copied()).collect();
        judge_query(&query(&changes), true).unwrap()
    };
    assert_eq!(of(&[]).max_age, Some(Duration::from_mins(5)));
    assert_eq!(of(&[("max_age", "9")]).max_age, Some(Duration::from_secs(9)));
    assert_eq!(of(&[]).demand, Demand::voluntary(["password"], Acr::Password));
    assert_eq!(of(&[("acr_values", "gold")]).demand, Demand::default());
    let acr = r#"{"id_token":{"acr":{"values":["gold","password"],"essential":true}}}"#;
    assert_eq!(
        Some(of(&[("claims", acr), ("acr_values", "gold")]).demand),
        Demand::essential(["password"], Acr::Password)
    );
    assert_eq!(of(&[("claims", r#"{"id_token":{"acr":{"value":"gold"}}}"#)]).demand, Demand::default());
    let jkt = CHALLENGE;
    assert_eq!(of(&[("dpop_jkt", jkt)]).dpop_jkt().map(Thumbprint::as_str), Some(jkt));
    assert!(of(&[("resource", "https://api.example/")]).resources().contains("https://api.example/"));
    let both = format!(
        "{}&resource=https://files.example/",
        query(&[("client_id", "strict"), ("resource", "https://api.example/")])
    );
    assert_eq!(judge_query(&both, true).unwrap().resources().len(), 2);
    for other in ["https://api.example", "https://api.example/#x", "api", "https://API.example/"] {
        let encoded = query(&[("client_id", "strict"), ("resource", other)]);
        assert_eq!(answered(&encoded, true).error().code(), ErrorCode::InvalidTarget, "{other}");
    }
}

#[test]
fn claims_are_asked_for_by_name_and_a_named_person_alone_answers() {
    let asked = accepted(&[(
        "claims",
        r#"{"userinfo":{"email":{"essential":true},"address":{"value":{"country":"FR"}},"http://x.example/y":null},
            "id_token":{"name":null,"sub":{"value":"01900000-0000-7000-8000-000000000002"}},"else":1}"#,
    )]);
    let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        (list(asked.claims().userinfo()), list(asked.claims().id_token())),
        (vec!["email".to_owned()], vec!["name".to_owned()])
    );
    assert_eq!(asked.accepts(&marie().into(), NOW, NOW), Acceptance::SomebodyElse);
    let any = r#"{"userinfo":{"sub":{"values":["x","01900000-0000-7000-8000-000000000001"]}}}"#;
    assert_eq!(accepted(&[("claims", any)]).accepts(&marie().into(), NOW, NOW), Acceptance::Accepted);
    assert_eq!(
        accepted(&[("claims", r#"{"id_token":{"sub":null}}"#)]).accepts(&marie().into(), NOW, NOW),
        Acceptance::Accepted
    );
}

#[test]
fn a_demanded_level_fails_a_lower_one_only_where_it_is_essential() {
    let plain = accepted(&[("acr_values", "password")]);
    assert!(!plain.asks_more_than(Acr::Password) && !plain.is_failed_by(Acr::Password));
    let essential = accepted(&[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"password"}}}"#)]);
    assert!(!essential.is_failed_by(Acr::Password) && !essential.is_failed_by(Acr::Certificate));
}
