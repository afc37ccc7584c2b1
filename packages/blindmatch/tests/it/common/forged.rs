//! Vaults as somebody makes them who does not follow the protocol, from its formulas.

use bithive_blindmatch::{
    oprf::Tags,
    schema::{Input, SlotId},
    vault::{MatchKey, Vault},
};

use crate::formulas::sealed::{self, commitment_to, head, mac_of, mask, plus};

/// An encoded vault whose parts can be changed.
#[derive(Clone)]
pub struct Forged {
    /// All before the commitment.
    pub terms: Vec<u8>,
    commitment: [u8; 32],
    mac: [u8; 16],
    /// Masked, by leaf.
    pub shares: Vec<[u8; 20]>,
    poster: [u8; 32],
}

impl Forged {
    /// The vault as `account` posts it to the tests' market.
    pub fn of(vault: &Vault, account: &str) -> Self {
        let bytes = vault.encode();
        let (front, shares) = bytes.split_at(bytes.len() - 20 * vault.tree().leaves().len());
        let (front, mac) = front.split_at(front.len() - 16);
        let (terms, commitment) = front.split_at(front.len() - 32);
        Self {
            terms: terms.to_vec(),
            commitment: commitment.try_into().unwrap(),
            mac: mac.try_into().unwrap(),
            shares: shares.as_chunks().0.to_vec(),
            poster: sealed::poster(["bithive-1", "bithive1jobs", account]),
        }
    }

    fn head(&self) -> [u8; 32] {
        head(&self.poster, &self.commitment, &self.terms)
    }

    fn mask(&self, leaf: usize, tag: &[u8; 32]) -> [u8; 20] {
        mask(tag, &self.head(), leaf).try_into().unwrap()
    }

    /// The share of a leaf, for who has its tag.
    pub fn share(&self, leaf: usize, tag: &[u8; 32]) -> [u8; 20] {
        plus(&self.shares[leaf], &self.mask(leaf, tag)).try_into().unwrap()
    }

    /// Gives a leaf this share, for who has its tag.
    pub fn put(&mut self, leaf: usize, tag: &[u8; 32], share: &[u8; 20]) {
        self.shares[leaf] = plus(share, &self.mask(leaf, tag)).try_into().unwrap();
    }

    /// Where claims on it go, and the key that they are sealed to. Both follow version, epoch, schema digest and nonce.
    pub fn redirect(&mut self, requester_key: &[u8; 32], endpoint: &[u8; 32]) {
        self.terms[57..89].copy_from_slice(requester_key);
        self.terms[89..121].copy_from_slice(endpoint);
    }

    /// Commits to this secret. It changes the head, and with that the masks.
    pub fn commit_to(&mut self, secret: &[u8; 20]) {
        self.commitment = commitment_to(secret, &self.poster, &self.terms);
    }

    /// As it is.
    pub fn vault(&self) -> Vault {
        let shares = self.shares.as_flattened();
        Vault::decode(&[&self.terms, &self.commitment[..], &self.mac, shares].concat()).unwrap()
    }

    /// With a MAC under this secret, for who knows it.
    pub fn authenticated(&mut self, secret: &[u8; 20]) -> Vault {
        self.mac = mac_of(secret, &self.head(), self.shares.as_flattened());
        self.vault()
    }

    /// K_r of the vault as it is, for who opens it with this secret.
    pub fn match_key(&self, secret: &[u8; 20]) -> MatchKey {
        MatchKey::from_bytes(sealed::match_key(secret, &self.poster, &self.vault().encode()))
    }
}

/// Bytes of encoded tags before the first.
const BEFORE_THE_FIRST: usize = 1 + 32 + 8 + 2;

/// Inputs and tags, in the order in which their owner keeps them.
pub fn each_tag(tags: &Tags) -> Vec<(Input, [u8; 32])> {
    let encoded = tags.encode();
    let (mut rest, mut found) = (&encoded[BEFORE_THE_FIRST..], Vec::new());
    while !rest.is_empty() {
        let (slot, end) = (SlotId(u16::from_be_bytes([rest[0], rest[1]])), 3 + usize::from(rest[2]));
        let value = String::from_utf8(rest[3..end].to_vec()).unwrap();
        found.push((Input { slot, value }, rest[end..end + 32].try_into().unwrap()));
        rest = &rest[end + 32..];
    }
    found
}

/// The tag of an input.
pub fn tag_of(tags: &Tags, wanted: &Input) -> [u8; 32] {
    each_tag(tags).into_iter().find(|(input, _)| input == wanted).unwrap().1
}

/// The tags of these inputs only.
pub fn only(tags: &Tags, inputs: &[Input]) -> Tags {
    let mut kept = each_tag(tags);
    kept.retain(|(input, _)| inputs.contains(input));
    let mut encoded = tags.encode()[..BEFORE_THE_FIRST - 2].to_vec();
    encoded.extend(u16::try_from(kept.len()).unwrap().to_be_bytes());
    for (Input { slot, value }, tag) in &kept {
        encoded.extend(slot.0.to_be_bytes());
        encoded.push(u8::try_from(value.len()).unwrap());
        encoded.extend([value.as_bytes(), tag].concat());
    }
    Tags::decode(&encoded).unwrap()
}
