//! Programs that sign: SMART Backend Services.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Url;
use serde_json::{Value, json};

use super::Place;
use super::http::{Answer, Client};
use super::provider::{Provider, Signer, encoded, now, with};
use crate::auth::config::{ClientConfig, SmartConfig};
use crate::run::Gateway;

const FORM: &str = "application/x-www-form-urlencoded";
const URL: &str = "https://gateway.hospital.example";
const ENDPOINT: &str = "https://gateway.hospital.example/auth/token";

/// A gateway with one program, whose keys are in a file.
fn place(keys: &[Value], scopes: &str) -> Place {
    let mut place = Place::new();
    let file = place.folder.path().join("pacs.jwks");
    std::fs::write(&file, json!({ "keys": keys }).to_string()).unwrap();
    let keys = file.display().to_string();
    let client = ClientConfig { id: "pacs".parse().unwrap(), keys, scopes: scopes.into() };
    let smart = SmartConfig { url: URL.into(), clients: vec![client] };
    place.config.web.as_mut().unwrap().smart = Some(smart);
    place
}

fn claims(jti: &str) -> Value {
    json!({ "iss": "pacs", "sub": "pacs", "aud": ENDPOINT, "exp": now() + 300, "jti": jti })
}

fn form(assertion: &str, scope: &str) -> String {
    let mut url = Url::parse("http://localhost/").unwrap();
    url.query_pairs_mut()
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .append_pair("client_assertion", assertion)
        .append_pair("scope", scope);
    url.query().unwrap().to_owned()
}

fn client(gateway: &Gateway, token: &str) -> Client {
    Client { address: gateway.web().unwrap(), token: token.to_owned() }
}

async fn ask(gateway: &Gateway, assertion: &str, scope: &str) -> Answer {
    client(gateway, "none").ask("POST", "/auth/token", FORM, form(assertion, scope).as_bytes()).await
}

#[tokio::test]
async fn a_program_that_signs_gets_a_token_for_what_it_may_do_and_no_more() {
    let (rsa, ec) = (Signer::rsa(), Signer::p384());
    let place = place(&[rsa.jwk("rsa"), ec.jwk("ec")], "system/*.rs");
    let gateway = place.start().await;
    for (alg, kid, signer) in [("RS384", "rsa", &rsa), ("ES384", "ec", &ec)] {
        let answer = ask(&gateway, &signer.token(alg, kid, &claims(alg)), "system/*.cruds openid").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.head.to_lowercase().contains("cache-control: no-store"), "{}", answer.head);
        let answer = answer.json();
        assert_eq!(answer["scope"], "system/*.rs");
        assert!(answer["expires_in"].as_u64().unwrap() <= 300);
        let client = client(&gateway, answer["access_token"].as_str().unwrap());
        assert_eq!(client.get("/dicom-web/studies").await.status, 204);
        assert_eq!(client.get("/fhir/Patient").await.status, 200);
        let write = client.ask("POST", "/fhir/Patient", "application/fhir+json", b"{}").await;
        assert_eq!(write.status, 403, "{}", write.text());
        assert_eq!(client.ask("POST", "/dicom-web/studies", "", b"").await.status, 403);
    }
    let narrow = ask(&gateway, &ec.token("ES384", "ec", &claims("narrow")), "system/Patient.r").await.json();
    let narrow = client(&gateway, narrow["access_token"].as_str().unwrap());
    assert_eq!(narrow.get("/fhir/Patient/p").await.status, 404);
    assert_eq!(narrow.get("/fhir/Patient").await.status, 403, "a search");
    assert_eq!(narrow.get("/dicom-web/studies").await.status, 403);
    assert_eq!(client(&gateway, "bhg_0000").get("/dicom-web/studies").await.status, 401);

    let head =
        format!("GET /fhir/.well-known/smart-configuration HTTP/1.0\r\nHost: {}", gateway.web().unwrap());
    let described = client(&gateway, "").send(&head, b"").await.json();
    assert_eq!(described["token_endpoint"], ENDPOINT);
    assert_eq!(described["token_endpoint_auth_signing_alg_values_supported"], json!(["RS384", "ES384"]));
}

