//! People whom an issuer vouches for: OpenID Connect.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bithive_audit::Role;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

use super::Place;
use super::http::{Answer, Client};
use super::provider::{Provider, Signer, encoded, now, with};
use crate::auth::config::OidcConfig;
use crate::auth::{Login, LoginError};
use crate::run::Gateway;

/// A gateway whose people are those of an issuer.
fn place(provider: &Provider) -> Place {
    let mut place = Place::new();
    let roles = [("radiologist", "user/ImagingStudy.rs user/Patient.r"), ("clerk", "user/Patient.cru")];
    place.config.web.as_mut().unwrap().oidc = Some(OidcConfig {
        issuer: provider.issuer.clone(),
        client: "hive".into(),
        claim: "realm_access.roles".into(),
        roles: roles.map(|(role, scopes)| (role.to_owned(), scopes.to_owned())).into(),
        most_age: Duration::from_secs(3_600),
        acts_as: Role::Clinician,
    });
    place
}

async fn get(gateway: &Gateway, token: &str, path: &str) -> Answer {
    Client { address: gateway.web().unwrap(), token: token.to_owned() }.get(path).await
}

#[tokio::test]
async fn somebody_may_do_what_their_roles_permit() {
    let (rsa, p256, p384) = (Signer::rsa(), Signer::p256(), Signer::p384());
    let provider = Provider::start().await;
    provider.has(vec![rsa.jwk("rsa"), p256.jwk("p256"), p384.jwk("p384")]);
    let place = place(&provider);
    let gateway = place.start().await;
    for (alg, kid, signer) in
        [("RS256", "rsa", &rsa), ("RS384", "rsa", &rsa), ("ES256", "p256", &p256), ("ES384", "p384", &p384)]
    {
        let token = signer.token(alg, kid, &provider.claims());
        assert_eq!(get(&gateway, &token, "/dicom-web/studies").await.status, 204, "{alg}");
        assert_eq!(
            get(&gateway, &token, "/fhir/Patient/p").await.status,
            404,
            "it may read, and there is none"
        );
        assert_eq!(get(&gateway, &token, "/fhir/Observation/o").await.status, 403);
    }
    for (roles, status) in
        [(json!([]), 403), (json!(["staff"]), 403), (json!("x radiologist"), 204), (json!(7), 403)]
    {
        let claims = with(&provider.claims(), &json!({ "realm_access": { "roles": roles } }));
        let token = p256.token("ES256", "p256", &claims);
        assert_eq!(get(&gateway, &token, "/dicom-web/studies").await.status, status, "{roles}");
    }
    assert_eq!(provider.fetched(), 1, "keys are got once");
}

#[tokio::test]
async fn a_token_is_refused_for_each_reason() {
    let (rsa, ec) = (Signer::rsa(), Signer::p256());
    let provider = Provider::start().await;
    provider.has(vec![rsa.jwk("rsa"), ec.jwk("ec")]);
    let place = place(&provider);
    let gateway = place.start().await;
    let sound = provider.claims();
    let part = |value: Value| encoded(value.to_string());
    let none = format!("{}.{}.", part(json!({ "alg": "none", "kid": "rsa" })), part(sound.clone()));
    let modulus = URL_SAFE_NO_PAD.decode(rsa.jwk("rsa")["n"].as_str().unwrap()).unwrap();
    let signed = format!("{}.{}", part(json!({ "alg": "HS256", "kid": "rsa" })), part(sound.clone()));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&modulus).unwrap();
    mac.update(signed.as_bytes());
    let secret = format!("{signed}.{}", encoded(mac.finalize().into_bytes()));
    let whole = ec.token("ES256", "ec", &sound);
    let (head, signature) = whole.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let moved = format!("{header}.{}.{signature}", part(with(&sound, &json!({ "sub": "else" }))));
    let of = |changes: Value| ec.token("ES256", "ec", &with(&sound, &changes));
    for (token, words) in [
        (none, "signed with \"none\""),
        (secret, "signed with \"HS256\""),
        (moved, "signature"),
        (Signer::p256().token("ES256", "ec", &sound), "signature"),
        (of(json!({ "iss": "https://else.example" })), "iss"),
        (of(json!({ "iss": format!("{}/", provider.issuer) })), "iss"),
        (of(json!({ "aud": "else" })), "aud"),
        (of(json!({ "aud": null })), "aud"),
        (of(json!({ "aud": ["hive", "else"] })), "azp"),
        (of(json!({ "azp": "else" })), "azp"),
        (of(json!({ "iat": now() + 120 })), "iat of the token is in the future"),
        (of(json!({ "nbf": now() + 120 })), "nbf of the token is in the future"),
        (of(json!({ "iat": null })), "iat"),
        (of(json!({ "iat": "1" })), "iat"),
        (of(json!({ "exp": now() - 60 })), "expired"),
        (of(json!({ "exp": null })), "exp"),
        (of(json!({ "iat": now() - 4_000 })), "expired"),
        (of(json!({ "sub": null })), "sub"),
        (of(json!({ "events": {} })), "events"),
        (of(json!({ "more": "a".repeat(17_000) })), "bytes"),
        ("a.b".into(), "three parts"),
        ("nothing".into(), "none of this gateway"),
    ] {
        let answer = get(&gateway, &token, "/dicom-web/studies").await;
        assert_eq!(answer.status, 401, "{words}: {}", answer.text());
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    let several = of(json!({ "aud": ["hive", "account"], "azp": "hive" }));
    assert_eq!(get(&gateway, &several, "/dicom-web/studies").await.status, 204);
}

