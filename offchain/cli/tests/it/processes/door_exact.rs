//! Requests that are paid for on the chain: by the command, by curl and by Python, and while the server is killed at any time.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde_json::Value;

use super::door::{Street, row};
use crate::common::{Network, bithive, path, text};

const PRICE: u64 = 20_000;
const KILLS: usize = 24;
/// Rows of the demonstration's data, each of which makes another request.
const ROWS: usize = 114;

impl Street {
    /// A new offer of the seller, without an end.
    fn offer(&self) -> String {
        self.run("invoice create --from bob --amount 0.02 --standing")["id"].to_string()
    }

    fn buy(&self, door: SocketAddr, data: &str) -> Output {
        buy((&self.network, &self.url), door, data)
    }

    fn receipts(&self, offer: &str) -> Vec<Value> {
        self.run(&format!("invoice receipts {offer}"))["receipts"].as_array().unwrap().clone()
    }
}

/// Runs `pay get` for the request with this body.
fn buy((network, chain): (&Network, &str), door: SocketAddr, data: &str) -> Output {
    let (home, url) = (path(&network.home()), format!("http://{door}/predict"));
    let get = ["--home", &home, "--json", "pay", "get", &url, "--from", "alice", "--scheme", "exact"];
    let rest = ["--data", data, "--max-price", "0.02", "--chain", chain];
    bithive(&[&get[..], &rest[..]].concat()).output().unwrap()
}

#[test]
fn a_door_that_is_killed_at_any_time_serves_each_request_that_was_paid_on_the_chain() {
    let street = Street::new();
    let offer = street.offer();
    // The same address after each start, so that the payer goes on.
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (first, address) = street.door(&listen, &["--offer", &offer]);
    let mut door = Some(first);
    let stop = AtomicBool::new(false);
    let (network, chain) = (&street.network, street.url.as_str());
    let served = std::thread::scope(|scope| {
        let paying = scope.spawn(|| {
            let mut served: Vec<(String, Value)> = Vec::new();
            while !stop.load(Ordering::Relaxed) && served.len() < ROWS {
                let data = network.file("row.csv", row(served.len()));
                // The command knows nothing of the one before but its wallet.
                let reply = loop {
                    let output = buy((network, chain), address, &data);
                    if output.status.success() {
                        break serde_json::from_slice::<Value>(&output.stdout).unwrap();
                    }
                    let said = text(&output);
                    let gone =
                        ["no answer after", "takes no payment"].iter().any(|words| said.contains(words));
                    assert!(gone, "{said}");
                };
                assert!(reply["body"]["answers"][0]["probability"].is_number(), "{reply}");
                served.push((data, reply));
            }
            served
        });
        let mut rng = ChaCha20Rng::seed_from_u64(402);
        for _ in 0..KILLS {
            std::thread::sleep(Duration::from_millis(rng.next_u64() % 900));
            door.take().unwrap().kill();
            door = Some(street.door(&listen, &["--offer", &offer]).0);
        }
        stop.store(true, Ordering::Relaxed);
        paying.join().unwrap()
    });
    assert!(served.len() > 5, "only {} requests between {KILLS} kills", served.len());
    let receipts = street.receipts(&offer);
    assert_eq!(receipts.len(), served.len(), "each request was paid for once");
    let keys: BTreeSet<_> = receipts.iter().map(|receipt| receipt["key"].to_string()).collect();
    assert_eq!(keys.len(), served.len());
    for (number, (data, reply)) in served.iter().enumerate() {
        street.network.file("row.csv", row(number));
        let again: Value = serde_json::from_slice(&street.buy(address, data).stdout).unwrap();
        assert_eq!((&again["body"], &again["receipt"]), (&reply["body"], &reply["receipt"]));
        assert_eq!(again["paid_before"], true);
    }
    assert_eq!(street.receipts(&offer).len(), served.len(), "a repetition pays nothing");
    let door = door.unwrap();
    door.signal("-TERM");
    let (code, log) = door.end();
    assert_eq!(code, Some(0), "{log}");
    drop(street.chain);
}

