//! Vaults: a policy sealed so that only those who satisfy it learn that they do.
//!
//! A secret of 96 random bits, the key, and 64 zero bits, the check, is shared down the policy's tree
//! ([`crate::tree`]), and the share of each leaf is masked by a hash of the vault's head, the tag of the leaf's (slot,
//! value) and the leaf's number. The head is all that comes before the shares: the tree with slots, a nonce, the
//! epoch, the schema's digest, the requester's ephemeral HPKE key, its transport endpoint and a commitment to the secret; no
//! value appears in it. With the head are bound chain, market and account of whoever posts the vault ([`Poster`]). A MAC under
//! the secret binds the masked shares. So a vault that somebody changes in any byte, copies or takes apart opens for
//! nobody. A leaf that the policy doesn't ask for ([`Leaf::Decoy`]) is 20 random bytes, and looks like any other.
//!
//! A contributor unmasks with its own tags, searches the checks for leaves that give zero (module `opening`), and
//! joins the key from those. A wrong set of leaves gives zero with probability 2^-64, and at most 2^18 are compared.
//! Whoever seals a vault can share it as it likes, but only the one secret of the commitment opens it: a claim, which is made
//! with the secret, tells the requester that the vault opened and not how.
//!
//! Key and check are shared by the same rule and apart, byte by byte. So sets of leaves that don't satisfy the
//! tree have uniformly random checks and keys, whatever else is known, and what can be tested without
//! satisfying it is what any sharing of a secret with 64 known bits allows: who lacks one leaf can test a tag for
//! it, and tags can't be guessed. A check is known to be zero at the root, and below it along OR gates, whose children
//! are the root as far as anybody can tell. Any other gate's check is as random as its key, so that one with just
//! enough children satisfied looks like one that has not. With more than enough, several subsets agree on
//! the gate's check; the README says what follows.

mod opener;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use crate::vault::opener::Opener;
use crate::{
    codec::{DecodeError, Reader, put_count},
    hash::{Transcript, sha256},
    oprf::{Tag, Tags},
    policy::{CompiledPolicy, Leaf},
    schema::{Input, SlotId},
    sharing::{SHARE_BYTES, Share, share},
    tree::{MAX_COMBINATIONS, MAX_DECODING_COST, MAX_LEAVES, Tree, TreeError},
};

/// Version of the encoding.
const VERSION: u8 = 4;
/// Bytes of a vault besides 20 for each leaf and the tree.
const FIXED_BYTES: usize = 155 + MAC_BYTES;
/// Bytes of the MAC over the masked shares.
const MAC_BYTES: usize = 16;
/// A budget for [`Vault::seal`] that machines decode in a few hundredths of a second.
pub const DEFAULT_BUDGET: u64 = 1 << 20;

/// K_r: what all contributors that satisfy the policy share with the requester. It authenticates claims.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MatchKey([u8; 32]);

impl MatchKey {
    /// The secret bytes, for storage by the requester until it has its claims.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key from stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for MatchKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for MatchKey {}

/// Why a vault can't be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Too large or too costly to decode.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// Tags of another schema.
    #[error("the tags are of another schema, expected the one that the policy or vault refers to")]
    Schema,
    /// Tags of another epoch.
    #[error("the tags are of epoch {found}, expected {expected}")]
    Epoch {
        /// The tags' epoch.
        found: u64,
        /// The vault's epoch.
        expected: u64,
    },
    /// A leaf that isn't a decoy, and for which there's no tag.
    #[error("there is no tag for a value of slot {}, expected one for every input of the policy", .0.0)]
    MissingTag(SlotId),
    /// Two tags for one slot, where a contributor has one value.
    #[error("there are two tags for slot {}, expected one", .0.0)]
    SlotTwice(SlotId),
}

/// Who posts a vault, and where: a vault opens as that account's on that market, and as nobody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poster([u8; 32]);

impl Poster {
    /// The account at `address`, which posts to the market at `jobs_contract` of the chain `chain_id`.
    pub fn new(chain_id: &str, jobs_contract: &str, address: &str) -> Self {
        let parts = [chain_id, jobs_contract, address];
        Self(parts.iter().fold(sha256("vault-poster"), |all, part| all.variable(part.as_bytes())).digest())
    }
}

/// A sealed policy, public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    epoch: u64,
    schema_digest: [u8; 32],
    nonce: [u8; 16],
    requester_key: [u8; 32],
    endpoint: [u8; 32],
    commitment: [u8; 32],
    mac: [u8; MAC_BYTES],
    tree: Tree<SlotId>,
    masked: Vec<[u8; SHARE_BYTES]>,
}

