//! What a party reads back from its own disk: messages in its folder, records of its state, its keys.

use std::sync::{Arc, LazyLock};

use bithive_exchange::{Exchange, LocalEndpoint, LocalNetwork, MAX_MESSAGE_BYTES, PeerId, Protocol};
use bithive_node::NodeKeys;
use bithive_state::{State, StateError};
use bytes::Bytes;
use serde_json::value::RawValue;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::broadcast::Group;
use crate::choose;
use crate::memory::Budget;

/// A message is read whole, copied, and passes through the database.
pub const BUDGET: Budget = Budget { fixed: 4 << 20, per_byte: 64 };

struct Party {
    runtime: Runtime,
    folder: TempDir,
    endpoint: LocalEndpoint,
    memory: LocalEndpoint,
    state: State,
    group: Group,
}

static PARTY: LazyLock<Party> = LazyLock::new(|| Party::new().expect("a folder for temporary files"));

const OWN: PeerId = PeerId([1; 32]);

impl Party {
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let endpoint = LocalNetwork::at(folder.path())?.endpoint(OWN);
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().build()?,
            folder,
            endpoint,
            memory: LocalNetwork::in_memory().endpoint(OWN),
            state: State::in_memory()?,
            group: Group::new()?,
        })
    }
}

/// The first byte chooses what is read.
pub fn check(input: &[u8]) {
    let party = &*PARTY;
    match choose(input, 4) {
        None => {}
        Some((0, bytes)) => party.runtime.block_on(file_in_the_inbox(party, bytes)),
        Some((1, bytes)) => party.runtime.block_on(message(party, bytes)),
        Some((2, bytes)) => record(party, bytes),
        Some((_, bytes)) => keys(party, bytes),
    }
}

/// A file that somebody put into the inbox: the sender, then the body.
async fn file_in_the_inbox(party: &Party, bytes: &[u8]) {
    let inbox = party.folder.path().join("inbox").join(OWN.to_string());
    let inbox = inbox.join(Protocol::Claim.name().replace('/', "-"));
    std::fs::create_dir_all(&inbox).expect("a folder");
    std::fs::write(inbox.join("0"), bytes).expect("a file");
    let messages = party.endpoint.receive(Protocol::Claim).await.expect("a folder that can be read");
    match (bytes.split_first_chunk::<32>(), messages.as_slice()) {
        (None, []) => {}
        (Some((from, body)), [message]) => assert_eq!((message.from.0, &*message.body), (*from, body)),
        _ => panic!("{} messages in {} bytes", messages.len(), bytes.len()),
    }
    let again = party.endpoint.receive(Protocol::Claim).await.expect("a folder that can be read");
    assert!(again.is_empty(), "what was taken is gone");
}

/// What is sent arrives, and content has its digest, in memory and in a folder alike.
async fn message(party: &Party, bytes: &[u8]) {
    let body = Bytes::copy_from_slice(bytes);
    for endpoint in [&party.endpoint, &party.memory] {
        let sent = endpoint.send(OWN, Protocol::Signature, body.clone()).await;
        assert_eq!(sent.is_ok(), bytes.len() <= MAX_MESSAGE_BYTES);
        let arrived = endpoint.receive(Protocol::Signature).await.expect("a folder that can be read");
        assert!(arrived.iter().all(|message| message.from == OWN && message.body == body));
        assert_eq!(arrived.len(), usize::from(sent.is_ok()));
    }
}

/// A record as it may be after a crash of somebody else's program: any JSON.
fn record(party: &Party, bytes: &[u8]) {
    let Ok(raw) = serde_json::from_slice::<Box<RawValue>>(bytes) else { return };
    party.state.put("record", &raw).expect("a database in memory");
    let stored: Box<RawValue> = party.state.get("record").expect("what was put").expect("what was put");
    assert_eq!(stored.get(), raw.get(), "a record reads back");
    for read in [
        party.state.get::<u64>("record").map(drop),
        party.state.get::<Vec<u8>>("record").map(drop),
        party.state.get::<std::collections::BTreeMap<u64, Vec<u8>>>("record").map(drop),
        party.state.get::<std::collections::BTreeSet<String>>("record").map(drop),
    ] {
        assert!(matches!(read, Ok(()) | Err(StateError::Damaged { .. })), "{read:?}");
    }
}

fn keys(party: &Party, bytes: &[u8]) {
    let crs = Arc::clone(&party.group.crs);
    let Ok(keys) = NodeKeys::decode(&crs, bytes) else { return };
    let written = keys.encode().expect("keys that were read");
    let again = NodeKeys::decode(&crs, &written).expect("keys read back");
    assert_eq!(again.encode().expect("keys that were read"), written);
    assert_eq!(again.endpoint.id(), keys.endpoint.id());
    assert_eq!(again.account.address(), keys.account.address());
}
