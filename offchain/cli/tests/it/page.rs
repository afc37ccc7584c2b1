//! `bithive page`: the command, and the demonstration behind `demo --page`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::common::{Network, bithive, json, path, refused, text};

/// A page that runs. It ends with its standard input, that is with the test.
pub struct Page {
    child: Child,
    pub answer: Value,
}

impl Page {
    /// [`Page::stop`] waits for it.
    #[allow(clippy::zombie_processes)]
    pub fn start(arguments: &[&str]) -> Self {
        let mut command: Command = bithive(arguments);
        command.arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut text, mut lines) = (String::new(), BufReader::new(child.stdout.as_mut().unwrap()));
        loop {
            if lines.read_line(&mut text).unwrap() == 0 {
                let mut error = String::new();
                child.stderr.as_mut().unwrap().read_to_string(&mut error).unwrap();
                let code = child.wait().unwrap().code();
                panic!("the page ended with {code:?}: {text}{error}");
            }
            if let Ok(answer) = serde_json::from_str(&text) {
                return Self { child, answer };
            }
        }
    }

    pub fn url(&self) -> &str {
        self.answer["url"].as_str().unwrap()
    }

    fn token(&self, session: usize) -> String {
        let url = self.answer["sessions"][session]["url"].as_str().unwrap();
        url.strip_prefix(&format!("{}#token=", self.url())).unwrap().to_owned()
    }

    pub fn get(&self, path: &str, token: Option<&str>) -> (u16, Value) {
        let address = self.url().trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{token}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    pub fn stop(mut self) {
        let signal = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(signal.success());
        let mut error = String::new();
        self.child.stderr.as_mut().unwrap().read_to_string(&mut error).unwrap();
        assert!(self.child.wait().unwrap().success(), "{error}");
    }
}

const ANY: [&str; 3] = ["page", "--listen", "127.0.0.1:0"];

#[test]
fn a_home_is_served_with_its_nodes_and_a_session_keeps_its_endpoint() {
    let network = Network::with_nodes(1);
    let home = path(&network.home());
    let serve = |more: &[&'static str]| {
        Page::start(
            &[&["--home", home.as_str()], &ANY[..], &["--every-ms", "50", "--stop-with-stdin"], more]
                .concat(),
        )
    };
    let page = serve(&["--session", "main", "--session", "ben", "--metrics", "127.0.0.1:0"]);
    let (status, config) = page.get("/config.json", None);
    assert_eq!((status, &config["chain"]["kind"]), (200, &"embedded".into()));
    assert_eq!(config["chain"]["id"], page.answer["chain_id"]);
    assert_eq!(config["contracts"]["jobs"], network.contract("jobs"));
    assert!(config["contracts"]["vesting"].is_string(), "the tokens' economy is there: {config}");
    assert_eq!(config["demonstration"], false);
    assert_eq!(page.get("/health", None).1["ok"], true);
    assert_eq!(page.get("/x/session", None).0, 401);
    assert_eq!(page.get("/x/development-keys", Some(&page.token(0))).0, 404);
    let endpoints =
        [0, 1].map(|session| page.get("/x/session", Some(&page.token(session))).1["endpoint"].clone());
    assert!(endpoints[0].is_string() && endpoints[0] != endpoints[1]);
    // Other programs find the chain as if it were served alone.
    assert!(network.home().join("chain.json").exists());
    let in_use = network.refused(&[&ANY[..], &["--session", "other"]].concat());
    assert!(in_use.contains("in use") || in_use.contains("another"), "{in_use}");
    let former = page.token(0);
    page.stop();
    assert!(!network.home().join("chain.json").exists());

    let page = serve(&[]);
    assert_ne!(page.token(0), former);
    assert_eq!(page.get("/x/session", Some(&former)).0, 401);
    assert_eq!(page.get("/x/session", Some(&page.token(0))).1["endpoint"], endpoints[0]);
    page.stop();
}

#[test]
fn a_served_chain_has_a_page_with_endpoints_of_its_own() {
    let network = Network::with_nodes(0);
    let home = path(&network.home());
    let server = Page::start(&["--home", home.as_str(), "chain", "serve"]);
    let state = path(&network.home().with_file_name("state"));
    let page = || {
        let of_chain = ["--home", home.as_str(), "page", "--listen", "127.0.0.1:0", "--chain", server.url()];
        Page::start(&[&of_chain[..], &["--state", state.as_str(), "--udp", "127.0.0.1:0"]].concat())
    };
    let first = page();
    let config = first.get("/config.json", None).1;
    assert_eq!(config["chain"]["kind"], "node");
    assert_eq!(config["contracts"]["registry"], network.contract("registry"));
    assert_eq!(first.get("/rpc/status", None).1["result"]["node_info"]["network"], config["chain"]["id"]);
    let endpoint = first.get("/x/session", Some(&first.token(0))).1["endpoint"].clone();
    assert_eq!(config["courier"]["endpoint"], endpoint);
    first.stop();
    let second = page();
    assert_eq!(second.get("/x/session", Some(&second.token(0))).1["endpoint"], endpoint);
    second.stop();
    server.stop();
}

