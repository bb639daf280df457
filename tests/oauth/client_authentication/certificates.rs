//! `tls_client_auth` and `self_signed_tls_client_auth` (RFC 8705 §2): by a name that an authority vouches for, or by a
//! key that was registered (SR-96).

use guichet::clock::Duration;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, KeyPair, SanType, date_time_ymd};
use serde_json::json;

use super::published_keys::publishes;
use super::{JWT_BEARER, alias, declared, inline, is_known, is_nobody, metadata, shows_with, with_key};
use crate::support::card::{Card, TlsClient, authority};
use crate::support::client_app::{ClientApp, Presents, endpoint, issuer};
use crate::support::http::Answer;
use crate::support::signer::Signer;
use crate::support::world::{CERTIFICATE, World, on_each_database};

const FORM: &str = "grant_type=refresh_token&refresh_token=nobodys";

/// Asks the token endpoint's alias, in the name of that client, for something that nobody has.
async fn says(client: &TlsClient, id: &str) -> Answer {
    says_form(client, &format!("{FORM}&client_id={id}")).await
}

async fn says_form(client: &TlsClient, form: &str) -> Answer {
    let path = endpoint("token").replace(crate::support::world::PUBLIC, "");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(HOST, CERTIFICATE.trim_start_matches("https://"))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    client.asks(request.body(form.to_owned()).unwrap()).await.unwrap()
}

/// A client that is known by one name in its certificate.
async fn certified(world: &mut World, id: &str, name: &str, value: &str) {
    let value = format!("\"{value}\"");
    declared(world, id, &[("token_endpoint_auth_method", "\"tls_client_auth\""), (name, &value)]).await;
}

/// The realm takes certificates of that authority.
async fn trusting(world: &mut World, authority: &CertifiedIssuer<'_, KeyPair>) {
    world.adds_file("trust-anchors/clients.pem", authority.pem()).await;
}

fn host(name: &str) -> impl FnOnce(&mut CertificateParams) {
    let names = vec![SanType::DnsName(name.try_into().unwrap())];
    move |params| params.subject_alt_names = names
}

