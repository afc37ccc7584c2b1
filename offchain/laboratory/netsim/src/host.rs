//! One side of a flow: a real endpoint and connection of the QUIC library.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bithive_udx::noq::{UdxController, UdxFactory};
use bytes::{Bytes, BytesMut};
use noq_proto::congestion::{Bbr3Config, ControllerFactory, CubicConfig, NewRenoConfig};
use noq_proto::{
    ClientConfig, Connection, ConnectionHandle, ConnectionId, ConnectionIdGenerator, DatagramEvent, Dir,
    EcnCodepoint, Endpoint, EndpointConfig, Event, FourTuple, PathId, ServerConfig, StreamEvent, StreamId,
    TransportConfig, VarInt,
};

use crate::crypto::plain;
use crate::error::SimError;
use crate::qlog::Trace;
use crate::rng::Stream;

/// UDP payload of a full packet, bytes: what path MTU discovery finds on Ethernet.
pub const PACKET_BYTES: u16 = 1452;
/// Receive window and send buffer, bytes: above any product of rate, delay and queue simulated here, so that neither
/// limits a flow.
const BUFFER: u32 = 96 << 20;
/// Datagrams that one call may return: ten.
const BATCH: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9);
/// Application data is written in pieces of this size.
const CHUNK: usize = 1 << 20;
static ZEROS: [u8; CHUNK] = [0; CHUNK];

/// A congestion controller to put beside others.
#[derive(Clone, Debug)]
pub enum Control {
    /// UDX with these constants.
    Udx(Box<bithive_udx::Config>),
    /// The library's Cubic.
    Cubic,
    /// The library's NewReno.
    NewReno,
    /// The library's BBR (version 3). It draws the times of its probes from the operating system and cannot be
    /// seeded, so it is the only one whose runs differ.
    Bbr,
}

impl Control {
    /// UDX with its default constants.
    pub fn udx() -> Self {
        Self::Udx(Box::default())
    }

    /// `UDX`, `Cubic`, `NewReno` or `BBR`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Udx(_) => "UDX",
            Self::Cubic => "Cubic",
            Self::NewReno => "NewReno",
            Self::Bbr => "BBR",
        }
    }

    fn factory(&self) -> Result<Arc<dyn ControllerFactory + Send + Sync>, SimError> {
        Ok(match self {
            Self::Udx(config) => Arc::new(UdxFactory::new((**config).clone())?),
            Self::Cubic => Arc::new(CubicConfig::default()),
            Self::NewReno => Arc::new(NewRenoConfig::default()),
            Self::Bbr => Arc::new(Bbr3Config::default()),
        })
    }
}

/// What the sender's application writes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// Always has more to send.
    Bulk,
    /// This many bytes each interval.
    Periodic {
        /// Bytes of one write.
        bytes: u32,
        /// Time from one write to the next.
        every: Duration,
    },
}

/// A datagram to send.
pub(crate) struct Outgoing {
    pub(crate) data: BytesMut,
    pub(crate) ecn: Option<EcnCodepoint>,
}

pub(crate) struct Host {
    endpoint: Endpoint,
    connection: Option<(ConnectionHandle, Connection)>,
    peer: SocketAddr,
    stream: Option<StreamId>,
    source: Option<Source>,
    allowed: u64,
    received: u64,
    buffer: Vec<u8>,
}

const CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 1000);
const SERVER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 2000);

/// Connection identifiers from the run's seed.
struct SeededIds(Stream);

