//! Vaults as somebody makes them who does not follow the protocol: from bytes that everybody has, and from the formulas of
//! `packages/blindmatch/tests/vectors/README.md`, which everybody can read. The library makes no such vaults.

use anyhow::{Context, Result};
use bithive_blindmatch::oprf::Tags;
use bithive_blindmatch::schema::Input;
use bithive_blindmatch::vault::{MatchKey, Vault};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

pub(super) const SHARE_BYTES: usize = 20;
const COMMITMENT_BYTES: usize = 32;
const MAC_BYTES: usize = 16;
/// Where the terms have the nonce, the requester's key and the endpoint: after version, epoch and schema digest.
const NONCE: std::ops::Range<usize> = 41..57;
const REQUESTER_KEY: std::ops::Range<usize> = 57..89;
const ENDPOINT: std::ops::Range<usize> = 89..121;
/// Bytes of encoded tags before the first.
const BEFORE_TAGS: usize = 43;

type Share = [u8; SHARE_BYTES];

/// The parts of an encoded vault.
#[derive(Clone)]
pub(super) struct ForgedVault {
    terms: Vec<u8>,
    commitment: [u8; COMMITMENT_BYTES],
    mac: [u8; MAC_BYTES],
    /// Masked shares, by leaf.
    shares: Vec<Share>,
    poster: [u8; 32],
}

impl ForgedVault {
    /// The parts of `vault`, to be posted to the market at `jobs` of a chain by `account`.
    pub(super) fn of(vault: &[u8], [chain_id, jobs, account]: [&str; 3]) -> Result<Self> {
        let leaves = Vault::decode(vault)?.tree().leaves().len();
        let (front, shares) = vault.split_at_checked(vault.len() - SHARE_BYTES * leaves).context("shares")?;
        let (front, mac) = front.split_last_chunk().context("the vault's MAC")?;
        let (terms, commitment) = front.split_last_chunk().context("the vault's commitment")?;
        let poster = [chain_id, jobs, account].map(|part| sized(part.as_bytes())).concat();
        Ok(Self {
            terms: terms.to_vec(),
            commitment: *commitment,
            mac: *mac,
            shares: shares.as_chunks().0.to_vec(),
            poster: sha256("vault-poster", &[&poster]),
        })
    }

    fn head(&self) -> [u8; 32] {
        sha256("vault-head", &[&self.poster, &self.commitment, &sized(&self.terms)])
    }

    /// A share with its mask put on or taken off, for who has the leaf's tag.
    fn masked(&self, leaf: usize, tag: &[u8; 32], share: &Share) -> Share {
        let number = u16::try_from(leaf).unwrap_or(u16::MAX).to_be_bytes();
        // The purpose fills the first block of the hash, the head the second one.
        let pad = [0_u8; 64 - "BITHIVE-V1/blindmatch/vault-mask/".len()];
        let mask = sha256("vault-mask", &[&pad, &self.head(), &[0; 32], tag, &number]);
        let mut out = *share;
        out.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
        out
    }

    /// The share of a leaf.
    pub(super) fn share(&self, leaf: usize, tag: &[u8; 32]) -> Option<Share> {
        self.shares.get(leaf).map(|share| self.masked(leaf, tag, share))
    }

    /// Gives a leaf another share.
    pub(super) fn put(&mut self, leaf: usize, tag: &[u8; 32], share: &Share) {
        let masked = self.masked(leaf, tag, share);
        if let Some(place) = self.shares.get_mut(leaf) {
            *place = masked;
        }
    }

    /// Takes a leaf out: its share becomes that of nobody.
    pub(super) fn take_out(&mut self, leaf: usize) {
        if let Some(share) = self.shares.get_mut(leaf) {
            share.iter_mut().for_each(|byte| *byte = !*byte);
        }
    }

    /// Has claims sealed to another key and sent elsewhere.
    pub(super) fn redirect(&mut self, requester_key: &[u8; 32], endpoint: &[u8; 32]) {
        for (range, value) in [(REQUESTER_KEY, requester_key), (ENDPOINT, endpoint)] {
            if let Some(place) = self.terms.get_mut(range) {
                place.copy_from_slice(value);
            }
        }
    }

    /// Makes the MAC that the secret gives, for who knows it.
    pub(super) fn authenticate(&mut self, secret: &Share) {
        let mac = sha256("vault-mac", &[secret, &self.head(), &sized(self.shares.as_flattened())]);
        self.mac.copy_from_slice(&mac[..MAC_BYTES]);
    }

    /// The bytes to post.
    pub(super) fn encode(&self) -> Vec<u8> {
        [&self.terms[..], &self.commitment, &self.mac, self.shares.as_flattened()].concat()
    }

    /// The key of claims on this vault, for who opens it with this secret.
    pub(super) fn match_key(&self, secret: &Share) -> Result<MatchKey> {
        let digest = sha256("vault", &[&sized(&self.encode())]);
        let mut key = [0; 32];
        let info = [&b"BITHIVE-V1/blindmatch/match-key/"[..], &self.poster, &digest];
        Hkdf::<Sha256>::new(self.terms.get(NONCE), secret)
            .expand_multi_info(&info, &mut key)
            .map_err(|error| anyhow::anyhow!("the key of claims: {error}"))?;
        Ok(MatchKey::from_bytes(key))
    }
}

/// The tag of an input, from the bytes in which a party keeps its tags.
pub(super) fn tag_of(tags: &Tags, wanted: &Input) -> Option<[u8; 32]> {
    let encoded = tags.encode();
    let mut rest = encoded.get(BEFORE_TAGS..)?;
    while let [slot_high, slot_low, length, after @ ..] = rest {
        let (value, after) = after.split_at_checked(usize::from(*length))?;
        let (tag, after) = after.split_first_chunk::<32>()?;
        if wanted.slot.0 == u16::from_be_bytes([*slot_high, *slot_low]) && wanted.value.as_bytes() == value {
            return Some(*tag);
        }
        rest = after;
    }
    None
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u64).to_be_bytes(), bytes].concat()
}

fn sha256(purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(format!("BITHIVE-V1/blindmatch/{purpose}/"));
    parts.iter().fold(hash, |hash, part| hash.chain_update(part)).finalize().into()
}