#[tokio::test]
async fn keys_may_change_and_a_storm_of_unknown_ones_asks_the_issuer_once_a_minute() {
    let (old, new) = (Signer::p256(), Signer::p256());
    let provider = Provider::start().await;
    provider.has(vec![old.jwk("old")]);
    let place = place(&provider);
    let gateway = place.start().await;
    let of = |signer: &Signer, kid: &str| signer.token("ES256", kid, &provider.claims());
    assert_eq!(get(&gateway, &of(&old, "old"), "/dicom-web/studies").await.status, 204);
    provider.has(vec![new.jwk("new")]);
    for number in 0..20 {
        let storm = of(&new, &format!("new{number}"));
        assert_eq!(get(&gateway, &storm, "/dicom-web/studies").await.status, 401);
        assert_eq!(
            get(&gateway, &of(&old, "old"), "/dicom-web/studies").await.status,
            204,
            "known ones go on"
        );
    }
    assert_eq!(provider.fetched(), 1);
    super::advance(61).await;
    assert_eq!(get(&gateway, &of(&new, "new"), "/dicom-web/studies").await.status, 204);
    assert_eq!(get(&gateway, &of(&old, "old"), "/dicom-web/studies").await.status, 401, "withdrawn");
    assert_eq!(provider.fetched(), 2);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_asked_is_said_and_not_taken_for_a_wrong_token() {
    let provider = Provider::start().await;
    let mut place = place(&provider);
    let token = Signer::p256().token(
        "ES256",
        "a",
        &with(&provider.claims(), &json!({ "iss": "http://127.0.0.1:9" })),
    );
    place.config.web.as_mut().unwrap().oidc.as_mut().unwrap().issuer = "http://127.0.0.1:9".into();
    let gateway = place.start().await;
    assert_eq!(get(&gateway, &token, "/dicom-web/studies").await.status, 503);
}

/// What the browser does at the end of a login.
async fn come_back(asked: &BTreeMap<String, String>, more: &str) -> u16 {
    let redirect = asked["redirect_uri"].strip_prefix("http://").unwrap();
    let (host, path) = redirect.split_once('/').unwrap();
    let client = Client { address: host.parse().unwrap(), token: String::new() };
    client.send(&format!("GET /{path}?{more} HTTP/1.0\r\nHost: {host}"), b"").await.status
}

async fn begin(provider: &Provider) -> Login {
    Login::begin((&provider.issuer, "hive"), &["profile".into()], None).await.unwrap()
}

#[tokio::test]
async fn a_login_in_a_browser_ends_with_a_token_that_the_gateway_takes() {
    let ec = Signer::p256();
    let provider = Provider::start().await;
    provider.has(vec![ec.jwk("one")]);
    let place = place(&provider);
    let gateway = place.start().await;
    let login = begin(&provider).await;
    let (code, asked) = provider.sign_in(login.url(), &ec, &json!({}));
    let state = &asked["state"];
    assert_eq!(come_back(&asked, &format!("code={code}&state=other")).await, 400, "of somebody else's page");
    assert_eq!(come_back(&asked, &format!("code={code}&state={state}&iss=https://else.example")).await, 400);
    assert_eq!(come_back(&asked, &format!("code={code}&state={state}")).await, 200);
    let signed_in = login.finish().await.unwrap();
    assert!(signed_in.ends > now());
    assert_eq!(get(&gateway, &signed_in.token, "/dicom-web/studies").await.status, 204);
}

#[tokio::test]
async fn a_login_is_refused_when_the_token_is_of_another_one_or_nobody_permits_it() {
    let ec = Signer::p256();
    let provider = Provider::start().await;
    provider.has(vec![ec.jwk("one")]);
    for (changes, words) in [
        (json!({ "nonce": "other" }), "nonce"),
        (json!({ "nonce": null }), "nonce"),
        (json!({ "aud": "else" }), "aud"),
        (json!({ "exp": now() - 60 }), "expired"),
    ] {
        let login = begin(&provider).await;
        let (code, asked) = provider.sign_in(login.url(), &ec, &changes);
        assert_eq!(come_back(&asked, &format!("code={code}&state={}", asked["state"])).await, 200);
        let error = login.finish().await.err().unwrap();
        assert!(
            matches!(error, LoginError::Token(_)) && error.to_string().contains(words),
            "{words}: {error}"
        );
    }
    let login = begin(&provider).await;
    let (_, asked) = provider.sign_in(login.url(), &ec, &json!({}));
    assert_eq!(come_back(&asked, &format!("code=stolen&state={}", asked["state"])).await, 200);
    assert!(
        matches!(login.finish().await.err().unwrap(), LoginError::Refused(error) if error == "invalid_grant")
    );
    let login = begin(&provider).await;
    let (_, asked) = provider.sign_in(login.url(), &ec, &json!({}));
    assert_eq!(come_back(&asked, &format!("error=access_denied&state={}", asked["state"])).await, 200);
    assert!(
        matches!(login.finish().await.err().unwrap(), LoginError::Refused(error) if error == "access_denied")
    );
    let other = Login::begin((&format!("{}/", provider.issuer), "hive"), &[], None).await.err().unwrap();
    assert!(other.to_string().contains("letter by letter"), "{other}");
}