impl ConnectionIdGenerator for SeededIds {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId::new(&self.0.word().to_be_bytes())
    }

    fn cid_len(&self) -> usize {
        8
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

fn endpoint_config(mut randomness: Stream) -> Arc<EndpointConfig> {
    let mut config = EndpointConfig::new(plain());
    config.rng_seed(Some(randomness.seed()));
    config.cid_generator(Arc::new(move || Box::new(SeededIds(randomness.clone()))));
    Arc::new(config)
}

fn transport(control: &Control) -> Result<TransportConfig, SimError> {
    let mut transport = TransportConfig::default();
    transport
        .congestion_controller_factory(control.factory()?)
        .initial_mtu(PACKET_BYTES)
        .mtu_discovery_config(None)
        .stream_receive_window(VarInt::from_u32(BUFFER))
        .receive_window(VarInt::from_u32(BUFFER))
        .send_window(u64::from(BUFFER));
    Ok(transport)
}

impl Host {
    /// The sender. It connects at once.
    pub(crate) fn client(
        now: Instant,
        control: &Control,
        source: Source,
        mut randomness: Stream,
        trace: Option<Trace>,
    ) -> Result<Self, SimError> {
        let first_id = ConnectionId::new(&randomness.word().to_be_bytes());
        let mut config = ClientConfig::new(plain());
        let mut transport = transport(control)?;
        if let Some(trace) = trace {
            transport.qlog_factory(Arc::new(trace));
        }
        config.transport_config(Arc::new(transport));
        config.initial_dst_cid_provider(Arc::new(move || first_id));
        let mut endpoint = Endpoint::new(endpoint_config(randomness), None, false);
        let connection = endpoint.connect(now, config, SERVER, "receiver")?;
        let allowed = if source == Source::Bulk { u64::MAX } else { 0 };
        Ok(Self { connection: Some(connection), ..Self::idle(endpoint, SERVER, Some(source), allowed) })
    }

    /// The receiver of a flow; it waits for the connection.
    pub(crate) fn server(randomness: Stream) -> Result<Self, SimError> {
        let mut config = ServerConfig::new(plain(), plain());
        config.transport_config(Arc::new(transport(&Control::NewReno)?));
        let endpoint = Endpoint::new(endpoint_config(randomness), Some(Arc::new(config)), false);
        Ok(Self::idle(endpoint, CLIENT, None, 0))
    }

    fn idle(endpoint: Endpoint, peer: SocketAddr, source: Option<Source>, allowed: u64) -> Self {
        let buffer = Vec::new();
        Self { endpoint, connection: None, peer, stream: None, source, allowed, received: 0, buffer }
    }

    /// Bytes that the application has read.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Lets the application write more.
    pub(crate) fn allow(&mut self, bytes: u64) {
        self.allowed = self.allowed.saturating_add(bytes);
    }

    /// When it wants to be driven next.
    pub(crate) fn timeout(&self) -> Option<Instant> {
        self.connection.as_ref().and_then(|(_, connection)| connection.poll_timeout())
    }

    /// Congestion window, bytes.
    pub(crate) fn window(&self) -> u64 {
        let state =
            self.connection.as_ref().and_then(|(_, connection)| connection.congestion_state(PathId::ZERO));
        state.map_or(0, |state| state.window())
    }

    /// The state of a UDX controller.
    pub(crate) fn udx(&self) -> Option<bithive_udx::Metrics> {
        let (_, connection) = self.connection.as_ref()?;
        let state = connection.congestion_state(PathId::ZERO)?.clone_box().into_any();
        state.downcast::<UdxController>().ok().map(|udx| udx.metrics())
    }

    /// Packets that the connection sent, and those it declared lost.
    pub(crate) fn sent_and_lost(&mut self) -> (u64, u64) {
        let stats = self.connection.as_mut().and_then(|(_, connection)| connection.path_stats(PathId::ZERO));
        stats.map_or((0, 0), |stats| (stats.sent_packets, stats.lost_packets))
    }

    /// A datagram arrives.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        ecn: Option<EcnCodepoint>,
        data: BytesMut,
    ) -> Result<(), SimError> {
        let path = FourTuple::from_remote(self.peer);
        self.buffer.clear();
        match self.endpoint.handle(now, path, ecn, data, &mut self.buffer) {
            Some(DatagramEvent::ConnectionEvent(_, event)) => {
                if let Some((_, connection)) = &mut self.connection {
                    connection.handle_event(event);
                }
            }
            Some(DatagramEvent::NewConnection(incoming)) => {
                let accepted = self.endpoint.accept(incoming, now, &mut self.buffer, None);
                self.connection = Some(accepted.map_err(|error| SimError::Connection(error.cause))?);
            }
            Some(DatagramEvent::Response(_)) | None => {}
        }
        Ok(())
    }

    /// Fires due timers, serves the application, and hands `send` every datagram that may leave now.
    pub(crate) fn drive(&mut self, now: Instant, mut send: impl FnMut(Outgoing)) -> Result<(), SimError> {
        let Some((handle, mut connection)) = self.connection.take() else { return Ok(()) };
        if connection.poll_timeout().is_some_and(|due| due <= now) {
            connection.handle_timeout(now);
        }
        let served = self.serve(&mut connection);
        self.transmit(now, &mut connection, &mut send);
        while let Some(event) = connection.poll_endpoint_events() {
            if let Some(event) = self.endpoint.handle_event(handle, event) {
                connection.handle_event(event);
                self.transmit(now, &mut connection, &mut send);
            }
        }
        self.connection = Some((handle, connection));
        served
    }

    fn transmit(&mut self, now: Instant, connection: &mut Connection, send: &mut impl FnMut(Outgoing)) {
        loop {
            self.buffer.clear();
            let Some(transmit) = connection.poll_transmit(now, BATCH, &mut self.buffer) else { break };
            let all = self.buffer.get(..transmit.size).unwrap_or_default();
            for data in all.chunks(transmit.segment_size.unwrap_or(transmit.size).max(1)) {
                send(Outgoing { data: BytesMut::from(data), ecn: transmit.ecn });
            }
        }
    }

    /// The application's part.
    fn serve(&mut self, connection: &mut Connection) -> Result<(), SimError> {
        let mut readable = false;
        while let Some(event) = connection.poll() {
            match event {
                Event::ConnectionLost { reason } => return Err(SimError::Connection(reason)),
                Event::Connected if self.source.is_some() => {
                    self.stream = connection.streams().open(Dir::Uni)
                }
                Event::Stream(StreamEvent::Opened { dir: Dir::Uni }) => {
                    self.stream = connection.streams().accept(Dir::Uni);
                    readable = true;
                }
                Event::Stream(StreamEvent::Readable { .. }) => readable = true,
                _ => {}
            }
        }
        let Some(stream) = self.stream else { return Ok(()) };
        if self.source.is_some() {
            self.write(connection, stream);
        } else if readable {
            self.read(connection, stream);
        }
        Ok(())
    }

    fn write(&mut self, connection: &mut Connection, stream: StreamId) {
        while self.allowed > 0 {
            let length = usize::try_from(self.allowed).unwrap_or(CHUNK).min(CHUNK);
            let mut pieces = [Bytes::from_static(ZEROS.get(..length).unwrap_or_default())];
            match connection.send_stream(stream).write_chunks(&mut pieces.as_mut_slice()) {
                Ok(written) if written > 0 => {
                    if self.source != Some(Source::Bulk) {
                        self.allowed -= written as u64;
                    }
                }
                _ => return,
            }
        }
    }

    /// Out of order: a stream that is read in order closes its connection when more than 1,024 pieces wait for what
    /// was lost, which the slow start of Cubic alone brings about on a path of 100 Mbit/s and 100 ms.
    fn read(&mut self, connection: &mut Connection, stream: StreamId) {
        let mut receiver = connection.recv_stream(stream);
        let Ok(mut chunks) = receiver.read(false) else { return };
        while let Ok(Some(chunk)) = chunks.next(usize::MAX) {
            self.received += chunk.bytes.len() as u64;
        }
        let _ = chunks.finalize();
    }
}
