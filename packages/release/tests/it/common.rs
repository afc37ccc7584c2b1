//! A committee, and a content of an author.

use bithive_attest::Domain;
use bithive_release::ceremony::deal_all;
use bithive_release::{ContentKey, Label, MemberKey, Share, Wrap};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub const GRANTS: Domain<'static> = Domain { chain_id: "bithive-1", contract: "bithive1grants" };
pub const AUTHOR: &str = "bithive1author";

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The keys of n members of whom t are needed, in order of their numbers.
pub fn members(n: u8, t: u8) -> Vec<MemberKey> {
    let endpoints: Vec<[u8; 32]> = (1..=n).map(|number| [number; 32]).collect();
    deal_all(&endpoints, t, &mut rng(u64::from(n) << 8 | u64::from(t))).unwrap()
}

pub fn label(key: &ContentKey) -> Label<'static> {
    Label { grants: GRANTS, author: AUTHOR, content: [9; 32], commitment: key.commitment() }
}

/// A content's key, its label and its wrap.
pub fn wrapped(members: &[MemberKey], seed: u64) -> (ContentKey, Label<'static>, Wrap) {
    let mut rng = rng(seed);
    let key = ContentKey::generate(&mut rng);
    let label = label(&key);
    let wrap = Wrap::seal(members[0].committee(), &label, &key, &mut rng);
    (key, label, wrap)
}

/// What a member answers, under its own number.
pub fn answer(member: &MemberKey, wrap: &Wrap, label: &Label<'_>) -> (u8, Share) {
    (member.member(), member.release(wrap, label, &mut rng(77)).unwrap())
}