#[tokio::test]
async fn sr_96_a_client_is_known_by_the_one_name_that_it_registered() {
    on_each_database(async |world| {
        let ours = authority("Autorité");
        trusting(world, &ours).await;
        certified(world, "by-dn", "tls_client_auth_subject_dn", "CN=Portail,O=Exemple\\\\, SA,C=FR").await;
        certified(world, "by-dns", "tls_client_auth_san_dns", "client.example").await;
        certified(world, "by-uri", "tls_client_auth_san_uri", "https://client.example/a").await;
        certified(world, "by-ip", "tls_client_auth_san_ip", "192.0.2.7").await;
        certified(world, "by-email", "tls_client_auth_san_email", "marie@client.example").await;
        let listener = world.asks_for_certificates().await;
        let all = ["by-dn", "by-dns", "by-uri", "by-ip", "by-email"];
        let card = |describe: &dyn Fn(&mut CertificateParams)| Card::issued_by(&ours, describe);
        let alternative = |name: SanType| card(&move |params| params.subject_alt_names = vec![name.clone()]);
        let cards = [
            card(&|params| {
                params.distinguished_name = rcgen::DistinguishedName::new();
                params.distinguished_name.push(DnType::CountryName, "FR");
                params.distinguished_name.push(DnType::OrganizationName, "Exemple, SA");
                params.distinguished_name.push(DnType::CommonName, "portail");
            }),
            alternative(SanType::DnsName("Client.example".try_into().unwrap())),
            alternative(SanType::URI("https://client.example/a".try_into().unwrap())),
            alternative(SanType::IpAddress("192.0.2.7".parse().unwrap())),
            alternative(SanType::Rfc822Name("marie@client.example".try_into().unwrap())),
        ];
        for (own, card) in all.iter().zip(&cards) {
            for id in all {
                let answer = says(&listener.showing(card), id).await;
                if id == *own {
                    is_known(&answer);
                } else {
                    is_nobody(&answer);
                }
                // Failures are counted for thirty days.
                world.advance(Duration::from_hours(24 * 30));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sr_96_a_name_counts_only_where_an_authority_of_the_realm_vouches_for_it_now() {
    on_each_database(async |world| {
        let (ours, others) = (authority("Autorité"), authority("Autorité"));
        trusting(world, &ours).await;
        certified(world, "shop", "tls_client_auth_san_dns", "shop.example").await;
        let listener = world.asks_for_certificates().await;
        let good = Card::issued_by(&ours, host("shop.example"));
        is_known(&says(&listener.showing(&good), "shop").await);
        let expired = Card::issued_by(&ours, |params| {
            host("shop.example")(params);
            params.not_after = date_time_ymd(2026, 3, 2);
        });
        let server = Card::issued_by(&ours, |params| {
            host("shop.example")(params);
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        });
        let strangers = [
            Card::issued_by(&others, host("shop.example")),
            Card::new(host("shop.example")),
            Card::issued(host("shop.example")),
            Card::issued_by(&ours, host("other.example")),
            expired,
            server,
        ];
        for stranger in &strangers {
            is_nobody(&says(&listener.showing(stranger), "shop").await);
            world.advance(Duration::from_hours(24 * 30));
        }
        is_nobody(&says(&listener, "shop").await);
        is_nobody(&says(&listener.showing(&good), "inconnu").await);
        is_nobody(&says(&listener.showing(&good), "portal").await);
        is_nobody(&says_form(&listener.showing(&good), FORM).await);
        world.advance(Duration::from_hours(24 * 30));
        // Where no certificate is asked for, there is no such proof.
        let mut app = ClientApp::new(world, "shop", "", "https://shop.example/retour");
        app.presents = Presents::Name;
        is_nobody(&shows_with(&app, &[]).await);
        // Who is no longer trusted vouches for nobody.
        world.adds_file("trust-anchors/clients.pem", others.pem()).await;
        is_nobody(&says(&listener.showing(&good), "shop").await);
        is_known(&says(&listener.showing(&strangers[0]), "shop").await);
    })
    .await;
}

#[tokio::test]
async fn sr_96_a_certificate_of_ones_own_making_counts_by_its_registered_key() {
    on_each_database(async |world| {
        let (card, other) = (Card::new(host("shop.example")), Card::new(host("shop.example")));
        let method = ("token_endpoint_auth_method", "\"self_signed_tls_client_auth\"");
        declared(world, "shop", &[method, ("jwks", &inline(&card.jwk()))]).await;
        let peer = world.outside.peer("keys.mobile.example").await;
        publishes(&peer, &json!({"keys": [other.jwk()]}));
        declared(world, "mobile", &[method, ("jwks_uri", "\"https://keys.mobile.example/keys\"")]).await;
        let listener = world.asks_for_certificates().await;
        let (with_card, with_other) = (listener.showing(&card), listener.showing(&other));
        is_known(&says(&with_card, "shop").await);
        is_nobody(&says(&with_other, "shop").await);
        is_nobody(&says(&listener, "shop").await);
        is_known(&says(&with_other, "mobile").await);
        is_nobody(&says(&with_card, "mobile").await);
        // Another certificate over the same key is as good, and so is a key that was published since.
        is_known(&says(&listener.showing(&card.renewed(host("elsewhere.example"))), "shop").await);
        publishes(&peer, &json!({"keys": [other.jwk(), card.jwk()]}));
        world.advance(Duration::from_secs(30));
        is_known(&says(&with_card, "mobile").await);
    })
    .await;
}

#[tokio::test]
async fn rfc_8705_the_listener_is_announced_and_a_certificate_beside_another_proof_is_no_second_method() {
    on_each_database(async |world| {
        let listener = world.asks_for_certificates().await;
        let shop = with_key(world, "shop", Signer::new("ES256", "one"), &[]).await;
        let announced = metadata(&shop.app).await;
        assert_eq!(announced["mtls_endpoint_aliases"]["token_endpoint"], alias("token"));
        assert_eq!(announced["mtls_endpoint_aliases"]["userinfo_endpoint"], alias("userinfo"));
        let methods = announced["token_endpoint_auth_methods_supported"].as_array().unwrap();
        for method in ["tls_client_auth", "self_signed_tls_client_auth"] {
            assert!(methods.contains(&method.into()), "{method}");
        }
        let card = Card::new(|_| {});
        for aud in [issuer(), endpoint("token"), alias("token")] {
            let assertion = shop.signer.signs(&shop.claims_with(&json!({ "aud": aud })));
            let form = url::form_urlencoded::Serializer::new(FORM.to_owned())
                .extend_pairs([("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)])
                .finish();
            is_known(&says_form(&listener.showing(&card), &form).await);
        }
    })
    .await;
}
