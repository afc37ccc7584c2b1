//! A cryptographic session without cryptography.
//!
//! What is simulated is transmission. The handshake has the messages and encryption levels of TLS 1.3, packets keep
//! room for the 16-byte tag and carry one that is checked, so sizes, flights and packet counts are the real ones; only
//! the arithmetic of the ciphers is left out, which would be most of a run's time. Nothing here leaves the simulator.

use std::any::Any;
use std::sync::Arc;

use bytes::BytesMut;
use noq_proto::crypto::{
    ClientConfig, CryptoError, ExportKeyingMaterialError, HandshakeTokenKey, HeaderKey, HmacKey, KeyPair,
    Keys, PacketKey, ServerConfig, Session, UnsupportedVersion,
};
use noq_proto::transport_parameters::TransportParameters;
use noq_proto::{ConnectError, ConnectionId, PathId, Side, TransportError, TransportErrorCode};

/// Bytes of a packet's tag, as with every cipher of QUIC.
const TAG: usize = 16;
/// Stands where the tag of a cipher would.
const TAG_BYTE: u8 = 0xb1;
/// Messages of the handshake: a type, a length of two bytes, the body.
const HELLO: u8 = 1;
const FINISHED: u8 = 2;

struct PlainKey;

impl PacketKey for PlainKey {
    fn encrypt(&self, _path: PathId, _packet: u64, buf: &mut [u8], header_len: usize) {
        let start = buf.len().saturating_sub(TAG).max(header_len);
        if let Some(tag) = buf.get_mut(start..) {
            tag.fill(TAG_BYTE);
        }
    }

    fn decrypt(
        &self,
        _path: PathId,
        _packet: u64,
        _header: &[u8],
        payload: &mut BytesMut,
    ) -> Result<(), CryptoError> {
        let end = payload.len().checked_sub(TAG).ok_or(CryptoError)?;
        if payload.iter().skip(end).any(|byte| *byte != TAG_BYTE) {
            return Err(CryptoError);
        }
        payload.truncate(end);
        Ok(())
    }

    fn tag_len(&self) -> usize {
        TAG
    }

    fn confidentiality_limit(&self) -> u64 {
        u64::MAX
    }

    fn integrity_limit(&self) -> u64 {
        u64::MAX
    }
}

impl HeaderKey for PlainKey {
    fn decrypt(&self, _pn_offset: usize, _packet: &mut [u8]) {}

    fn encrypt(&self, _pn_offset: usize, _packet: &mut [u8]) {}

    fn sample_size(&self) -> usize {
        TAG
    }
}

fn header_keys() -> KeyPair<Box<dyn HeaderKey>> {
    KeyPair { local: Box::new(PlainKey), remote: Box::new(PlainKey) }
}

fn packet_keys() -> KeyPair<Box<dyn PacketKey>> {
    KeyPair { local: Box::new(PlainKey), remote: Box::new(PlainKey) }
}

fn keys() -> Keys {
    Keys { header: header_keys(), packet: packet_keys() }
}

/// What is to be written next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    Hello,
    Finished,
    Done,
}

struct PlainSession {
    side: Side,
    own: Vec<u8>,
    received: Vec<u8>,
    peer: Option<Vec<u8>>,
    peer_finished: bool,
    step: Step,
    keys_due: bool,
}

impl PlainSession {
    fn new(side: Side, params: &TransportParameters) -> Self {
        let mut own = Vec::new();
        params.write(&mut own);
        Self {
            side,
            own,
            received: Vec::new(),
            peer: None,
            peer_finished: false,
            step: Step::Hello,
            keys_due: false,
        }
    }

    /// Takes one whole message from what was received.
    fn next_message(&mut self) -> Option<(u8, Vec<u8>)> {
        let (kind, length) = match self.received.as_slice() {
            [kind, high, low, ..] => (*kind, usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return None,
        };
        let body = self.received.get(3..3 + length)?.to_vec();
        self.received.drain(..3 + length);
        Some((kind, body))
    }

    fn write(&self, kind: u8, body: &[u8], buf: &mut Vec<u8>) {
        buf.push(kind);
        buf.extend_from_slice(&(body.len() as u16).to_be_bytes());
        buf.extend_from_slice(body);
    }
}

impl Session for PlainSession {
    fn initial_keys(&self, _dst_cid: ConnectionId, _side: Side) -> Keys {
        keys()
    }

    fn handshake_data(&self) -> Option<Box<dyn Any>> {
        None
    }

    fn peer_identity(&self) -> Option<Box<dyn Any>> {
        None
    }

