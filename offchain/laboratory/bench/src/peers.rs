//! What BitHive is compared with. Nothing else uses this code.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, anyhow};
use bithive_blindmatch::schema::Input;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::{RistrettoPoint, Scalar};
use hpke::{
    HpkeError, Kem, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use sha2::Sha512;

type HpkeKeys = (<X25519HkdfSha256 as Kem>::PrivateKey, <X25519HkdfSha256 as Kem>::PublicKey);

/// A key sealed to one receiver.
pub(crate) struct Sealed {
    encapped: <X25519HkdfSha256 as Kem>::EncappedKey,
    ciphertext: Vec<u8>,
}

impl Sealed {
    /// Bytes that travel.
    pub(crate) fn len(&self) -> usize {
        self.encapped.to_bytes().len() + self.ciphertext.len()
    }
}

/// A fresh X25519 key pair.
pub(crate) fn hpke_keys(rng: &mut impl CryptoRng) -> HpkeKeys {
    X25519HkdfSha256::gen_keypair_with_rng(rng)
}

fn hpke_error(error: HpkeError) -> anyhow::Error {
    anyhow!("HPKE: {error:?}")
}

/// The same key sealed to each receiver.
pub(crate) fn hpke_seal(
    receivers: &[HpkeKeys],
    info: &[u8],
    key: &[u8; 32],
    rng: &mut impl CryptoRng,
) -> Result<Vec<Sealed>> {
    let seal = |(_, receiver): &HpkeKeys| {
        let (encapped, ciphertext) = single_shot_seal_with_rng::<
            ChaCha20Poly1305,
            HkdfSha256,
            X25519HkdfSha256,
        >(&OpModeS::Base, receiver, info, key, &[], &mut *rng)?;
        Ok(Sealed { encapped, ciphertext })
    };
    receivers.iter().map(seal).collect::<Result<_, _>>().map_err(hpke_error)
}

/// One receiver's key.
pub(crate) fn hpke_open((secret, _): &HpkeKeys, info: &[u8], sealed: &Sealed) -> Result<Vec<u8>> {
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        secret,
        &sealed.encapped,
        info,
        &sealed.ciphertext,
        &[],
    )
    .map_err(hpke_error)
}

/// A party's first message in Diffie-Hellman set intersection: the hash of every item, raised to its secret.
pub(crate) fn psi_blind(items: &[Input], secret: &Scalar) -> Vec<[u8; 32]> {
    let blinded = |item: &Input| {
        let encoded = [item.slot.0.to_be_bytes().as_slice(), item.value.as_bytes()].concat();
        (RistrettoPoint::hash_from_bytes::<Sha512>(&encoded) * secret).compress().to_bytes()
    };
    items.iter().map(blinded).collect()
}

/// The other party's points raised to one's own secret.
pub(crate) fn psi_raise(points: &[[u8; 32]], secret: &Scalar) -> Result<Vec<[u8; 32]>> {
    let raised = |point: &[u8; 32]| {
        let point =
            CompressedRistretto(*point).decompress().context("a peer's point is not a group element")?;
        Ok((point * secret).compress().to_bytes())
    };
    points.iter().map(raised).collect()
}

/// What one contributor and the requester compute after the requester's first message, and how many items they
/// have in common. The contributor's secret is fresh, since a lasting one would link its sessions.
pub(crate) fn psi_session(
    request: &[[u8; 32]],
    requester: &Scalar,
    own: &[Input],
    rng: &mut impl CryptoRng,
) -> Result<usize> {
    let secret = Scalar::random(rng);
    let (first, reply) = (psi_blind(own, &secret), psi_raise(request, &secret)?);
    let reply: BTreeSet<[u8; 32]> = reply.into_iter().collect();
    Ok(psi_raise(&first, requester)?.iter().filter(|point| reply.contains(*point)).count())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bithive_blindmatch::schema::SlotId;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn set_intersection_counts_what_two_sets_share() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let items = |slots: &[u16]| -> Vec<Input> {
            slots.iter().map(|slot| Input { slot: SlotId(*slot), value: "yes".to_owned() }).collect()
        };
        let secret = Scalar::random(&mut rng);
        let request = psi_blind(&items(&[1, 2, 3]), &secret);
        for (own, shared) in [(vec![2, 3, 4], 2), (vec![5], 0), (vec![3, 2, 1], 3)] {
            assert_eq!(psi_session(&request, &secret, &items(&own), &mut rng).unwrap(), shared);
        }
    }

    #[test]
    fn every_receiver_opens_its_own_seal_only() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let receivers = [hpke_keys(&mut rng), hpke_keys(&mut rng)];
        let sealed = hpke_seal(&receivers, b"info", &[7; 32], &mut rng).unwrap();
        assert_eq!(hpke_open(&receivers[0], b"info", &sealed[0]).unwrap(), [7; 32]);
        assert!(hpke_open(&receivers[0], b"info", &sealed[1]).is_err());
    }
}