/// What a contributor learns from a vault that it satisfies.
pub struct Opened {
    /// Key K_r of the vault, which proves that it was opened.
    pub key: MatchKey,
    /// The leaves that opened it: number from 0 in the order of the vault's leaves, and slot. Enough to satisfy
    /// the policy; others may be satisfied, too.
    pub leaves: Vec<(u16, SlotId)>,
}

/// The masks of one vault's leaves.
struct Masks {
    /// The hash of the head, in whole blocks of SHA-256: a mask is one compression more.
    head: Transcript<Sha256>,
    /// Tag and leaf number. It is erased once for all leaves, which is quicker than once for each.
    message: Zeroizing<[u8; 34]>,
}

impl Masks {
    fn new(head: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(head);
        Self { head: Transcript::of_block("vault-mask").fixed(&block), message: Zeroizing::new([0; 34]) }
    }

    /// The mask of a leaf: 160 bits of H(head, F, leaf number).
    fn mask(&mut self, tag: &Tag, leaf: usize) -> Share {
        self.message[..32].copy_from_slice(tag.as_bytes());
        self.message[32..].copy_from_slice(&u16::try_from(leaf).unwrap_or(u16::MAX).to_be_bytes());
        let digest = Zeroizing::new(self.head.clone().fixed(self.message.as_slice()).digest());
        Share::from_bytes(&digest)
    }
}

/// The secret that opens a vault of these terms, hidden by 96 random bits.
fn commitment(terms: &[u8], poster: &Poster, secret: Share) -> [u8; 32] {
    let secret = Zeroizing::new(secret.to_bytes());
    sha256("vault-commitment").fixed(secret.as_slice()).fixed(&poster.0).variable(terms).digest()
}

/// The tag that masks a leaf; nothing but chance masks a decoy.
fn tag_of<'a>(leaf: &Leaf, tags: &'a Tags) -> Result<Option<&'a Tag>, VaultError> {
    let missing = |input: &Input| VaultError::MissingTag(input.slot);
    leaf.input().map(|input| tags.get(input).ok_or_else(|| missing(input))).transpose()
}

impl Vault {
    /// Seals a policy with the tags of all its inputs, in the tags' epoch.
    ///
    /// `poster` is who posts the vault. `requester_key` is [`crate::claim::RequesterKey::public`], fresh for each request;
    /// `endpoint` is where the requester takes claims. `budget` bounds the worst-case decoding, [`DEFAULT_BUDGET`] for most.
    ///
    /// # Errors
    /// [`VaultError`] if a tag is missing or foreign, or decoding costs more than the budget.
    pub fn seal(
        policy: &CompiledPolicy,
        tags: &Tags,
        poster: &Poster,
        requester_key: [u8; 32],
        endpoint: [u8; 32],
        budget: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, MatchKey), VaultError> {
        policy.tree().check(budget)?;
        if tags.schema_digest() != policy.schema_digest() {
            return Err(VaultError::Schema);
        }
        let tree = policy.shuffled(rng);
        let leaf_tags =
            tree.leaves().into_iter().map(|leaf| tag_of(leaf, tags)).collect::<Result<Vec<_>, _>>()?;
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let mut secret = Share::secret(rng);
        let shares = share(&tree, secret, rng);
        let (epoch, schema_digest) = (tags.epoch(), policy.schema_digest());
        let slots = tree.map(&mut Leaf::slot);
        let masked = vec![[0; SHARE_BYTES]; leaf_tags.len()];
        let mut vault = Self {
            epoch,
            schema_digest,
            nonce,
            requester_key,
            endpoint,
            commitment: [0; 32],
            mac: [0; MAC_BYTES],
            tree: slots,
            masked,
        };
        let terms = vault.terms();
        vault.commitment = commitment(&terms, poster, secret);
        let head = vault.head(&terms, poster);
        let mut masks = Masks::new(&head);
        let masked = leaf_tags.iter().zip(shares.iter()).enumerate().map(|(leaf, (tag, share))| match tag {
            Some(tag) => share.plus(masks.mask(tag, leaf)),
            None => Share::random(rng),
        });
        vault.masked = masked.map(Share::to_bytes).collect();
        vault.mac = vault.mac_under(secret, &head);
        let key = vault.match_key(terms, poster, secret);
        secret.zeroize();
        Ok((vault, key))
    }

    /// Bytes that the vault of a policy takes on chain.
    pub fn encoded_len(policy: &CompiledPolicy) -> usize {
        let (mut tree, leaves) = (Vec::new(), policy.tree().leaves().len());
        policy.tree().map(&mut Leaf::slot).encode(&mut tree);
        FIXED_BYTES + tree.len() + SHARE_BYTES * leaves
    }

