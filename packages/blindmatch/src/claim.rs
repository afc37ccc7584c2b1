//! Claims: how a contributor that opened a vault answers its requester.
//!
//! HPKE (RFC 9180) in base mode, X25519-HKDF-SHA256 with ChaCha20-Poly1305, to the requester's ephemeral key, with
//! chain, contract and job as `info`. The plaintext is padded to one length. A MAC under K_r inside it shows
//! that the sender satisfies the policy; the BLS signature shows that the named node consents.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    codec::{DecodeError, Reader, put_text},
    vault::MatchKey,
};

/// Version of all three encodings.
const VERSION: u8 = 1;
/// Most bytes of an address: bech32 allows 90 characters.
pub const MAX_ADDRESS_BYTES: usize = 90;
/// Most bytes of a chain id: Cosmos allows 50 characters.
pub const MAX_CHAIN_ID_BYTES: usize = 50;
/// Bytes of the claim before the MAC: version, address with length, slot, ask, signature.
const BODY_BYTES: usize = 1 + 1 + MAX_ADDRESS_BYTES + 2 + 16 + 96;
/// Bytes of every sealed claim: version, encapsulated key, body, MAC, AEAD tag.
pub const SEALED_BYTES: usize = 1 + 32 + BODY_BYTES + 32 + 16;

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// Why a claim is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// Text that is empty or too long.
    #[error("{field} is {length} bytes long, expected 1 to {max}")]
    Length {
        /// Name of the field.
        field: &'static str,
        /// Length found, in bytes.
        length: usize,
        /// The most allowed.
        max: usize,
    },
    /// A requester's key that no shared secret can be made with.
    #[error("the requester's key is not a usable X25519 key")]
    RequesterKey,
    /// Sealed to another key, for another job, or damaged.
    #[error("the claim is not sealed to this key for this job, or is damaged")]
    NotForUs,
    /// The bytes are no claim.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The MAC is wrong: the sender did not open this vault.
    #[error("the claim's MAC is wrong: its sender has not opened the vault")]
    Mac,
}

/// The job that a claim is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimContext {
    chain_id: String,
    jobs_contract: String,
    job_id: u64,
}

impl ClaimContext {
    /// A job on a chain.
    ///
    /// # Errors
    /// [`ClaimError::Length`] if the chain id or the contract's address is empty or too long.
    pub fn new(chain_id: &str, jobs_contract: &str, job_id: u64) -> Result<Self, ClaimError> {
        check_length("chain id", chain_id, MAX_CHAIN_ID_BYTES)?;
        check_length("jobs contract", jobs_contract, MAX_ADDRESS_BYTES)?;
        Ok(Self { chain_id: chain_id.to_owned(), jobs_contract: jobs_contract.to_owned(), job_id })
    }

    fn info(&self) -> Vec<u8> {
        let mut info = b"BITHIVE-V1/blindmatch/claim/".to_vec();
        put_text(&mut info, &self.chain_id);
        put_text(&mut info, &self.jobs_contract);
        info.extend_from_slice(&self.job_id.to_be_bytes());
        info
    }
}

fn check_length(field: &'static str, text: &str, max: usize) -> Result<(), ClaimError> {
    match text.len() {
        length if (1..=max).contains(&length) => Ok(()),
        length => Err(ClaimError::Length { field, length, max }),
    }
}

/// What a contributor tells the requester and nobody else: nothing of it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// The node's address on the chain.
    pub address: String,
    /// The node's DGKBE slot.
    pub slot: u16,
    /// The price that it asks, in base units.
    pub ask: u128,
    /// The node's BLS signature of consent (compressed G2); this crate carries it and doesn't check it.
    pub consent: [u8; 96],
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

