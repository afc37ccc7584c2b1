//! Exports of a BOINC project over HTTP: from a server that lies, and by a network that fails.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use bithive_attest::bls::SecretKey;
use bithive_attest::{BoincCredit, Domain, possession_bytes};
use flate2::Compression;
use flate2::write::GzEncoder;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

use super::until;
use crate::common::refused;
use crate::requester::process::Process;
use crate::setup::Served;

const PROJECT: &str = "https://boinc.example/";
const HOST: u64 = 7;
const TOTAL: u64 = 10_000;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn users(account: &str) -> Vec<u8> {
    let user = format!("<user><id>1</id><total_credit>9</total_credit><url>bithive:{account}</url></user>");
    gzip(&format!("<users>{user}</users>"))
}

/// So long that half of it is not all that its end says.
fn hosts() -> Vec<u8> {
    let other = |id: u64| {
        let random = identifier(id);
        format!("<host><id>{id}</id><host_cpid>{random}</host_cpid><total_credit>1</total_credit></host>")
    };
    let own =
        format!("<host><id>{HOST}</id><userid>1</userid><total_credit>{TOTAL}.75</total_credit></host>");
    gzip(&format!("<hosts>{own}{}</hosts>", (1_000..2_000).map(other).collect::<String>()))
}

/// What compresses as badly as the identifiers of hosts do.
fn identifier(id: u64) -> String {
    format!("{:016x}{:016x}", id.wrapping_mul(0x9e37_79b9_7f4a_7c15), id.wrapping_mul(0xbf58_476d_1ce4_e5b9))
}

/// Some kilobytes that become 200 MiB of records.
fn bomb() -> Vec<u8> {
    let part = gzip(&"<host><id>1</id><total_credit>1</total_credit></host>".repeat(20_000));
    [gzip("<hosts>"), part.repeat(200), gzip("</hosts>")].concat()
}

fn ok(length: u64, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n").as_bytes(), body]
        .concat()
}

fn whole(body: &[u8]) -> Vec<u8> {
    ok(body.len() as u64, body)
}

fn redirection(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into()
}

/// What the server says when it is asked for the hosts, byte for byte, and whether it leaves the connection open then.
#[derive(Clone)]
struct Answer {
    bytes: Vec<u8>,
    stalls: bool,
}

/// A project's server.
struct Project {
    url: String,
    hosts: Arc<Mutex<Answer>>,
    /// Connections that were left open.
    held: Arc<Mutex<Vec<TcpStream>>>,
}

impl Project {
    fn start(users: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let hosts = Arc::new(Mutex::new(Answer { bytes: vec![], stalls: false }));
        let held = Arc::<Mutex<Vec<TcpStream>>>::default();
        let (answer, open) = (hosts.clone(), held.clone());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let (mut head, mut byte) = (vec![], [0]);
                while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                    head.push(byte[0]);
                }
                if head.starts_with(b"GET /user.gz ") {
                    let _ = stream.write_all(&whole(&users));
                    continue;
                }
                let Answer { bytes, stalls } = answer.lock().unwrap().clone();
                // Whoever has read enough goes away.
                let _ = stream.write_all(&bytes);
                if stalls {
                    open.lock().unwrap().push(stream);
                }
            }
        });
        Self { url, hosts, held }
    }

    fn answers(&self, bytes: Vec<u8>) {
        *self.hosts.lock().unwrap() = Answer { bytes, stalls: false };
    }

    /// Begins to answer, and never ends.
    fn stalls(&self) {
        let body = hosts();
        *self.hosts.lock().unwrap() = Answer { bytes: ok(body.len() as u64, &body[..100]), stalls: true };
    }

    /// Everything else that it answers, with words of what is said of that.
    fn lies(&self) -> Vec<(Vec<u8>, &'static str)> {
        let body = hosts();
        let elsewhere = self.url.replace("127.0.0.1", "127.0.0.2");
        vec![
            (b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".into(), "HTTP status 500"),
            (vec![], "error sending request"),
            (b"220 mail.example\r\n".into(), "error sending request"),
            (ok(body.len() as u64, &body[..body.len() / 2]), "end of file"),
            (whole(&body[..body.len() / 2]), "the export"),
            (ok(17 << 30, &[]), "more than 17179869184 bytes"),
            (whole(&bomb()), "more than 100 times its size"),
            (whole(b"<html><body>Down for maintenance</body></html>"), "expected <users> or <hosts>"),
            (redirection(&format!("{elsewhere}/host.gz")), "leads to another host, 127.0.0.2"),
            (redirection("/host.gz"), "leads on more than 3 times"),
        ]
    }
}

/// The oracle says why it can't read the exports.
fn says(oracle: &Process, words: &str) {
    let waits = |value: &Value| {
        let reason = value["reason"].as_str().unwrap_or_default();
        value["event"] == "waits" && value["duty"] == "exports" && reason.contains(words)
    };
    let said = oracle.until(words, waits);
    assert!(said["reason"].as_str().unwrap().contains("/host.gz"), "it names the file: {said}");
}