    /// All that is public but commitment, MAC and masked shares. Opening needs it three times, and writes it once.
    fn terms(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FIXED_BYTES + 24 * self.masked.len());
        out.push(VERSION);
        out.extend_from_slice(&self.epoch.to_be_bytes());
        out.extend_from_slice(&self.schema_digest);
        out.extend_from_slice(&self.nonce);
        out.extend_from_slice(&self.requester_key);
        out.extend_from_slice(&self.endpoint);
        put_count(&mut out, self.masked.len());
        self.tree.encode(&mut out);
        out
    }

    /// Binds the masked shares, which the head can't, to the secret: without it, leaves could be taken out one by one to see who
    /// still opens the rest.
    fn mac_under(&self, secret: Share, head: &[u8; 32]) -> [u8; MAC_BYTES] {
        let secret = Zeroizing::new(secret.to_bytes());
        let purpose = sha256("vault-mac").fixed(secret.as_slice()).fixed(head);
        let digest = purpose.variable(self.masked.as_flattened()).digest();
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&digest[..MAC_BYTES]);
        mac
    }

    /// What the masks are bound to.
    fn head(&self, terms: &[u8], poster: &Poster) -> [u8; 32] {
        sha256("vault-head").fixed(&poster.0).fixed(&self.commitment).variable(terms).digest()
    }

    /// K_r from s, bound to the poster and to the whole vault.
    fn match_key(&self, terms: Vec<u8>, poster: &Poster, secret: Share) -> MatchKey {
        let ikm = Zeroizing::new(secret.to_bytes());
        let digest = Self::digest_of(&self.complete(terms));
        let mut key = MatchKey([0; 32]);
        // 32 bytes are within HKDF's limit of 255 blocks, so that expansion can't fail.
        let expanded = Hkdf::<Sha256>::new(Some(&self.nonce), ikm.as_slice())
            .expand_multi_info(&[b"BITHIVE-V1/blindmatch/match-key/", &poster.0, &digest], &mut key.0);
        debug_assert!(expanded.is_ok());
        key
    }

    /// The epoch whose tags open it.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Digest of the schema that numbers its slots.
    pub fn schema_digest(&self) -> [u8; 32] {
        self.schema_digest
    }

    /// The requester's ephemeral HPKE key, to which claims are sealed.
    pub fn requester_key(&self) -> [u8; 32] {
        self.requester_key
    }

    /// The requester's transport endpoint, to which claims are sent.
    pub fn endpoint(&self) -> [u8; 32] {
        self.endpoint
    }

    /// The public shape of the policy: gates and slots, decoys among them, no values.
    pub fn tree(&self) -> &Tree<SlotId> {
        &self.tree
    }

    /// SHA-256 of the encoding.
    pub fn digest(&self) -> [u8; 32] {
        Self::digest_of(&self.encode())
    }

    /// As [`Self::digest`], of an encoding of any version.
    pub fn digest_of(encoded: &[u8]) -> [u8; 32] {
        sha256("vault").variable(encoded).digest()
    }

    /// Version, epoch, schema digest, nonce, requester's key, endpoint, number of leaves, tree, commitment, MAC, masked shares.
    /// At most 200 bytes and 24 for each leaf.
    pub fn encode(&self) -> Vec<u8> {
        self.complete(self.terms())
    }

    fn complete(&self, mut terms: Vec<u8>) -> Vec<u8> {
        terms.extend_from_slice(&self.commitment);
        terms.extend_from_slice(&self.mac);
        terms.extend_from_slice(self.masked.as_flattened());
        terms
    }

    /// Reads a vault; refuses trees that are malformed, too large or too costly to decode.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("vault", VERSION, bytes)?;
        let (epoch, schema_digest, nonce) = (reader.u64()?, reader.array()?, reader.array()?);
        let (requester_key, endpoint) = (reader.array()?, reader.array()?);
        let count = reader.count("leaves", 1, MAX_LEAVES)?;
        let tree = Tree::decode(&mut reader)?;
        if tree.leaves().len() != count {
            return Err(reader.invalid("tree", "as many leaves as the vault states"));
        }
        reader.in_range("decoding cost", tree.decoding_cost(), 1, MAX_DECODING_COST)?;
        reader.in_range("combinations", tree.combinations(), 1, MAX_COMBINATIONS)?;
        let (commitment, mac) = (reader.array()?, reader.array()?);
        let masked = (0..count).map(|_| reader.array()).collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { epoch, schema_digest, nonce, requester_key, endpoint, commitment, mac, tree, masked })
    }
}
