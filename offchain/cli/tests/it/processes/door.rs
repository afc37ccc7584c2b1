//! `bithive serve-model` as a process, killed at any time, and the clients that pay it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::common::{Network, path, text};
use crate::requester::process::Process;

const PRICE: u64 = 10_000;
const KILLS: usize = 100;
const ROWS: &str = include_str!("../../../../../data/wdbc/holdout.csv");

pub(super) fn row(number: usize) -> String {
    let mut lines = ROWS.lines();
    let head = lines.next().unwrap();
    format!("{head}\n{}\n", lines.nth(number).unwrap())
}

/// A home whose chain is served, with a seller and a payer.
pub(super) struct Street {
    pub(super) chain: Process,
    pub(super) url: String,
    pub(super) network: Network,
}

impl Street {
    pub(super) fn new() -> Self {
        let network = Network::with_nodes(0);
        network.run("wallet new bob");
        network.run("wallet fund bob --amount 10");
        let home = path(&network.home());
        let serving = ["--home", &home, "--json", "chain", "serve", "--every-ms", "100", "--seconds", "1"];
        let chain = Process::start("chain", &serving);
        let url = chain.document()["url"].as_str().unwrap().to_owned();
        Self { chain, url, network }
    }

    pub(super) fn run(&self, command: &str) -> Value {
        self.network.run(&format!("{command} --chain {}", self.url))
    }

    pub(super) fn door(&self, listen: &str, extra: &[&str]) -> (Process, SocketAddr) {
        self.door_of("bob", listen, extra)
    }

    pub(super) fn door_of(&self, seller: &str, listen: &str, extra: &[&str]) -> (Process, SocketAddr) {
        let home = path(&self.network.home());
        let serving = [
            "--home",
            &home,
            "--json",
            "serve-model",
            "--chain",
            &self.url,
            "--from",
            seller,
            "--price",
            "0.01",
            "--listen",
            listen,
        ];
        let door = Process::start("door", &[&serving[..], extra].concat());
        let ready = door.document();
        (door, ready["address"].as_str().unwrap().parse().unwrap())
    }

    fn paid(&self, flow: u64) -> u64 {
        self.run(&format!("stream show {flow}"))["paid"].as_str().unwrap().parse().unwrap()
    }
}

/// Status, head and body of a POST; none when the door is gone.
fn post(door: SocketAddr, body: &str, payment: Option<&str>) -> Option<(u16, String, String)> {
    let mut stream = TcpStream::connect(door).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let payment = payment.map_or_else(String::new, |payment| format!("PAYMENT-SIGNATURE: {payment}\r\n"));
    let head = format!("POST /predict HTTP/1.1\r\nhost: door\r\nconnection: close\r\n{payment}");
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let stated = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    // A reply that broke off is none.
    (stated.parse() == Ok(body.len())).then_some(())?;
    Some((head.split(' ').nth(1)?.parse().ok()?, head.to_owned(), body.to_owned()))
}

/// A payer that knows the protocol from docs/door.md alone.
struct Payer {
    key: SigningKey,
    accepted: Value,
    flow: u64,
}

impl Payer {
    fn new(street: &Street, door: SocketAddr) -> Self {
        let key = SigningKey::from_bytes(&[9; 32]);
        let public = hex::encode(key.verifying_key().as_bytes());
        let opened = street.run(&format!(
            "stream open --from alice --to bob --amount 100 --vouchers --days 2 --notice 1 --key ed25519:{public}"
        ));
        let (_, head, _) = post(door, "", None).unwrap();
        let required = head.lines().find_map(|line| line.strip_prefix("payment-required: ")).unwrap();
        let required: Value = serde_json::from_slice(&STANDARD.decode(required).unwrap()).unwrap();
        Self { key, accepted: required["accepts"][0].clone(), flow: opened["id"].as_u64().unwrap() }
    }

    fn payment(&self, nth: u64) -> String {
        let chain = self.accepted["network"].as_str().unwrap().strip_prefix("cosmos:").unwrap();
        let contract = self.accepted["extra"]["contract"].as_str().unwrap();
        let (flow, owed) = (self.flow, nth * PRICE);
        let text = format!(
            "BitHive payment voucher, version 1\nchain {chain}\ncontract {contract}\nflow {flow}\nowed in all {owed}"
        );
        let signature = hex::encode(self.key.sign(text.as_bytes()).to_bytes());
        let voucher = json!({ "chain_id": chain, "contract": contract, "flow": flow, "cumulative": owed.to_string(), "signature": signature });
        let payment = json!({ "x402Version": 2, "accepted": self.accepted, "payload": { "type": "voucher", "voucher": voucher } });
        STANDARD.encode(payment.to_string())
    }
}

/// What a payer that cheats got for each voucher: it sends each with two requests, in turns, until both are answered.
#[derive(Default)]
struct Got {
    /// Bodies of replies, by request.
    replies: BTreeMap<usize, String>,
    refused: usize,
}

