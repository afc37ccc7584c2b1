//! What a party tells a script: one JSON object on a line.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use bithive_node::Report;
use serde::{Deserialize, Serialize};

/// Something a script can wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The party answers from now on.
    Ready {
        /// `node`, `committee`, `relay` or `requester`.
        role: String,
        /// Its endpoint, in hex; none for a relay.
        endpoint: Option<String>,
        /// Its account; none for a relay.
        account: Option<String>,
        /// Sockets that it listens on.
        listens_on: Vec<SocketAddr>,
        /// The URL that clients use, of a relay.
        url: Option<String>,
    },
    /// A committee member has posted the share keys of an epoch, or finds them posted.
    ShareKeys {
        /// The epoch.
        epoch: u64,
    },
    /// A node did something.
    Node(Report),
    /// It was told to stop, and has.
    Stopped,
}

/// Where events go; called from several tasks.
pub type Events = Arc<dyn Fn(&Event) + Send + Sync>;

/// Writes each event to standard output, a line each. Nobody reading is no reason to stop.
#[must_use]
pub fn standard_output() -> Events {
    Arc::new(|event| {
        if let Ok(line) = serde_json::to_string(event) {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    })
}