    fn early_crypto(&self) -> Option<(Box<dyn HeaderKey>, Box<dyn PacketKey>)> {
        None
    }

    fn early_data_accepted(&self) -> Option<bool> {
        None
    }

    fn is_handshaking(&self) -> bool {
        !(self.peer_finished && self.step == Step::Done)
    }

    fn read_handshake(&mut self, buf: &[u8]) -> Result<bool, TransportError> {
        self.received.extend_from_slice(buf);
        let mut news = false;
        while let Some((kind, body)) = self.next_message() {
            match kind {
                HELLO if self.peer.is_none() => {
                    self.peer = Some(body);
                    self.keys_due = true;
                    news = true;
                }
                FINISHED if self.peer.is_some() => self.peer_finished = true,
                _ => {
                    let code = TransportErrorCode::PROTOCOL_VIOLATION;
                    return Err(TransportError::new(code, "unexpected handshake message".to_owned()));
                }
            }
        }
        Ok(news)
    }

    fn transport_parameters(&self) -> Result<Option<TransportParameters>, TransportError> {
        let Some(peer) = &self.peer else { return Ok(None) };
        TransportParameters::read(self.side, &mut peer.as_slice()).map(Some).map_err(Into::into)
    }

    /// Client: hello | handshake keys after the server's hello | finished and data keys after the server's finished.
    /// Server: hello and handshake keys | finished and data keys, both after the client's hello.
    fn write_handshake(&mut self, buf: &mut Vec<u8>) -> Option<Keys> {
        if self.step == Step::Hello && (self.side.is_client() || self.peer.is_some()) {
            self.write(HELLO, &self.own, buf);
            self.step = Step::Finished;
            if self.side.is_client() {
                return None;
            }
        }
        if self.keys_due {
            self.keys_due = false;
            return Some(keys());
        }
        let ready = self.peer.is_some() && (self.side.is_server() || self.peer_finished);
        if self.step == Step::Finished && ready {
            self.write(FINISHED, &[], buf);
            self.step = Step::Done;
            return Some(keys());
        }
        None
    }

    fn next_1rtt_keys(&mut self) -> Option<KeyPair<Box<dyn PacketKey>>> {
        Some(packet_keys())
    }

    fn is_valid_retry(&self, _orig_dst_cid: ConnectionId, _header: &[u8], _payload: &[u8]) -> bool {
        false
    }

    fn export_keying_material(
        &self,
        _output: &mut [u8],
        _label: &[u8],
        _context: &[u8],
    ) -> Result<(), ExportKeyingMaterialError> {
        Err(ExportKeyingMaterialError)
    }
}

/// Both sides' configuration.
pub(crate) struct Plain;

impl ClientConfig for Plain {
    fn start_session(
        &self,
        _version: u32,
        _server_name: &str,
        params: &TransportParameters,
    ) -> Result<Box<dyn Session>, ConnectError> {
        Ok(Box::new(PlainSession::new(Side::Client, params)))
    }
}

impl ServerConfig for Plain {
    fn initial_keys(&self, _version: u32, _dst_cid: ConnectionId) -> Result<Keys, UnsupportedVersion> {
        Ok(keys())
    }

    fn retry_tag(&self, _version: u32, _orig_dst_cid: ConnectionId, _packet: &[u8]) -> [u8; 16] {
        [TAG_BYTE; 16]
    }

    fn start_session(&self, _version: u32, params: &TransportParameters) -> Box<dyn Session> {
        Box::new(PlainSession::new(Side::Server, params))
    }
}

impl HmacKey for Plain {
    /// A digest without secrets: stateless resets do not occur here, but distinct connections need distinct tokens.
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in data {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        for out in signature_out {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            *out = (state >> 56) as u8;
        }
    }

    fn signature_len(&self) -> usize {
        32
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let mut expected = vec![0; signature.len()];
        self.sign(data, &mut expected);
        if expected == signature { Ok(()) } else { Err(CryptoError) }
    }
}

impl HandshakeTokenKey for Plain {
    fn seal(&self, _token_nonce: u128, data: &mut Vec<u8>) -> Result<(), CryptoError> {
        data.extend_from_slice(&[TAG_BYTE; TAG]);
        Ok(())
    }

    fn open<'a>(&self, _token_nonce: u128, data: &'a mut [u8]) -> Result<&'a [u8], CryptoError> {
        let end = data.len().checked_sub(TAG).ok_or(CryptoError)?;
        data.get(..end).ok_or(CryptoError)
    }
}

/// Shared by every endpoint.
pub(crate) fn plain() -> Arc<Plain> {
    Arc::new(Plain)
}