impl Claim {
    /// Seals the claim to the requester's key in the vault, with a MAC under the key from the vault.
    ///
    /// # Errors
    /// [`ClaimError::Length`] for an address that is empty or too long, [`ClaimError::RequesterKey`] for a key
    /// of low order.
    pub fn seal(
        &self,
        context: &ClaimContext,
        key: &MatchKey,
        requester_key: &[u8; 32],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, ClaimError> {
        check_length("address", &self.address, MAX_ADDRESS_BYTES)?;
        let info = context.info();
        let mut plaintext = Zeroizing::new(self.body());
        let tag = mac(key, &info, &plaintext).finalize().into_bytes();
        plaintext.extend_from_slice(&tag);
        let recipient = PublicKey::from_bytes(requester_key).map_err(|_| ClaimError::RequesterKey)?;
        let (encapped, ciphertext) = single_shot_seal_with_rng::<
            ChaCha20Poly1305,
            HkdfSha256,
            X25519HkdfSha256,
        >(&OpModeS::Base, &recipient, &info, &plaintext, &[VERSION], rng)
        .map_err(|_| ClaimError::RequesterKey)?;
        let mut sealed = Vec::with_capacity(SEALED_BYTES);
        sealed.push(VERSION);
        sealed.extend_from_slice(&encapped.to_bytes());
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Always [`BODY_BYTES`] long: the address is padded with zeros.
    fn body(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(BODY_BYTES + 32);
        body.push(VERSION);
        put_text(&mut body, &self.address);
        body.resize(2 + MAX_ADDRESS_BYTES, 0);
        body.extend_from_slice(&self.slot.to_be_bytes());
        body.extend_from_slice(&self.ask.to_be_bytes());
        body.extend_from_slice(&self.consent);
        body
    }

    fn from_body(body: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("claim", VERSION, body)?;
        let address = reader.text("address", MAX_ADDRESS_BYTES as u8)?.to_owned();
        let padding = reader.bytes(MAX_ADDRESS_BYTES.saturating_sub(address.len()))?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(reader.invalid("padding", "zeros"));
        }
        let claim = Self { address, slot: reader.u16()?, ask: reader.u128()?, consent: reader.array()? };
        reader.finish()?;
        Ok(claim)
    }
}

/// HMAC-SHA-256 under K_r over job and claim.
fn mac(key: &MatchKey, info: &[u8], body: &[u8]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key.as_bytes());
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(&(info.len() as u64).to_be_bytes());
    mac.update(info);
    mac.update(body);
    mac
}

/// The requester's ephemeral HPKE key, one for each request.
pub struct RequesterKey {
    secret: PrivateKey,
    public: PublicKey,
}

impl RequesterKey {
    /// A fresh key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (secret, public) = X25519HkdfSha256::gen_keypair_with_rng(rng);
        Self { secret, public }
    }

    /// The public key, for the vault.
    pub fn public(&self) -> [u8; 32] {
        self.public.to_bytes().into()
    }

    /// Opens a sealed claim and checks its MAC in constant time.
    ///
    /// # Errors
    /// [`ClaimError`] says whether it is for someone else, malformed, or by someone who has not opened the
    /// vault.
    pub fn open(&self, context: &ClaimContext, key: &MatchKey, sealed: &[u8]) -> Result<Claim, ClaimError> {
        let mut reader = Reader::versioned("sealed claim", VERSION, sealed)?;
        let encapped = EncappedKey::from_bytes(reader.bytes(32)?).map_err(|_| ClaimError::NotForUs)?;
        let ciphertext = reader.bytes(SEALED_BYTES - 33)?;
        reader.finish()?;
        let info = context.info();
        let plaintext = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.secret,
            &encapped,
            &info,
            ciphertext,
            &[VERSION],
        )
        .map(Zeroizing::new)
        .map_err(|_| ClaimError::NotForUs)?;
        let (body, tag) = plaintext.split_at_checked(BODY_BYTES).ok_or(ClaimError::NotForUs)?;
        mac(key, &info, body).verify_slice(tag).map_err(|_| ClaimError::Mac)?;
        Ok(Claim::from_body(body)?)
    }

    /// Secret bytes for the requester's storage: version and private key, 33 bytes.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(33));
        out.push(VERSION);
        out.extend_from_slice(Zeroizing::new(<[u8; 32]>::from(self.secret.to_bytes())).as_slice());
        out
    }

    /// Reads what [`RequesterKey::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] for another length or version.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("requester key", VERSION, bytes)?;
        let secret = PrivateKey::from_bytes(reader.bytes(32)?);
        let secret = secret.map_err(|_| reader.invalid("key", "an X25519 private key"))?;
        reader.finish()?;
        let public = X25519HkdfSha256::sk_to_pk(&secret);
        Ok(Self { secret, public })
    }
}
