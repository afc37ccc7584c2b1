//! Who may ask: names, pages, tokens; and what every answer tells browsers.

use bithive_chain::SigningKey;
use bithive_chain::{Chain as _, CosmosOptions};
use bithive_page::{DevelopmentKey, Node, Page, PageError, PageOptions};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::setup::{Change, setup, with};

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

fn key() -> DevelopmentKey {
    DevelopmentKey { name: "requester".into(), key: SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(7)) }
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_the_page() {
    let setup = setup().await;
    for (method, path, status) in [
        ("GET", "/", 200),
        ("GET", "/config.json", 200),
        ("GET", "/missing.js", 404),
        ("POST", "/rpc", 500),
        ("GET", "/rpc/status", 200),
        ("GET", "/rest/none", 501),
        ("GET", "/x/session", 401),
        ("PATCH", "/", 405),
        ("OPTIONS", "/x/ask", 401),
    ] {
        let answer = setup.ask(method, path).send().await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(!answer.head.to_ascii_lowercase().contains("access-control"), "{path}: {}", answer.head);
        let kept = if path == "/" && method == "GET" { "no-cache" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(kept), "{path}");
    }
}

#[tokio::test]
async fn another_name_leads_nowhere_whatever_is_asked() {
    let setup = setup().await;
    for path in ["/", "/config.json", "/rpc/status", "/x/session", "/rest/none", "/reference-string"] {
        for host in ["evil.example", "evil.example:8787", "", "localhost.evil.example"] {
            let answer = setup.main("GET", path).header("host", host).send().await;
            assert_eq!((answer.status, answer.kind().as_str()), (421, "wrong_host"), "{host:?} {path}");
        }
        let twice = setup.main("GET", path).header("host", "localhost").header("host", "evil.example");
        assert!(matches!(twice.send().await.status, 400 | 421), "{path}");
    }
    let own = setup.ask("GET", "/config.json").header("host", "localhost:1").send().await;
    assert_eq!(own.status, 200);
}

#[tokio::test]
async fn pages_of_others_are_refused_and_a_link_opens_the_page_only() {
    let setup = setup().await;
    for path in ["/", "/config.json", "/rpc/status", "/x/session"] {
        for origin in ["http://evil.example", "null", "http://localhost:1", "https://localhost"] {
            let answer = setup.main("GET", path).header("origin", origin).send().await;
            assert_eq!((answer.status, answer.kind().as_str()), (403, "wrong_origin"), "{origin} {path}");
        }
        // A browser says where a request is from that has no origin: an image, a script.
        let answer = setup.main("GET", path).header("sec-fetch-site", "cross-site").send().await;
        assert_eq!(answer.status, 403, "{path}");
        let link = setup
            .main("GET", path)
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        let expected = if ["/", "/config.json"].contains(&path) { 200 } else { 403 };
        assert_eq!(link.send().await.status, expected, "{path}");
    }
    let own = format!("http://{}", setup.at());
    assert_eq!(setup.main("GET", "/x/session").header("origin", &own).send().await.status, 200);
}

#[tokio::test]
async fn a_server_before_the_page_has_a_name_and_an_origin() {
    let change = Change {
        hosts: vec!["hive.example".into()],
        origins: vec!["https://hive.example".into()],
        ..Change::default()
    };
    let setup = with(change).await;
    let proxied = |origin: &str| {
        setup.main("GET", "/x/session").header("host", "hive.example").header("origin", origin)
    };
    assert_eq!(proxied("https://hive.example").send().await.status, 200);
    assert_eq!(proxied("https://other.example").send().await.status, 403);
}

#[tokio::test]
async fn a_session_opens_with_its_token_only() {
    let setup = setup().await;
    assert_eq!(setup.main("GET", "/x/session").send().await.json()["name"], "main");
    assert_eq!(setup.second("GET", "/x/session").send().await.json()["name"], "second");
    for (method, path) in [
        ("GET", "/x/session"),
        ("POST", "/x/ask"),
        ("POST", "/x/send"),
        ("GET", "/x/inbox"),
        ("DELETE", "/x/inbox"),
        ("GET", "/x/events"),
        ("GET", "/x/development-keys"),
        ("GET", "/x/reports/1"),
        ("PUT", "/x/blobs/00"),
        ("GET", "/x/nothing"),
    ] {
        for token in ["", "0", &"0".repeat(64), &setup.tokens[0][..63]] {
            let answer = setup.ask(method, path).token(token).send().await;
            assert_eq!((answer.status, answer.kind().as_str()), (401, "no_token"), "{method} {path}");
        }
        assert_eq!(setup.ask(method, path).send().await.status, 401, "{method} {path}");
        // A token in the address would be in logs and histories.
        let in_address = setup.ask(method, &format!("{path}?token={}", setup.tokens[0])).send().await;
        assert_eq!(in_address.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn keys_are_given_out_in_a_demonstration_in_this_process_and_nowhere_else() {
    let usual = setup().await;
    assert_eq!(usual.json("/config.json").await["demonstration"], false);
    let off = usual.main("GET", "/x/development-keys").send().await;
    assert_eq!((off.status, off.kind().as_str()), (404, "off"));

    let demonstration = with(Change { keys: Some(vec![key()]), ..Change::default() }).await;
    assert_eq!(demonstration.json("/config.json").await["demonstration"], true);
    let answer = demonstration.main("GET", "/x/development-keys").send().await.json();
    assert_eq!(answer["keys"][0]["name"], "requester");
    assert_eq!(answer["keys"][0]["address"], key().key.address());
    assert_eq!(answer["keys"][0]["private_key"], hex::encode(*key().key.to_bytes()));
    assert!(answer["notice"].as_str().unwrap().contains("demonstration"));
    assert_eq!(demonstration.ask("GET", "/x/development-keys").send().await.status, 401);

    // Before any other chain the server does not even start.
    let server = usual.local.chain.serve(bithive_chain::ServeOptions::default()).await.unwrap();
    let node = Node::behind(vec![CosmosOptions::new(server.url())]).unwrap();
    let info = usual.local.chain.info().await.unwrap();
    let deployment = usual.local.client.deployment().clone();
    let mut options = PageOptions::new(node, info, deployment, &usual.folder.path().join("other"));
    options.development_keys = Some(vec![key()]);
    assert!(matches!(Page::start(options).await.err(), Some(PageError::KeysOfAChain)));
}

#[tokio::test]
async fn contracts_of_another_chain_and_bad_names_are_refused_at_the_start() {
    let setup = setup().await;
    let options = || async {
        let info = setup.local.chain.info().await.unwrap();
        let node = Node::Embedded(setup.local.chain.clone());
        PageOptions::new(
            node,
            info,
            setup.local.client.deployment().clone(),
            &setup.folder.path().join("other"),
        )
    };
    let mut other = options().await;
    other.info.chain_id = "other-1".into();
    assert!(matches!(Page::start(other).await.err(), Some(PageError::OtherChain { .. })));
    let mut bad = options().await;
    bad.origins = vec!["*".into()];
    let error = Page::start(bad).await.err().unwrap().to_string();
    assert!(error.contains("--allow-origin"), "{error}");
    let mut taken = options().await;
    taken.listen = setup.at();
    let error = Page::start(taken).await.err().unwrap().to_string();
    assert!(error.contains("--listen"), "{error}");
}