#[test]
fn a_projects_server_that_lies_or_fails_changes_nothing_and_a_good_answer_counts_later() {
    let chain = Served::new();
    let (oracle, [_, password, _]) = chain.party("oracle", "oracle");
    let (config, address) = (oracle["config"].as_str().unwrap(), oracle["address"].as_str().unwrap());
    let on = |text: &str| {
        let words: Vec<_> = text.split(' ').chain(["--chain", &chain.url]).collect();
        chain.json(&words)
    };
    on(&format!("wallet fund {address} --amount 0"));
    let network: Value =
        serde_json::from_slice(&std::fs::read(chain.file("home/deployment.json")).unwrap()).unwrap();
    let (chain_id, timebank) =
        (network["chain_id"].as_str().unwrap(), network["contracts"]["timebank"].as_str().unwrap());
    let domain = Domain { chain_id, contract: timebank };
    let address_of = |name: &str| on(&format!("wallet show {name}"))["address"].as_str().unwrap().to_owned();
    let holder = address_of("incentive-pool");

    // Two oracles, who both have to sign. The other one is no process: it has signed already.
    let own_keys = chain.file("own.json");
    let keys =
        ["boinc", "oracle", "keys", "--config", config, "--password-file", &password, "--out", &own_keys];
    crate::common::json(&keys);
    let other = SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(7)).unwrap();
    let (public, account) = (other.public_key(), address_of("treasury"));
    let possession = other.prove_possession(&possession_bytes(domain, &account, &public));
    let named = json!({
        "account": account, "bls_key": hex::encode(public), "bls_possession": hex::encode(possession),
    });
    let other_keys = chain.file("other.json");
    std::fs::write(&other_keys, named.to_string()).unwrap();
    on("timebank fund --from operator --amount 100");
    on(&format!("timebank set-oracles --oracle {own_keys} --oracle {other_keys}"));
    let credit = BoincCredit { account: &holder, project: PROJECT, host: HOST, total: TOTAL };
    let statement = json!({ "account": holder, "project": PROJECT, "host": HOST, "total": TOTAL });
    let signature = hex::encode(other.sign(&credit.sign_bytes(domain)));
    let published = json!({
        "chain_id": chain_id, "timebank": timebank, "bls_key": hex::encode(public),
        "statements": [{ "statement": statement, "signature": signature }],
    });

    let project = Project::start(users(&holder));
    let (peer, url) = (chain.file("peer.json"), project.url.clone());
    let text = std::fs::read_to_string(config).unwrap();
    let text = text
        .replace("every = \"1h\"", "every = \"1s\"")
        .replace("peers = []", &format!("peers = [{peer:?}]"))
        .replace("https://boinc.example/stats/", &format!("{url}/"));
    std::fs::write(config, text).unwrap();
    let signed = || -> usize {
        let file = std::path::Path::new(config).with_file_name("signed.json");
        let Ok(bytes) = std::fs::read(file) else { return 0 };
        let published: Value = serde_json::from_slice(&bytes).unwrap();
        published["statements"].as_array().unwrap().len()
    };
    let imported = || on(&format!("timebank host {PROJECT} {HOST}"))["imported"].clone();

    let start = ["boinc", "oracle", "run", "--config", config, "--password-file", &password];
    project.answers(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".into());
    let running = Process::start("oracle", &start);
    says(&running, "HTTP status 404");
    for (bytes, words) in project.lies() {
        project.answers(bytes);
        says(&running, words);
        // That of the answer before this one.
        assert_eq!(signed(), 0, "before {words}");
    }
    project.stalls();
    says(&running, "nothing came for 20s");

    // All of it had no effect: the host is a new one, and is believed.
    project.answers(whole(&hosts()));
    let own = running.until("a signature", |value| value["did"] == "signed");
    assert_eq!((&own["host"], &own["total"]), (&HOST.into(), &TOTAL.into()));
    until("it is published", || signed() == 1);
    // What was signed stays published while the server lies again, and counts once the other oracle's file is there.
    for (bytes, words) in project.lies() {
        project.answers(bytes);
        says(&running, words);
        assert_eq!(signed(), 1, "before {words}");
    }
    assert_eq!(imported(), Value::Null, "one of two");
    std::fs::write(&peer, published.to_string()).unwrap();
    running.until("an import", |value| value["did"] == "imported");
    assert_eq!((&imported()["total"], &imported()["credits"]), (&TOTAL.into(), &(TOTAL / 100).into()));
    assert_eq!(on("timebank accounts incentive-pool")[0]["credits"], TOTAL / 100);

    // A good answer ends the waiting, and a server that stalls does not hold up the end of the process.
    project.answers(whole(&hosts()));
    until("it waits for nothing", || {
        crate::common::json(&["status", "--config", config])["waits_for"] == json!([])
    });
    project.held.lock().unwrap().clear();
    project.stalls();
    until("it waits for the server", || !project.held.lock().unwrap().is_empty());
    running.signal("-TERM");
    let (code, log) = running.end();
    assert_eq!(code, Some(0), "{log}");
}

/// The same files, for whoever has fetched them by hand.
#[test]
fn files_of_a_server_that_lies_are_refused_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let whole = hosts();
    for (bytes, words) in [
        (whole[..whole.len() / 2].to_vec(), "the export"),
        (bomb(), "more than 100 times its size"),
        (b"<html><body>Down for maintenance</body></html>".to_vec(), "expected <users> or <hosts>"),
    ] {
        let file = folder.path().join("host.gz");
        std::fs::write(&file, bytes).unwrap();
        let error = refused(&["boinc", "read", file.to_str().unwrap()]);
        assert!(error.contains(words) && error.contains("host.gz"), "{error}");
    }
}
