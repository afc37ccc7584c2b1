//! Who may ask a served chain from a browser.

use crate::{
    node::exchange,
    setup::{Access, options, serve, setup},
};
use bithive_chain::{ChainError, Cosmos, ServeOptions};

const HEALTH: &str = r#"{"jsonrpc":"2.0","id":1,"method":"health"}"#;

/// What the server at an address says to a request with these lines in its head.
async fn said(address: &str, method: &str, lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let length = HEALTH.len();
    let request = format!(
        "{method} / HTTP/1.1\r\n{lines}connection: close\r\ncontent-length: {length}\r\n\r\n{HEALTH}"
    );
    String::from_utf8(exchange(address, request.as_bytes()).await).unwrap()
}

/// A page of evil.example whose name leads to 127.0.0.1 asks under that name.
#[tokio::test]
async fn a_web_page_cant_use_a_chain_under_a_name_of_its_own() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let address = server.address().to_string();
    let own = format!("host: {address}");
    assert!(said(&address, "POST", &[&own]).await.starts_with("HTTP/1.1 200 "));
    let rebound = said(&address, "POST", &["host: evil.example"]).await;
    assert!(rebound.starts_with("HTTP/1.1 421 ") && rebound.contains("--allow-host"), "{rebound}");
    assert!(!rebound.contains("result"), "{rebound}");
    let foreign = said(&address, "POST", &[&own, "origin: http://evil.example"]).await;
    assert!(foreign.starts_with("HTTP/1.1 403 ") && foreign.contains("--allow-origin"), "{foreign}");
    assert!(!foreign.to_lowercase().contains("access-control-allow-origin"), "{foreign}");
    // A browser that asks first is refused as well.
    let asks = said(&address, "OPTIONS", &[&own, "origin: http://evil.example"]).await;
    assert!(asks.starts_with("HTTP/1.1 403 "), "{asks}");
    assert!(said(&address, "POST", &[]).await.starts_with("HTTP/1.1 421 "));
}

#[tokio::test]
async fn a_page_and_a_name_that_are_allowed_are_answered_and_the_browser_is_told() {
    let setup = setup(Access::Embedded).await;
    let allowed = ServeOptions {
        clock: None,
        hosts: vec!["chain.example".into()],
        origins: vec!["https://app.example".into()],
        ..ServeOptions::default()
    };
    let server = setup.embedded.serve(allowed).await.unwrap();
    let address = server.address().to_string();
    let page = ["host: chain.example:26657", "origin: https://app.example"];
    let answer = said(&address, "POST", &page).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(r#""result":{}"#), "{answer}");
    assert!(answer.contains("access-control-allow-origin: https://app.example\r\n"), "{answer}");
    assert!(answer.contains("vary: origin\r\n"), "{answer}");
    let asks = said(&address, "OPTIONS", &page).await;
    assert!(asks.starts_with("HTTP/1.1 204 "), "{asks}");
    for line in ["access-control-allow-methods: GET, POST", "access-control-allow-headers: content-type"] {
        assert!(asks.contains(line), "{asks}");
    }
    let other = said(&address, "POST", &["host: chain.example", "origin: https://app.example:1"]).await;
    assert!(other.starts_with("HTTP/1.1 403 "), "{other}");
}

#[tokio::test]
async fn a_program_that_asks_under_an_unknown_name_is_told_the_option() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    // All of 127.0.0.0/8 is this machine, and a name for it is allowed only if it is localhost.
    let port = server.address().port();
    assert!(Cosmos::connect(options(&format!("http://localhost:{port}"))).await.is_ok());
    let wrong = |hosts: &[&str], origins: &[&str]| ServeOptions {
        hosts: hosts.iter().map(|&host| host.into()).collect(),
        origins: origins.iter().map(|&origin| origin.into()).collect(),
        ..ServeOptions::default()
    };
    for (options, option) in
        [(wrong(&["chain.example:1"], &[]), "allow-host"), (wrong(&[], &["*"]), "allow-origin")]
    {
        let error = setup.embedded.serve(options).await.map(drop).unwrap_err();
        assert!(matches!(&error, ChainError::InvalidConfig { field, .. } if field == option), "{error}");
    }
}
