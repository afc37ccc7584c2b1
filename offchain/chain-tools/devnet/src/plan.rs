//! Which chains there are and where they listen.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::DevnetError;

/// Names of the chains, in the order in which they are added: who holds tokens, data, and models.
const NAMES: [&str; 3] = ["token", "data", "model"];
/// Most chains of a devnet.
pub const MAX_CHAINS: usize = NAMES.len();

/// Where ports are looked for: below those that the system lends to outgoing connections, so that a chain that is
/// down for a while finds its ports free.
const PORTS: (u16, u16) = (26_600, 26_999);

/// A chain before it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainPlan {
    /// Name, also of its folder.
    pub name: &'static str,
    /// Id of the chain, as in its genesis.
    pub chain_id: String,
}

/// The first `count` chains.
///
/// # Errors
/// [`DevnetError::Invalid`] for 0 or more than [`MAX_CHAINS`].
pub fn chains(count: usize) -> Result<Vec<ChainPlan>, DevnetError> {
    if !(1..=MAX_CHAINS).contains(&count) {
        return Err(DevnetError::Invalid {
            field: "--chains",
            value: count.to_string(),
            expected: format!("1 to {MAX_CHAINS}"),
        });
    }
    Ok(NAMES[..count].iter().map(|name| ChainPlan { name, chain_id: format!("bithive-{name}-1") }).collect())
}

/// Which of `count` chains are connected: the token chain with each of the others.
#[must_use]
pub fn links(count: usize) -> Vec<[&'static str; 2]> {
    let (hub, others) = (NAMES[0], NAMES.iter().take(count).skip(1));
    others.map(|other| [hub, *other]).collect()
}

/// Where a node listens, all on 127.0.0.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// CometBFT's RPC: what clients use.
    pub rpc: u16,
    /// Blocks and votes between nodes.
    pub p2p: u16,
    /// The SDK's gRPC: what relayers of packets use.
    pub grpc: u16,
}

impl Ports {
    /// All of them.
    #[must_use]
    pub fn all(self) -> [u16; 3] {
        [self.rpc, self.p2p, self.grpc]
    }

    /// The first three ports in a row that are free and not among `reserved`.
    ///
    /// # Errors
    /// [`DevnetError::NoPorts`].
    pub fn choose(reserved: &[u16], is_free: impl Fn(u16) -> bool) -> Result<Self, DevnetError> {
        let usable = |port: u16| !reserved.contains(&port) && is_free(port);
        (PORTS.0..=PORTS.1 - 2)
            .step_by(10)
            .find(|first| (*first..*first + 3).all(usable))
            .map(|first| Self { rpc: first, p2p: first + 1, grpc: first + 2 })
            .ok_or(DevnetError::NoPorts { wanted: 3, from: PORTS.0, to: PORTS.1 })
    }
}

/// Time that a node waits after a block before it makes the next one; a block takes a few milliseconds more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlockTime(Duration);

/// Below it the machine is busy with empty blocks only.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(60);

impl BlockTime {
    /// As a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Default for BlockTime {
    fn default() -> Self {
        Self(Duration::from_secs(1))
    }
}

impl FromStr for BlockTime {
    type Err = DevnetError;

    fn from_str(text: &str) -> Result<Self, DevnetError> {
        let parsed = match text.strip_suffix("ms") {
            Some(number) => number.parse().ok().map(Duration::from_millis),
            None => text.strip_suffix('s').and_then(|number| number.parse().ok()).map(Duration::from_secs),
        };
        parsed.filter(|time| (SHORTEST..=LONGEST).contains(time)).map(Self).ok_or_else(|| {
            DevnetError::Invalid {
                field: "--block-time",
                value: format!("{text:?}"),
                expected: "50ms to 60s, in whole milliseconds or seconds, like 500ms or 1s".into(),
            }
        })
    }
}

impl TryFrom<String> for BlockTime {
    type Error = DevnetError;

    fn try_from(text: String) -> Result<Self, DevnetError> {
        text.parse()
    }
}

impl From<BlockTime> for String {
    fn from(time: BlockTime) -> Self {
        time.to_string()
    }
}

/// As CometBFT's configuration has it.
impl fmt::Display for BlockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.as_millis();
        if ms.is_multiple_of(1_000) { write!(f, "{}s", ms / 1_000) } else { write!(f, "{ms}ms") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_chains_keep_the_first_ones() {
        let three = chains(3).unwrap();
        assert_eq!(chains(1).unwrap(), three[..1]);
        assert_eq!(three.iter().map(|chain| chain.name).collect::<Vec<_>>(), ["token", "data", "model"]);
        assert_eq!(three[2].chain_id, "bithive-model-1");
    }

    #[test]
    fn the_token_chain_is_connected_with_each_of_the_others() {
        assert_eq!(links(1), Vec::<[&str; 2]>::new());
        assert_eq!(links(2), [["token", "data"]]);
        assert_eq!(links(3), [["token", "data"], ["token", "model"]]);
    }

    #[test]
    fn no_chain_and_four_chains_are_refused() {
        for count in [0, 4] {
            assert!(chains(count).unwrap_err().to_string().contains("expected 1 to 3"), "{count}");
        }
    }

    #[test]
    fn ports_are_free_and_nobody_else_s() {
        assert_eq!(Ports::choose(&[], |_| true).unwrap().all(), [26_600, 26_601, 26_602]);
        // One taken port moves the whole row on.
        assert_eq!(Ports::choose(&[], |port| port != 26_602).unwrap().rpc, 26_610);
        assert_eq!(Ports::choose(&[26_611], |port| port >= 26_610).unwrap().rpc, 26_620);
        assert!(matches!(Ports::choose(&[], |_| false), Err(DevnetError::NoPorts { .. })));
    }

    #[test]
    fn block_times_read_back_as_cometbft_writes_them() {
        for text in ["50ms", "500ms", "1s", "60s"] {
            assert_eq!(text.parse::<BlockTime>().unwrap().to_string(), text);
        }
        assert_eq!("2000ms".parse::<BlockTime>().unwrap().to_string(), "2s");
    }

    #[test]
    fn other_block_times_are_refused() {
        for text in ["", "s", "1", "1.5s", "-1s", "49ms", "61s", "1m", "99999999999999999999s"] {
            let error = text.parse::<BlockTime>().unwrap_err().to_string();
            assert!(error.contains("--block-time") && error.contains(text), "{error}");
        }
    }
}