#[test]
fn a_request_is_paid_for_on_the_chain_by_the_command_once() {
    let street = Street::new();
    let offer = street.offer();
    let (door, address) = street.door("127.0.0.1:0", &["--offer", &offer]);
    let data = street.network.file("row.csv", row(0));
    for nth in 1..=2 {
        let reply: Value = serde_json::from_slice(&street.buy(address, &data).stdout).unwrap();
        assert_eq!((reply["receipt"].as_u64(), reply["price"].as_str()), (Some(1), Some("20000")), "{reply}");
        assert_eq!(reply["paid_before"], nth == 2, "{reply}");
        assert!(reply["body"]["answers"][0]["probability"].is_number(), "{reply}");
    }
    let home = path(&street.network.home());
    let refused = |command: &str, named: &str| {
        let command = format!("{command} --chain {}", street.url);
        let words: Vec<&str> = command.split(' ').collect();
        let error = crate::common::refused(&street.network.arguments(&home, &words));
        assert!(error.contains(named), "{command}\n  said: {error}\n  expected: {named}");
    };
    let get = format!("pay get http://{address}/predict --from alice --data {data} --scheme exact");
    refused(&format!("{get} --max-price 0.019"), "--max-price raises it");
    refused(&format!("{get} --max-price 0.02 --deposit 1"), "--flow, --deposit and --purse are for vouchers");
    refused(&format!("{get} --max-price 0.02 --asset btk"), "it takes:");
    // With records of their own.
    let serve = |seller: &str| format!("serve-model --from {seller} --price 1 --state {home}/{seller}");
    refused(&format!("{} --offer 99", serve("bob")), "--offer 99: there is none of this number");
    refused(&format!("{} --offer 1", serve("alice")), "its seller is");
    // Vouchers pay at the same door.
    let paid = street.run(&format!(
        "pay get http://{address}/predict --from alice --data {data} --max-price 0.01 --deposit 1"
    ));
    assert_eq!(paid["price"], "10000");
    door.signal("-TERM");
    assert_eq!(door.end().0, Some(0));
    let receipts = street.receipts(&offer);
    assert_eq!((receipts.len(), receipts[0]["amount"].as_str()), (1, Some(PRICE.to_string().as_str())));
    street.run("invoice refund 1 --from bob");
    let (door, address) = street.door("127.0.0.1:0", &["--offer", &offer]);
    refused(
        &format!(
            "pay get http://{address}/predict --from alice --data {data} --scheme exact --max-price 0.02"
        ),
        "has given the payment of this request back",
    );
    drop(door);
}

/// The lines of docs/door.md for other clients, as they are printed: only the addresses are others.
#[test]
fn the_examples_with_curl_work_as_they_are_printed() {
    let has = |program: &str| {
        Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap().status.success()
    };
    if ["bash", "curl", "jq", "openssl", "base64"].iter().any(|program| !has(program)) {
        eprintln!("left out: the examples need bash, curl, jq, openssl and base64");
        return;
    }
    let street = Street::new();
    let offer = street.run("invoice create --from operator --amount 0.02 --standing")["id"].to_string();
    let (door, address) = street.door_of("operator", "127.0.0.1:0", &["--offer", &offer]);
    let page = std::fs::read_to_string("../../docs/door.md").unwrap();
    let (_, examples) = page.split_once("\n## Other clients\n").unwrap();
    let examples: Vec<&str> =
        examples.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(examples.len(), 2);
    let data = street.network.file("row.csv", row(0));
    for example in examples {
        let example = example
            .replace("http://127.0.0.1:26657", &street.url)
            .replace("127.0.0.1:8402", &address.to_string());
        let script =
            format!("set -euo pipefail\nbithive() {{ \"$PROGRAM\" --home \"$HIVE\" \"$@\"; }}\n{example}");
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(Path::new(&data).parent().unwrap())
            .env("PROGRAM", env!("CARGO_BIN_EXE_bithive"))
            .env("HIVE", street.network.home())
            .output()
            .unwrap();
        assert!(
            output.status.success() && text(&output).contains("\"probability\":"),
            "{example}\n{}",
            text(&output)
        );
    }
    assert_eq!(street.receipts(&offer).len(), 1);
    door.signal("-TERM");
    assert_eq!(door.end().0, Some(0));
}

#[test]
fn the_example_in_python_pays_on_the_chain() {
    let has = |module: &str| {
        Command::new("python3").args(["-c", &format!("import {module}")]).status().unwrap().success()
    };
    if !has("requests") || !has("cryptography") {
        eprintln!("left out: scripts/door-client needs the Python packages requests and cryptography");
        return;
    }
    let street = Street::new();
    let offer = street.offer();
    let (door, address) = street.door("127.0.0.1:0", &["--offer", &offer]);
    let (data, url) = (street.network.file("row.csv", row(0)), format!("http://{address}/predict"));
    let order = path(&street.network.home().join("row.order"));
    let program = format!("{} --home {}", env!("CARGO_BIN_EXE_bithive"), path(&street.network.home()));
    let buy = |most: &str| {
        let asked = ["buy", &url, &data, "--from", "alice", "--max-price", most, "--order", &order];
        let output = Command::new("../../scripts/door-client")
            .args([&asked[..], &["--bithive", &program, "--chain", &street.url]].concat())
            .output()
            .unwrap();
        (output.status.success(), text(&output))
    };
    let (paid, said) = buy("0.019");
    assert!(!paid && said.contains("the contract refuses"), "{said}");
    for _ in 0..2 {
        let (paid, said) = buy("0.02");
        assert!(paid && said.contains("\"probability\":") && said.contains("receipt 1"), "{said}");
    }
    assert_eq!(street.receipts(&offer).len(), 1);
    door.signal("-TERM");
    assert_eq!(door.end().0, Some(0));
}
