//! Strangers that open connections and say nothing, or read nothing. Each address of 127.0.0.0/8 is another stranger.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use super::{open_files, resident, until};
use crate::requester::town::{MEMBERS, Town};
use crate::setup::Served;

/// What a process may have more than before once a crowd has gone, in MiB. Allocators keep some of what was freed.
const KEPT: u64 = 64;
/// What makes a websocket, after which the client has to show who it is.
const UPGRADE: &str = "GET /relay HTTP/1.1\r\nhost: relay\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: iroh-relay-v2\r\n\r\n";
const STATUS: &str =
    "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 26\r\n\r\n{\"id\":1,\"method\":\"status\"}";

/// So many connections from each of these addresses, which say one of `words` and are held.
async fn crowd(
    server: SocketAddr,
    addresses: std::ops::Range<u8>,
    each: usize,
    words: &[&str],
) -> Vec<TcpStream> {
    let mut crowd = vec![];
    for number in 0..each {
        for address in addresses.clone() {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind((Ipv4Addr::new(127, 0, 0, address), 0).into()).unwrap();
            let Ok(mut stream) = socket.connect(server).await else { continue };
            if stream.write_all(words[number % words.len()].as_bytes()).await.is_ok() {
                crowd.push(stream);
            }
        }
    }
    crowd
}

fn address(url: &str) -> SocketAddr {
    url.strip_prefix("http://").unwrap().trim_end_matches('/').parse().unwrap()
}

/// The relay has 1,024 files, as many as a process has unless somebody raises that.
#[test]
fn twelve_hundred_strangers_at_a_relay_hold_up_no_job_and_their_memory_returns() {
    let mut town = Town::founded();
    let mut relay = Command::new("sh");
    relay.args(["-c", "ulimit -n 1024 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_bithive"), "relay", "run"]);
    relay.arg("--config").arg(town.config("relay"));
    town.start_relay_as(relay);
    for name in MEMBERS {
        town.start_member(name);
    }
    for member in town.members.values() {
        member.event("share_keys");
    }
    for name in ["node-1", "node-2", "node-3"] {
        town.start_node(name);
    }
    assert_eq!(town.run(&[]).end().0, Some(0));
    let relay = town.relay.as_ref().unwrap().id();
    let (memory, files) = (resident(relay), open_files(relay));
    let listen = std::fs::read_to_string(town.config("relay")).unwrap();
    let listen = listen.lines().find_map(|line| line.strip_prefix("listen = ")).unwrap();
    let listen: SocketAddr = listen.trim_matches('"').parse().unwrap();
    let flood = town.runtime.block_on(crowd(listen, 2..42, 30, &["", &UPGRADE[..30], UPGRADE]));
    assert!(flood.len() > 1_000, "{}", flood.len());

    // Whoever is there goes on, and who comes now is let in: a node and a requester connect anew.
    town.nodes.remove("node-2").unwrap().kill();
    town.start_node("node-2");
    let (code, log) = town.run(&[]).end();
    assert_eq!(code, Some(0), "{log}");
    drop(flood);
    until("the relay lets go of them", || open_files(relay) < files + 64);
    assert!(resident(relay) < memory + KEPT, "{} MiB, before {memory}", resident(relay));
}

#[test]
fn nine_hundred_connections_that_read_nothing_close_a_served_chain_to_nobody() {
    let chain = Served::new();
    let (party, _) = chain.party("requester", "requester");
    let to = party["address"].as_str().unwrap();
    let (process, listen) = (chain.process(), address(&chain.url));
    let (memory, files) = (resident(process), open_files(process));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Those of the address of whoever comes next are among them.
    let flood = runtime.block_on(crowd(listen, 1..4, 300, &[STATUS]));
    assert!(flood.len() > 600, "{}", flood.len());
    until("they are there", || open_files(process) > files + 200);
    let funded = chain.json(&["wallet", "fund", to, "--amount", "1000", "--chain", &chain.url]);
    assert_eq!(funded["balance"], 1_000_000_000);
    drop(flood);
    until("their places are free again", || open_files(process) < files + 64);
    assert!(resident(process) < memory + KEPT, "{} MiB, before {memory}", resident(process));
}
