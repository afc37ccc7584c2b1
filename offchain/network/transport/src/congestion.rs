//! Which congestion controller an endpoint's connections have.

use std::sync::Arc;

use bithive_udx::noq::UdxFactory;
use iroh::endpoint::ControllerFactory;
use noq_proto::congestion::{Bbr3Config, CubicConfig, NewRenoConfig};
use serde::{Deserialize, Serialize};

use crate::error::TransportError;

/// Congestion control of what an endpoint sends; the other end chooses its own. In text: `udx`, `cubic`, `new-reno`,
/// `bbr`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Congestion {
    /// UDX: keeps the rate where packets are lost at random, and the queue short.
    #[default]
    Udx,
    /// CUBIC (RFC 9438), the QUIC library's default: leaves more of a path to other CUBIC flows than UDX does.
    Cubic,
    /// NewReno (RFC 9002, section 7).
    NewReno,
    /// BBR, version 3.
    Bbr,
}

impl Congestion {
    /// What makes the controllers of connections.
    pub(crate) fn factory(self) -> Result<Arc<dyn ControllerFactory + Send + Sync>, TransportError> {
        Ok(match self {
            Self::Udx => {
                let factory = UdxFactory::new(bithive_udx::Config::default());
                Arc::new(factory.map_err(|error| TransportError::Congestion(error.to_string()))?)
            }
            Self::Cubic => Arc::new(CubicConfig::default()),
            Self::NewReno => Arc::new(NewRenoConfig::default()),
            Self::Bbr => Arc::new(Bbr3Config::default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;

    use bithive_exchange::{EndpointKey, Exchange as _};
    use bithive_udx::noq::UdxController;
    use iroh::endpoint::PathId;
    use noq_proto::congestion::{Bbr3, Cubic, NewReno};

    use super::*;
    use crate::{Config, Transport};

    const ALL: [(Congestion, &str); 4] = [
        (Congestion::Udx, "udx"),
        (Congestion::Cubic, "cubic"),
        (Congestion::NewReno, "new-reno"),
        (Congestion::Bbr, "bbr"),
    ];

    fn controller(congestion: Congestion) -> TypeId {
        match congestion {
            Congestion::Udx => TypeId::of::<UdxController>(),
            Congestion::Cubic => TypeId::of::<Cubic>(),
            Congestion::NewReno => TypeId::of::<NewReno>(),
            Congestion::Bbr => TypeId::of::<Bbr3>(),
        }
    }

    async fn party(seed: u8, config: Config) -> (tempfile::TempDir, Transport) {
        let folder = tempfile::tempdir().unwrap();
        let listen = Some(vec!["127.0.0.1:0".parse().unwrap()]);
        let key = EndpointKey::from_bytes(&[seed; 32]);
        let transport = Transport::start(&key, folder.path(), Config { listen, ..config }).await.unwrap();
        (folder, transport)
    }

    /// The controller of the connection over which content just came and went, at both ends.
    async fn in_effect(sender: Config, receiver: Config) -> [TypeId; 2] {
        let (_one, sender) = party(1, sender).await;
        let (_two, receiver) = party(2, receiver).await;
        receiver.add_peer(sender.id(), &sender.listens_on()).unwrap();
        let digest = sender.publish(vec![7; 3 << 20].into()).await.unwrap();
        let content = receiver.fetch(digest, &[sender.id()], 1 << 30).await.unwrap();
        assert_eq!(content.len(), 3 << 20);
        [(&sender, &receiver), (&receiver, &sender)].map(|(own, other)| {
            let link = own.inner.links.get(other.id()).unwrap();
            let state = link.connection.congestion_state(PathId::ZERO).unwrap();
            (*state.into_any()).type_id()
        })
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn connections_are_controlled_by_udx_unless_told_otherwise() {
        let udx = controller(Congestion::Udx);
        assert_eq!(in_effect(Config::default(), Config::default()).await, [udx, udx]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_end_has_the_controller_it_chose() {
        for (congestion, _) in ALL {
            let chosen = Config { congestion, ..Config::default() };
            let found = in_effect(chosen, Config::default()).await;
            assert_eq!(found, [controller(congestion), controller(Congestion::Udx)], "{congestion:?}");
        }
    }

    #[test]
    fn every_controller_has_a_name_and_no_other_name_is_read() {
        for (congestion, name) in ALL {
            let text = format!("\"{name}\"");
            assert_eq!(serde_json::to_string(&congestion).unwrap(), text);
            assert_eq!(serde_json::from_str::<Congestion>(&text).unwrap(), congestion);
        }
        assert!(serde_json::from_str::<Congestion>("\"vegas\"").is_err());
    }
}
