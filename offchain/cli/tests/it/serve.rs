//! `bithive chain serve`: a home's chain for other programs.

use std::{
    io::{BufRead, BufReader, Read, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use bithive_chain::ChainError;
use serde_json::Value;

fn serve(home: &Path, extra: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_bithive"))
        .arg("--home")
        .arg(home)
        .args(["--json", "chain", "serve"])
        .args(extra)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The one JSON document that the command prints when it is ready.
fn ready(server: &mut Child) -> Value {
    let mut text = String::new();
    let mut lines = BufReader::new(server.stdout.as_mut().unwrap());
    loop {
        if lines.read_line(&mut text).unwrap() == 0 {
            panic!("the server ended: {text}");
        }
        if let Ok(value) = serde_json::from_str(&text) {
            return value;
        }
    }
}

fn signal(server: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &server.id().to_string()]).status().unwrap().success());
}

fn init(home: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_bithive"))
        .arg("--home")
        .arg(home)
        .args(["chain", "init", "--slots", "8"])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_served_home_answers_keeps_time_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    init(&home);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut heights = vec![];
    for name in ["-INT", "-TERM"] {
        let mut server = serve(&home, &["--every-ms", "20", "--seconds", "5"]);
        let answer = ready(&mut server);
        let url = answer["url"].as_str().unwrap();
        let stored: Value = serde_json::from_slice(&std::fs::read(home.join("chain.json")).unwrap()).unwrap();
        assert_eq!(stored, answer);
        runtime.block_on(async {
            let chain = bithive_chain::connect(url).await.unwrap();
            let start = chain.info().await.unwrap();
            let mut cursor = chain.blocks_from(start.height + 1);
            assert_eq!(cursor.next().await.unwrap().time, start.time.plus_seconds(5));
            heights.push(start.height);
        });
        signal(&server, name);
        assert!(server.wait().unwrap().success());
        assert!(!home.join("chain.json").exists());
        let down = runtime.block_on(bithive_chain::connect(url)).map(drop);
        assert!(matches!(down, Err(ChainError::NodeDown { .. })));
    }
    assert!(heights[0] < heights[1], "the second server goes on where the first one stopped");
}

#[test]
fn a_home_is_served_once_and_only_if_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let refusal = |mut server: Child| {
        let mut text = String::new();
        server.stdout.as_mut().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(server.wait().unwrap().code(), Some(2));
        serde_json::from_str::<Value>(&text).unwrap()["error"].as_str().unwrap().to_owned()
    };
    assert!(refusal(serve(&home, &[])).contains("holds no network"));
    init(&home);
    assert!(refusal(serve(&home, &["--allow-origin", "*"])).contains("allow-origin"));
    assert!(refusal(serve(&home, &["--allow-host", "chain.example:80"])).contains("allow-host"));
    let mut server =
        serve(&home, &["--allow-origin", "https://app.example", "--allow-host", "chain.example"]);
    ready(&mut server);
    assert!(refusal(serve(&home, &[])).contains("in use"));
    assert!(home.join("chain.json").exists(), "the first server's");
    signal(&server, "-TERM");
    assert!(server.wait().unwrap().success());
}

/// What the server says to a request with these lines in its head.
fn said(address: &str, head: &[&str]) -> String {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"health"}"#;
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let (head, length) = (head.join("\r\n"), body.len());
    write!(
        stream,
        "POST / HTTP/1.1\r\n{head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A page on the Internet reaches a server on this machine under a name of its own, or from its own origin.
#[test]
fn a_served_home_answers_no_foreign_host_and_no_foreign_page() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    init(&home);
    let mut server =
        serve(&home, &["--allow-origin", "https://app.example", "--allow-host", "chain.example"]);
    let answer = ready(&mut server);
    let address = answer["url"].as_str().unwrap().strip_prefix("http://").unwrap();
    let own = format!("host: {address}");
    let (name, page) = ("host: chain.example", "origin: https://app.example");
    for allowed in [&[own.as_str()][..], &[own.as_str(), page], &[name], &[name, page]] {
        let answer = said(address, allowed);
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("result"), "{allowed:?}: {answer}");
    }
    for (status, option, refused) in [
        ("421", "--allow-host", &["host: evil.example"][..]),
        ("421", "--allow-host", &["host: evil.example", page]),
        ("403", "--allow-origin", &[own.as_str(), "origin: https://evil.example"]),
        ("403", "--allow-origin", &[name, "origin: https://app.example:8443"]),
    ] {
        let answer = said(address, refused);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{refused:?}: {answer}");
        assert!(answer.contains(option) && !answer.contains("result"), "{refused:?}: {answer}");
        assert!(!answer.to_lowercase().contains("access-control-allow-origin"), "{refused:?}: {answer}");
    }
    signal(&server, "-TERM");
    assert!(server.wait().unwrap().success());
}

#[test]
fn a_party_whose_configuration_reaches_the_chain_of_another_home_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (folder.path().join("own"), folder.path().join("other"));
    init(&own);
    init(&other);
    let deployment = own.join("deployment.json");
    let own_id = serde_json::from_slice::<Value>(&std::fs::read(&deployment).unwrap()).unwrap()["chain_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut server = serve(&other, &[]);
    let served = ready(&mut server);
    assert_ne!(served["chain_id"], own_id.as_str());
    let refused = Command::new(env!("CARGO_BIN_EXE_bithive"))
        .args(["relay", "run", "--listen", "127.0.0.1:0", "--chain", served["url"].as_str().unwrap()])
        .arg("--deployment")
        .arg(&deployment)
        .output()
        .unwrap();
    signal(&server, "-TERM");
    assert!(server.wait().unwrap().success());
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{error}");
    for expected in [own_id.as_str(), served["chain_id"].as_str().unwrap(), "chain.rpc", "chain.deployment"] {
        assert!(error.contains(expected), "{error}");
    }
}