#[test]
fn a_door_that_is_killed_at_any_time_serves_each_voucher_once_and_has_all_that_it_is_owed() {
    let street = Street::new();
    // The same address after each start, so that the payer goes on.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = free.to_string();
    let (first, address) = street.door(&listen, &[]);
    let payer = Payer::new(&street, address);
    let mut door = Some(first);
    let stop = AtomicBool::new(false);
    let got = std::thread::scope(|scope| {
        let paying = scope.spawn(|| {
            let mut got: BTreeMap<u64, Got> = BTreeMap::new();
            let mut nth = 1;
            while !stop.load(Ordering::Relaxed) {
                let own = got.entry(nth).or_default();
                for turn in 0..2 {
                    // The other request first, every other time.
                    let number = (turn + usize::try_from(nth).unwrap()) % 2;
                    match post(address, &row(number), Some(&payer.payment(nth))) {
                        Some((200, head, body)) => {
                            assert!(head.contains("payment-response: "), "{head}");
                            let before = own.replies.insert(number, body.clone());
                            assert!(before.is_none_or(|before| before == body), "another reply");
                        }
                        Some((409, ..)) => own.refused += 1,
                        Some((503, _, body)) => assert!(body.contains("\"kind\":"), "{body}"),
                        Some(other) => panic!("{other:?}"),
                        None => std::thread::sleep(Duration::from_millis(1)),
                    }
                }
                if !own.replies.is_empty() && own.refused > 0 {
                    nth += 1;
                }
            }
            got
        });
        let mut rng = ChaCha20Rng::seed_from_u64(402);
        for _ in 0..KILLS {
            std::thread::sleep(Duration::from_micros(rng.next_u64() % 60_000));
            door.take().unwrap().kill();
            door = Some(street.door(&listen, &[]).0);
        }
        // What was on its way is answered.
        std::thread::sleep(Duration::from_millis(500));
        stop.store(true, Ordering::Relaxed);
        paying.join().unwrap()
    });
    let served: u64 = got.values().filter(|got| !got.replies.is_empty()).count().try_into().unwrap();
    assert!(served > 50, "only {served} requests between {KILLS} kills");
    for (nth, got) in &got {
        assert!(got.replies.len() <= 1, "voucher {nth} bought two requests");
    }
    let door = door.unwrap();
    door.signal("-TERM");
    let (code, log) = door.end();
    assert_eq!(code, Some(0), "{log}");
    let paid = street.paid(payer.flow) / PRICE;
    // The last voucher may have been taken without a reply that arrived.
    assert!(paid == served || paid == served + 1, "{served} served, {paid} paid");
    drop(street.chain);
}

#[test]
fn a_request_is_paid_for_by_the_command_and_the_stream_is_opened_once() {
    let street = Street::new();
    let (door, address) = street.door("127.0.0.1:0", &["--exposure", "0.05"]);
    let data = street.network.file("row.csv", row(0));
    let get = format!("pay get http://{address}/predict --from alice --data {data} --max-price 0.01");
    let home = path(&street.network.home());
    let refused = |command: &str, named: &str| {
        let command = format!("{command} --chain {}", street.url);
        let error =
            crate::common::refused(&street.network.arguments(&home, &command.split(' ').collect::<Vec<_>>()));
        assert!(error.contains(named), "{command}\n  said: {error}\n  expected: {named}");
    };
    refused(&get, "--deposit opens one");
    refused(&format!("{get} --deposit 0.5"), "the server takes streams with 1000000 or more");
    refused(&get.replace("--max-price 0.01", "--max-price 0.009"), "--max-price raises it");
    refused(&get.replace("http://127.0.0.1", "http://model.example"), "expected a URL with https://");
    refused(&format!("{get} --asset btk"), "it takes:");
    refused(&format!("{get} --flow 1"), "there is no stream 1");
    for nth in 1..=12 {
        let paid = street.run(&format!("{get} --deposit 1"));
        assert_eq!((paid["flow"].as_u64(), paid["price"].as_str()), (Some(1), Some("10000")), "{paid}");
        assert_eq!(paid["owed"], (nth * PRICE).to_string());
        assert!(paid["body"]["answers"][0]["probability"].is_number(), "{paid}");
    }
    assert!(street.paid(1) > 0, "half of the exposure was redeemed");
    refused("serve-model --from bob --price 0", "--price is 0");
    let error = street.network.refused(&["serve-model", "--from", "bob", "--price", "1"]);
    assert!(error.contains("bithive chain serve"), "{error}");
    door.signal("-TERM");
    let (code, log) = door.end();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(street.paid(1), 12 * PRICE);
}

/// The example of docs/door.md, as it is.
#[test]
fn the_example_in_python_pays_a_door() {
    let has = |module: &str| {
        Command::new("python3").args(["-c", &format!("import {module}")]).status().unwrap().success()
    };
    if !has("requests") || !has("cryptography") {
        eprintln!("left out: scripts/door-client needs the Python packages requests and cryptography");
        return;
    }
    let street = Street::new();
    let (door, address) = street.door("127.0.0.1:0", &[]);
    let script = |arguments: &[&str]| {
        let output = Command::new("../../scripts/door-client").args(arguments).output().unwrap();
        (output.status.success(), text(&output))
    };
    let key = path(&street.network.home().join("voucher.key"));
    let (made, public) = script(&["key", &key]);
    assert!(made && public.starts_with("ed25519:"), "{public}");
    street.run(&format!("stream open --from alice --to bob --amount 1 --vouchers --key {}", public.trim()));
    let data = street.network.file("row.csv", row(0));
    let url = format!("http://{address}/predict");
    for nth in 1..=3 {
        let (paid, said) = script(&["ask", &url, &data, "--key", &key, "--flow", "1", "--most", "10000"]);
        assert!(paid && said.contains("\"probability\":"), "{said}");
        assert!(said.contains(&format!("stream 1 owes {} in all", nth * PRICE)), "{said}");
    }
    let (paid, said) = script(&["ask", &url, &data, "--key", &key, "--flow", "1", "--most", "9999"]);
    assert!(!paid && said.contains("the door asks for 10000"), "{said}");
    door.signal("-TERM");
    assert_eq!(door.end().0, Some(0));
    assert_eq!(street.paid(1), 3 * PRICE);
}
