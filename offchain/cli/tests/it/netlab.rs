//! `bithive netlab`: what is said of bad input, and programs that talk where that is possible.

use std::io::Write as _;
use std::net::UdpSocket;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn netlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bithive")).arg("netlab").args(arguments).output().unwrap()
}

#[test]
fn a_link_or_side_that_cant_be_read_is_named() {
    for (arguments, names) in [
        (&["proxy", "--target", "127.0.0.1:9", "--link", "rate=fast"][..], "rate is \"fast\""),
        (&["proxy", "--target", "127.0.0.1:9", "--link", "speed=1"], "\"speed\" is not known"),
        (&["run", "--side", "a:nat=cone", "--run", "a=true"], "nat is \"cone\""),
    ] {
        let output = netlab(arguments);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(names), "{error}");
    }
}

#[test]
fn the_proxy_says_what_became_of_datagrams() {
    let target = UdpSocket::bind("127.0.0.1:0").unwrap();
    target.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A port that was free a moment ago: the proxy says where it listens only to people.
    let listen = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let to = target.local_addr().unwrap().to_string();
    let arguments = ["--json", "netlab", "proxy", "--seconds", "3", "--listen", &listen, "--target", &to];
    let mut proxy = Command::new(env!("CARGO_BIN_EXE_bithive"));
    let child = proxy.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    target.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let arrived = (0..200).any(|_| {
        let _ = client.send_to(b"hello", &listen);
        target.recv(&mut [0; 10]).is_ok()
    });
    assert!(arrived);
    let answer: serde_json::Value =
        serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert!(answer["up"]["passed"].as_u64().unwrap() >= 1, "{answer}");
    assert_eq!(answer["down"]["passed"], 0);
}

#[test]
fn programs_run_on_their_hosts_and_know_the_others_addresses() {
    let side = "clinic-1:nat=symmetric,rate=10M";
    let run = ["clinic-1=grep -c lab0 /proc/net/dev", "relay=echo $LAB_RELAY $LAB_CLINIC_1; exit 3"];
    let output = netlab(&["run", "--side", "relay", "--side", side, "--run", run[0], "--run", run[1]]);
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("is missing here") {
        assert_eq!(output.status.code(), Some(2));
        let _ = std::io::stderr().write_all(format!("SKIPPED: {error}\n").as_bytes());
        return;
    }
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}{error}");
    assert!(text.lines().any(|line| line == "1"), "{text}");
    assert!(text.contains("198.18.0.1 198.18.0.2") && text.contains("relay ended with 3"), "{text}");
}
