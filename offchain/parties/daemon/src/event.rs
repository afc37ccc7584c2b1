//! Events of a party for scripts: one JSON object on a line.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use bithive_node::Report;
use serde::{Deserialize, Serialize};

/// An event that a script can wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The party answers from now on.
    Ready {
        /// `node`, `committee`, `relay`, `relayer`, `requester`, `meter`, `oracle` or `gateway`.
        role: String,
        /// Its endpoint, in hex; none for a relay, a meter, an oracle or a gateway.
        endpoint: Option<String>,
        /// Its account; none for a relay or a gateway.
        account: Option<String>,
        /// Sockets that it listens on.
        listens_on: Vec<SocketAddr>,
        /// The URL that clients use, of a relay or a gateway.
        url: Option<String>,
    },
    /// A duty waits for others, the chain or coins, and is tried again; said when the reason changes.
    Waits {
        /// What can't be done for now.
        duty: String,
        /// Why, and who is missing.
        reason: String,
    },
    /// A committee member has posted the share keys of an epoch, or finds them posted.
    ShareKeys {
        /// Number of the epoch.
        epoch: u64,
    },
    /// A committee member has taken the seat that it was elected to.
    SeatTaken {
        /// First epoch of the committee.
        epoch: u64,
    },
    /// A committee member has reported another one that missed a duty.
    Absent {
        /// Account of the absent member.
        account: String,
    },
    /// A node did something.
    Node(Report),
    /// A relayer did something.
    Relayer(bithive_relayer::Report),
    /// A meter did something.
    Meter(crate::meter::report::Report),
    /// An oracle did something.
    Oracle(crate::oracle::report::Report),
    /// The party was asked to stop, and has stopped.
    Stopped,
}

/// Receives events; called from several tasks.
pub type Events = Arc<dyn Fn(&Event) + Send + Sync>;

/// Writes each event to standard output, a line each. A closed output is ignored.
#[must_use]
pub fn standard_output() -> Events {
    Arc::new(|event| {
        if let Ok(line) = serde_json::to_string(event) {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_reads_back_from_its_line() {
        let job_id = 7;
        let reports = [
            Report::VaultTried { job_id, opened: true },
            Report::Claimed { job_id, ask: u128::MAX, bytes: 3 },
            Report::Withdrew { amount: 12_000_000 },
            Report::Failed { job_id, reason: "a \"reason\"\nof two lines".into(), retries: false },
        ];
        let ready = Event::Ready {
            role: "relay".into(),
            endpoint: None,
            account: None,
            listens_on: vec!["127.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap()],
            url: Some("http://127.0.0.1:1".into()),
        };
        let (seat, absent) = (Event::SeatTaken { epoch: 1 }, Event::Absent { account: "bithive1x".into() });
        let waits = Event::Waits { duty: "share keys".into(), reason: "member 2:\nno answer".into() };
        let others = [ready, waits, Event::ShareKeys { epoch: u64::MAX }, seat, absent, Event::Stopped];
        for event in reports.map(Event::Node).into_iter().chain(others) {
            let line = serde_json::to_string(&event).unwrap();
            assert!(!line.contains('\n'));
            assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event, "{line}");
            let value: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(serde_json::from_value::<Event>(value).unwrap(), event, "{line}");
        }
    }
}
