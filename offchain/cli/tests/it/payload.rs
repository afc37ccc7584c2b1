//! An encrypted input between processes: memory that does not grow with it, and kills on the way.

use std::num::NonZeroU64;
use std::process::Command;
use std::time::Duration;

use bithive_bench::{Killed, PayloadOptions, payload, payload_with_kills};

const MEGABYTE: u64 = 1_000_000;

fn end() -> anyhow::Result<Command> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bithive"));
    command.args(["bench", "payload-end"]);
    Ok(command)
}

fn milliseconds(from: u64, to: u64) -> Duration {
    let mut random = [0; 8];
    getrandom::fill(&mut random).unwrap();
    Duration::from_millis(from + u64::from_le_bytes(random) % (to - from))
}

#[test]
fn ends_that_are_killed_at_any_time_go_on_with_what_they_have() {
    let kills = [
        (milliseconds(900, 1500), Killed::Receiver),
        (milliseconds(100, 800), Killed::Sender),
        (milliseconds(100, 800), Killed::Receiver),
    ];
    println!("{kills:?}");
    // Three seconds at that rate, and no more than four segments on their way at a time.
    let rate = NonZeroU64::new(8 * MEGABYTE).unwrap();
    let outcome = payload_with_kills(24 * MEGABYTE, rate, &kills, end).unwrap();
    println!("{outcome:?}");
    assert!(outcome.resumed > 0, "{outcome:?}");
    let on_the_way = 5 << 20;
    assert!(outcome.sent <= outcome.content + outcome.content / 100 + 3 * on_the_way, "{outcome:?}");
}

#[test]
fn every_receiver_gets_the_input_and_no_process_holds_it() {
    let options = PayloadOptions {
        receivers: vec![1, 3],
        bytes: Some(100 * MEGABYTE + 1),
        rate: NonZeroU64::new(100_000).unwrap(),
        folder: None,
    };
    let figures = payload(&options, end, |_| ()).unwrap();
    assert_eq!(figures.len(), 20);
    for figure in figures {
        println!("{}: {} beside {}", figure.name, figure.value, figure.peer_value);
        assert!(figure.aim.is_none_or(|aim| aim.met), "{figure:?}");
        if figure.name.starts_with("sent by the sender, 3 receivers") {
            // The receivers have the rest from each other.
            assert!(figure.value < 2.5 * 100e6, "{figure:?}");
        }
    }
}

#[test]
fn numbers_out_of_range_and_too_little_disk_are_refused() {
    let refusal = |receivers: Vec<u16>, bytes: Option<u64>, rate: u64| {
        let rate = NonZeroU64::new(rate).unwrap();
        let options = PayloadOptions { receivers, bytes, rate, folder: None };
        payload(&options, end, |_| ()).unwrap_err().to_string()
    };
    assert!(refusal(vec![], None, 1).contains("--receivers is empty"));
    assert!(refusal(vec![65], None, 1).contains("expected 1 to 64"));
    assert!(refusal(vec![0], None, 1).contains("expected 1 to 64"));
    assert!(refusal(vec![1], Some(0), 1).contains("--bytes is 0"));
    assert!(refusal(vec![1], None, u64::MAX).contains("--rate"));
    assert!(refusal(vec![64], Some(1 << 50), 1).contains("bytes of disk are needed"));
}