#[test]
fn the_files_that_are_built_in_have_digests() {
    let files = json(&["page", "--verify"]);
    let files = files.as_array().unwrap();
    let index = files.iter().find(|file| file["path"] == "index.html").unwrap();
    assert_eq!(index["sha256"].as_str().unwrap().len(), 64);
    let shown = text(&bithive(&["page", "--verify"]).output().unwrap());
    assert!(shown.contains(index["sha256"].as_str().unwrap()), "{shown}");
}

#[test]
fn what_can_not_be_served_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let home = path(&folder.path().join("none"));
    for (arguments, word) in [
        (&["page"][..], "holds no network"),
        (&["page", "--session", "../x"], "--session"),
        (&["page", "--session", "a", "--session", "a"], "twice"),
        (&["page", "--session", "a", "--session", "b", "--udp", "127.0.0.1:0"], "--udp"),
        (&["page", "--network", "/nowhere/hive.network"], "/nowhere/hive.network"),
        (&["page", "--chain", "ftp://chain"], "ftp"),
        (&["page", "--chain", "http://127.0.0.1:1"], "127.0.0.1:1"),
        (&["page", "--contract", "bithive1x"], "--chain"),
        (&["page", "--log", "="], "log"),
        (&["page", "--gateway", "http://127.0.0.1:8042"], "--gateway-token"),
        (&["page", "--gateway-token", "web.token"], "--gateway"),
        (&["page", "--metrics", "0.0.0.0:1"], "loopback"),
        (&["demo", "--listen", "127.0.0.1:0"], "--page"),
        (&["demo", "--page", "--network"], "--network"),
    ] {
        let error = refused(&[&["--home", home.as_str()], arguments].concat());
        assert!(error.contains(word), "{arguments:?}: {error}");
    }
}

#[test]
fn a_demonstration_has_a_settled_job_and_keys_for_the_page() {
    let page = Page::start(&["demo", "--page", "--listen", "127.0.0.1:0"]);
    let (token, other) = (page.token(0), page.token(1));
    let config = page.get("/config.json", None).1;
    assert_eq!(config["demonstration"], true);
    assert!(config["contracts"]["vesting"].is_string(), "{config}");
    assert_eq!(page.get("/x/development-keys", None).0, 401);
    let keys = page.get("/x/development-keys", Some(&token)).1;
    let names: Vec<&str> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["requester", "holder", "node-1", "owner"]);
    let address = keys["keys"][0]["address"].as_str().unwrap();
    let coins = page.get(&format!("/rest/cosmos/bank/v1beta1/balances/{address}"), None).1;
    assert!(coins["balances"][0]["amount"].as_str().unwrap().parse::<u128>().unwrap() > 0);
    let height =
        |page: &Page| page.get("/health", None).1["height"].as_str().unwrap().parse::<u64>().unwrap();
    let before = height(&page);
    while height(&page) == before {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_ne!(
        page.get("/x/session", Some(&token)).1["endpoint"],
        page.get("/x/session", Some(&other)).1["endpoint"]
    );
    page.stop();
}

#[test]
fn a_demonstration_of_a_study_gives_its_report_to_those_with_the_token() {
    let page = Page::start(&["demo", "--imaging", "--page", "--listen", "127.0.0.1:0"]);
    let token = page.token(0);
    let config = page.get("/config.json", None).1;
    assert_eq!((&config["demonstration"], &config["reports"]), (&true.into(), &true.into()));
    assert_eq!(page.get("/x/reports/1", None).0, 401);
    assert_eq!(page.get("/x/reports/2", Some(&token)).0, 404);
    let (status, bundle) = page.get("/x/reports/1", Some(&token));
    assert_eq!((status, &bundle["resourceType"]), (200, &"Bundle".into()), "{bundle}");
    let report = &bundle["entry"][0]["resource"];
    assert_eq!(
        (&report["resourceType"], &report["status"]),
        (&"DiagnosticReport".into(), &"preliminary".into())
    );
    let (chain, jobs) = (&config["chain"]["id"], &config["contracts"]["jobs"]);
    let name = format!("{}/{}/1", chain.as_str().unwrap(), jobs.as_str().unwrap());
    assert_eq!(report["identifier"][0]["value"], name);
    assert_eq!(bundle["entry"][1]["resource"]["valueQuantity"]["code"], "mm2");
    let keys = page.get("/x/development-keys", Some(&token)).1;
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["name"] == "patient"), "{keys}");
    page.stop();
}