#[tokio::test]
async fn an_assertion_is_refused_for_each_reason() {
    let (rsa, ec) = (Signer::rsa(), Signer::p384());
    let place = place(&[rsa.jwk("rsa"), ec.jwk("ec")], "system/Patient.rs");
    let gateway = place.start().await;
    let sound = claims("sound");
    let part = |value: Value| encoded(value.to_string());
    let none = format!("{}.{}.", part(json!({ "alg": "none", "kid": "rsa" })), part(sound.clone()));
    let modulus = URL_SAFE_NO_PAD.decode(rsa.jwk("rsa")["n"].as_str().unwrap()).unwrap();
    let signed = format!("{}.{}", part(json!({ "alg": "HS256", "kid": "rsa" })), part(sound.clone()));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&modulus).unwrap();
    mac.update(signed.as_bytes());
    let secret = format!("{signed}.{}", encoded(mac.finalize().into_bytes()));
    let ec_of = |changes: Value| ec.token("ES384", "ec", &with(&sound, &changes));
    for (assertion, words) in [
        (none, "signed with \"none\""),
        (secret, "signed with \"HS256\""),
        (rsa.token("RS256", "rsa", &sound), "signed with \"RS256\""),
        (Signer::p384().token("ES384", "ec", &sound), "signature"),
        (ec.token("ES384", "rsa", &sound), "none of the issuer's"),
        (ec.token("ES384", "other", &sound), "none of the issuer's"),
        (ec_of(json!({ "iss": "else" })), "iss"),
        (ec_of(json!({ "sub": "else" })), "sub"),
        (ec_of(json!({ "aud": URL })), "aud"),
        (ec_of(json!({ "aud": [ENDPOINT, "else"] })), "aud"),
        (ec_of(json!({ "exp": now() - 1 })), "expired"),
        (ec_of(json!({ "exp": now() + 400 })), "exp"),
        (ec_of(json!({ "exp": null })), "exp"),
        (ec_of(json!({ "iat": now() + 120 })), "iat of the token is in the future"),
        (ec_of(json!({ "jti": null })), "jti"),
        (ec_of(json!({ "jti": 5 })), "jti"),
        (ec_of(json!({ "more": "a".repeat(17_000) })), "bytes"),
    ] {
        let answer = ask(&gateway, &assertion, "system/*.rs").await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &"invalid_client".into()), "{words}");
        let described = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert!(described.contains(words), "{words}: {described}");
    }
    let scope = ask(&gateway, &ec_of(json!({})), "system/Observation.rs").await;
    assert_eq!((scope.status, &scope.json()["error"]), (400, &"invalid_scope".into()));
    let other = form(&ec_of(json!({})), "system/*.rs").replace("client_credentials", "password");
    let other = client(&gateway, "x").ask("POST", "/auth/token", FORM, other.as_bytes()).await;
    assert_eq!((other.status, &other.json()["error"]), (400, &"unsupported_grant_type".into()));
    let twice = format!("{0}&scope=system/*.rs", form(&ec_of(json!({})), "system/*.rs"));
    let twice = client(&gateway, "x").ask("POST", "/auth/token", FORM, twice.as_bytes()).await;
    assert_eq!((twice.status, &twice.json()["error"]), (400, &"invalid_request".into()));
    let long = vec![b'a'; 40_000];
    assert_eq!(client(&gateway, "x").ask("POST", "/auth/token", FORM, &long).await.status, 413);
    // None of these has used the assertion up.
    assert_eq!(ask(&gateway, &ec_of(json!({})), "system/*.rs").await.status, 200);
}

#[tokio::test]
async fn an_assertion_is_accepted_once_also_after_a_restart() {
    let ec = Signer::p384();
    let place = place(&[ec.jwk("ec")], "system/*.rs");
    let assertion = ec.token("ES384", "ec", &claims("once"));
    let gateway = place.start().await;
    assert_eq!(ask(&gateway, &assertion, "system/*.rs").await.status, 200);
    assert!(ask(&gateway, &assertion, "system/*.rs").await.text().contains("jti"));
    gateway.stop().await;
    let gateway = place.start().await;
    let again = ask(&gateway, &assertion, "system/*.rs").await;
    assert_eq!(again.status, 401);
    assert!(again.text().contains("jti"), "{}", again.text());
}

#[tokio::test]
async fn keys_at_an_address_may_change_and_names_of_keys_that_nobody_has_make_no_requests() {
    let (old, new) = (Signer::p384(), Signer::p384());
    let provider = Provider::start().await;
    provider.has(vec![old.jwk("old")]);
    let mut place = place(&[old.jwk("old")], "system/*.rs");
    let web = place.config.web.as_mut().unwrap();
    web.smart.as_mut().unwrap().clients[0].keys = format!("{}/keys", provider.issuer);
    let gateway = place.start().await;
    assert_eq!(ask(&gateway, &old.token("ES384", "old", &claims("1")), "system/*.rs").await.status, 200);
    provider.has(vec![new.jwk("new")]);
    for number in 0..20 {
        let storm = new.token("ES384", &format!("new{number}"), &claims(&format!("storm {number}")));
        assert_eq!(ask(&gateway, &storm, "system/*.rs").await.status, 401);
    }
    assert_eq!(provider.fetched(), 1, "within a minute");
    super::advance(61).await;
    assert_eq!(ask(&gateway, &new.token("ES384", "new", &claims("2")), "system/*.rs").await.status, 200);
    let gone = ask(&gateway, &old.token("ES384", "old", &claims("3")), "system/*.rs").await;
    assert_eq!(gone.status, 401, "a key that was withdrawn");
    assert_eq!(provider.fetched(), 2);
}

#[tokio::test]
async fn a_program_that_asks_without_an_end_is_refused_and_another_one_is_answered() {
    let (loud, quiet) = (Signer::p384(), Signer::p384());
    let mut place = place(&[loud.jwk("ec")], "system/*.rs");
    let file = place.folder.path().join("quiet.jwks");
    std::fs::write(&file, json!({ "keys": [quiet.jwk("ec")] }).to_string()).unwrap();
    let clients = &mut place.config.web.as_mut().unwrap().smart.as_mut().unwrap().clients;
    // As many as there can be: each may have a hundred assertions in five minutes.
    for number in 1..1_000 {
        let id = format!("quiet{number}").parse().unwrap();
        clients.push(ClientConfig { id, keys: file.display().to_string(), scopes: "system/*.rs".into() });
    }
    let gateway = place.start().await;
    let mut answers = Vec::new();
    for number in 0..110 {
        let storm = loud.token("ES384", "ec", &claims(&format!("storm {number}")));
        answers.push(ask(&gateway, &storm, "system/*.rs").await);
    }
    let given = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(given, 100);
    let refused = answers.last().unwrap();
    assert_eq!((refused.status, &refused.json()["error"]), (503, &"temporarily_unavailable".into()));
    assert!(refused.text().contains("too many assertions of this client"), "{}", refused.text());
    let other = with(&claims("1"), &json!({ "iss": "quiet7", "sub": "quiet7" }));
    let other = ask(&gateway, &quiet.token("ES384", "ec", &other), "system/*.rs").await;
    assert_eq!(other.status, 200, "{}", other.text());
}
