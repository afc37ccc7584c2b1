//! The QUIC library's endpoint: its socket, relays, certificates and limits.

use std::time::Duration;

use bithive_exchange::{EndpointKey, PeerId};
use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::{QuicTransportConfig, VarInt, presets};
use iroh::{EndpointId, RelayMode, RelayUrl, SecretKey};
use iroh_relay::tls::CaTlsConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::{Config, Limits};
use crate::error::TransportError;
use crate::links::RECEIVE_WINDOW;
use crate::lookup::CachedDirectory;
use crate::wire::ALPN;

/// Silence after which a peer counts as gone, and the interval of keep-alives on an open connection.
const SILENCE: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(3);

/// A peer as the QUIC library names it, if it is a public key.
pub(crate) fn endpoint_id(peer: PeerId) -> Option<EndpointId> {
    EndpointId::from_bytes(&peer.0).ok()
}

/// The QUIC library's endpoint as [`crate::Transport::start`] sets it up, by itself: what the layers of this crate are
/// measured against.
///
/// # Errors
/// [`TransportError`].
pub async fn library_endpoint(key: &EndpointKey, config: &Config) -> Result<iroh::Endpoint, TransportError> {
    bind(key, config, &config.limits, &MemoryLookup::new()).await
}

/// Binds the sockets; addresses and relays of peers are looked up in `book` first.
pub(crate) async fn bind(
    key: &EndpointKey,
    config: &Config,
    limits: &Limits,
    book: &MemoryLookup,
) -> Result<iroh::Endpoint, TransportError> {
    let listen = |error: &dyn std::fmt::Display| TransportError::Listen(format!("{error:#}"));
    let mode = if config.relays.is_empty() && config.directory.is_none() {
        RelayMode::Disabled
    } else {
        RelayMode::custom(config.relays.iter().map(|relay| RelayUrl::from(relay.url().clone())))
    };
    let mut builder = iroh::Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&key.to_bytes()))
        .alpns(vec![ALPN.to_vec()])
        .relay_mode(mode)
        .transport_config(quic(config, limits)?)
        .address_lookup(book.clone());
    if let Some(addresses) = &config.listen {
        builder = builder.clear_ip_transports();
        for address in addresses {
            builder = builder.bind_addr(*address).map_err(|error| listen(&error))?;
        }
    }
    if let Some(directory) = &config.directory {
        builder = builder.address_lookup(CachedDirectory::new(directory.clone()));
    }
    if config.local_discovery {
        builder = builder.address_lookup(iroh_mdns_address_lookup::MdnsAddressLookup::builder());
    }
    let mut roots = Vec::new();
    for path in &config.relay_roots {
        let bad = |problem: String| TransportError::Certificate { file: path.display().to_string(), problem };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| bad(error.to_string()))?;
        for certificate in certificates {
            roots.push(certificate.map_err(|error| bad(error.to_string()))?);
        }
    }
    if !roots.is_empty() {
        builder = builder.ca_tls_config(CaTlsConfig::custom_roots(roots));
    }
    builder.bind().await.map_err(|error| listen(&error))
}

fn quic(config: &Config, limits: &Limits) -> Result<QuicTransportConfig, TransportError> {
    let mut quic = QuicTransportConfig::builder()
        .max_concurrent_bidi_streams(VarInt::from_u32(limits.streams.max(1)))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(4 << 20))
        .receive_window(VarInt::from_u32(RECEIVE_WINDOW))
        .send_window(16 << 20)
        .datagram_receive_buffer_size(None)
        .keep_alive_interval(KEEP_ALIVE);
    if let Ok(silence) = SILENCE.try_into() {
        quic = quic.max_idle_timeout(Some(silence));
    }
    Ok(quic.congestion_controller_factory(config.congestion.factory()?).build())
}
