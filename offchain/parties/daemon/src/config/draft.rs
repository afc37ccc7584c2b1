//! A configuration for one party: a template with values of its own, and all its comments.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::{SocketAddr, TcpListener, UdpSocket};

use bithive_chain::RpcUrl;
use bithive_exchange::RelayUrl;
use toml_edit::{Array, DocumentMut, Item, TableLike, value};

use super::load::TEMPLATES;
use super::{RelayConfig, Settings as _};

/// Ports that are drawn from: parties that are prepared one after the other, and started later, seldom get the same one.
const PORTS: std::ops::Range<u16> = 20_000..29_000;
/// How often another port is drawn where one is taken.
const TRIES: usize = 100;

/// What differs from a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// RPC server of the chain.
    pub rpc: RpcUrl,
    /// Relays of the network; a relay itself has none.
    pub relays: Vec<RelayUrl>,
    /// Address to listen on: UDP, or TCP for a relay. By default the template's IP address, with a port that is drawn and free here.
    pub listen: Option<SocketAddr>,
}

impl Draft {
    /// The configuration of a `role`, TOML; none for a role that there is not.
    #[must_use]
    pub fn text(&self, role: &str) -> Option<String> {
        let (_, template) = TEMPLATES.iter().find(|(name, _)| *name == role)?;
        let mut document: DocumentMut = template.parse().ok()?;
        let is_relay = role == RelayConfig::ROLE;
        set(document.get_mut("chain")?.as_table_like_mut()?, "rpc", value(self.rpc.as_str()));
        if let Some(metrics) = document.get_mut("metrics").and_then(Item::as_table_like_mut) {
            let address = metrics.get("listen")?.as_str()?.parse().ok()?;
            set(metrics, "listen", value(free(address, false).to_string()));
        }
        if is_relay {
            let address = document.get("listen")?.as_str()?.parse().ok()?;
            let address = self.listen.unwrap_or_else(|| free(address, false));
            set(document.as_table_mut(), "listen", value(address.to_string()));
            return Some(document.to_string());
        }
        let Some(network) = document.get_mut("network") else {
            // A party that talks to the chain only.
            return Some(document.to_string());
        };
        let network = network.as_table_like_mut()?;
        let template =
            network.get("listen")?.as_array()?.get(0).and_then(|first| first.as_str()?.parse().ok());
        let address = self.listen.or_else(|| template.map(|address| free(address, true)));
        set(network, "listen", value(address.iter().map(ToString::to_string).collect::<Array>()));
        set(network, "relays", value(self.relays.iter().map(RelayUrl::as_str).collect::<Array>()));
        Some(document.to_string())
    }
}

/// Sets a value, and keeps the comments before it.
fn set(table: &mut dyn TableLike, key: &str, item: Item) {
    if let Some(found) = table.get_mut(key) {
        *found = item;
    }
}

/// The same IP address with a port that nobody listens on now.
fn free(address: SocketAddr, udp: bool) -> SocketAddr {
    let is_free = |address: &SocketAddr| match udp {
        true => UdpSocket::bind(address).is_ok(),
        false => TcpListener::bind(address).is_ok(),
    };
    // Nothing is secret about a port, so the keys that the standard library draws for its maps are random enough.
    let drawn = || RandomState::new().build_hasher().finish() % u64::from(PORTS.end.abs_diff(PORTS.start));
    let port = || PORTS.start.saturating_add(u16::try_from(drawn()).unwrap_or_default());
    let addresses = std::iter::repeat_with(|| SocketAddr::new(address.ip(), port()));
    addresses.take(TRIES).find(is_free).unwrap_or(address)
}

#[cfg(test)]
mod tests {
    use super::super::{NodeConfig, RequesterConfig, Settings};
    use super::*;

    fn draft() -> Draft {
        Draft {
            rpc: "http://192.0.2.1:26657".parse().unwrap(),
            relays: vec!["https://relay.example:3340".parse().unwrap()],
            listen: None,
        }
    }

    fn written(role: &str, draft: &Draft) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("party.toml");
        std::fs::write(&file, draft.text(role).unwrap()).unwrap();
        (folder, file)
    }

    #[test]
    fn a_draft_of_every_role_is_a_configuration_with_its_values_and_comments() {
        for (role, template) in TEMPLATES {
            let text = draft().text(role).unwrap();
            assert!(text.contains("rpc = \"http://192.0.2.1:26657\""), "{text}");
            let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
            assert_eq!(comments(&text), comments(template), "{role}");
            assert_eq!(
                text.contains("relay.example"),
                !["relay", "meter", "oracle"].contains(&role),
                "{role}"
            );
        }
        assert_eq!(draft().text("king"), None);
        let (_folder, file) = written("requester", &draft());
        let config = RequesterConfig::load(&file).unwrap();
        assert_eq!((config.chain.rpc, config.network.relays), (draft().rpc.into(), draft().relays));
        assert!(config.network.listen.is_empty(), "a requester needs no port of its own");
    }

    #[test]
    fn parties_get_ports_of_their_own_and_one_that_was_asked_for_is_kept() {
        let (_first, file) = written("node", &draft());
        let address = NodeConfig::load(&file).unwrap().network.listen[0];
        assert!(PORTS.contains(&address.port()) && UdpSocket::bind(address).is_ok(), "{address}");
        let drawn = || free(address, true).port();
        let ports: std::collections::BTreeSet<u16> = (0..20).map(|_| drawn()).collect();
        assert!(ports.len() > 10, "{ports:?}");
        let asked = Draft { listen: Some(address), ..draft() };
        let (_third, file) = written("node", &asked);
        assert_eq!(NodeConfig::load(&file).unwrap().network.listen, [address]);
    }
}
