//! A stranger that knows one input of an AND, and would learn who meets the other condition.
//!
//! The secret of an AND is the sum of its shares. Who has the tag of one condition unmasks that share, and could give it to a leaf that
//! more nodes meet: who opens the rest then meets the other condition. Or it could put a share of its own beside the unknown one: which
//! of the two a node finds then shows in whether it opens.

use bithive_blindmatch::{
    attributes::Attributes,
    schema::{Input, SlotId, YES},
    vault::{DEFAULT_BUDGET, Poster, Vault},
};

use crate::{
    common::{
        Committee, attributes, compile,
        forged::{Forged, tag_of},
        poster, rng,
    },
    formulas::sealed::plus,
};

const REQUESTER: &str = "bithive1requester";
const STRANGER: &str = "bithive1stranger";
/// `vram >= 8`, which the stranger and every node have, and `vram >= 16`, which is asked for and the stranger has not.
const LOW: u16 = 0;
const ASKED: u16 = 2;
/// The condition that the stranger meets, and another one that it meets and that is not asked for.
const GDPR: u16 = 9;
const ISO27001: u16 = 7;

/// The requester's vault, what the stranger has, and the nodes that it would tell apart.
struct Town {
    committee: Committee,
    vault: Vault,
    /// By number of the slot, its value "yes".
    own: Vec<(u16, [u8; 32])>,
    /// The share of the leaf that the stranger has the tag of.
    known: [u8; 20],
}

impl Town {
    fn new() -> Self {
        let committee = Committee::new(3, 2);
        let policy = compile("gdpr and vram >= 16");
        let tags = committee.tags(&policy.inputs(), 1);
        let (vault, _) =
            Vault::seal(&policy, &tags, &poster(), [3; 32], [4; 32], DEFAULT_BUDGET, &mut rng(1)).unwrap();
        let stranger = committee.tags(attributes(8, "eu", &["gdpr", "iso27001"]).inputs(), 2);
        let own = [LOW, ISO27001, GDPR].map(|slot| (slot, tag_of(&stranger, &yes(slot)))).to_vec();
        assert!(vault.open(&stranger, &poster()).unwrap().is_none(), "it meets one condition only");
        let mut town = Self { committee, vault, own, known: [0; 20] };
        town.known = Forged::of(&town.vault, REQUESTER).share(town.leaf(GDPR), &town.tag(GDPR));
        town
    }

    fn leaf(&self, slot: u16) -> usize {
        self.vault.tree().leaves().iter().position(|found| found.0 == slot).unwrap()
    }

    /// One of the stranger's.
    fn tag(&self, slot: u16) -> [u8; 32] {
        self.own.iter().find(|(found, _)| *found == slot).unwrap().1
    }

    /// The tag of the condition that the stranger does not meet. It has not got it: what it plays does not use this.
    fn tag_asked(&self) -> [u8; 32] {
        tag_of(&self.committee.tags(&[yes(ASKED)], 3), &yes(ASKED))
    }

    /// A share of the stranger's for the other condition. It knows the check that it has to have, since those of both are equal.
    fn own_share(&self) -> [u8; 20] {
        let mut share = [0x5a; 20];
        share[..8].copy_from_slice(&self.known[..8]);
        share
    }

    /// What the known share and the stranger's own give.
    fn own_secret(&self) -> [u8; 20] {
        plus(&self.known, &self.own_share()).try_into().unwrap()
    }

    /// Memory and certifications of the nodes for which this vault opens, posted by `account`.
    fn opens_for(&self, vault: &Vault, account: &str) -> Vec<(u64, Vec<&'static str>)> {
        let poster = Poster::new("bithive-1", "bithive1jobs", account);
        let opens =
            |own: &Attributes| vault.open(&self.committee.tags(own.inputs(), 77), &poster).unwrap().is_some();
        let mut found = Vec::new();
        for memory in [8, 16] {
            for badges in [vec![], vec!["iso27001"], vec!["gdpr"], vec!["iso27001", "gdpr"]] {
                if opens(&attributes(memory, "eu", &badges)) {
                    found.push((memory, badges));
                }
            }
        }
        found
    }
}

fn yes(slot: u16) -> Input {
    Input { slot: SlotId(slot), value: YES.to_owned() }
}

#[test]
fn the_known_share_of_an_and_under_another_tag_opens_for_nobody() {
    let town = Town::new();
    assert_eq!(
        town.opens_for(&town.vault, REQUESTER),
        [(16, vec!["gdpr"]), (16, vec!["iso27001", "gdpr"])],
        "as it is, for who qualifies"
    );
    let mut forged = Forged::of(&town.vault, REQUESTER);
    forged.put(town.leaf(ISO27001), &town.tag(ISO27001), &town.known);
    assert!(town.opens_for(&forged.vault(), REQUESTER).is_empty());
    // It is the MAC that keeps it shut. Who knows the secret can make one, and learns who has the memory without the certification.
    let other = forged.share(town.leaf(ASKED), &town.tag_asked());
    let secret = plus(&town.known, &other).try_into().unwrap();
    let opened = town.opens_for(&forged.authenticated(&secret), REQUESTER);
    assert_eq!(opened, [(16, vec!["iso27001"]), (16, vec!["gdpr"]), (16, vec!["iso27001", "gdpr"])]);
}

#[test]
fn a_share_beside_the_unknown_one_of_an_and_opens_for_nobody() {
    let town = Town::new();
    let mut forged = Forged::of(&town.vault, REQUESTER);
    forged.put(town.leaf(LOW), &town.tag(LOW), &town.own_share());
    let secret = town.own_secret();
    assert_eq!(secret[..8], [0; 8], "a node finds it");
    // It knows this secret, so that the MAC fits: the commitment does not.
    assert!(town.opens_for(&forged.authenticated(&secret), REQUESTER).is_empty());
    assert!(town.opens_for(&forged.vault(), REQUESTER).is_empty(), "nor with the requester's MAC");
}

#[test]
fn the_known_share_of_an_and_under_another_head_opens_for_nobody_and_alone_tells_nothing_of_the_rest() {
    let town = Town::new();
    for (account, redirected) in [(STRANGER, false), (STRANGER, true), (REQUESTER, true)] {
        let mut forged = Forged::of(&town.vault, account);
        if redirected {
            forged.redirect(&[8; 32], &[9; 32]);
        }
        for slot in [GDPR, ISO27001] {
            forged.put(town.leaf(slot), &town.tag(slot), &town.known);
        }
        assert!(town.opens_for(&forged.vault(), account).is_empty(), "{account}, {redirected}");
        let other = forged.share(town.leaf(ASKED), &town.tag_asked());
        assert_ne!(other[..8], town.known[..8], "the unknown share is of the requester's head");

        // A vault of the stranger's own opens for who meets what the stranger does, whether it meets the other condition or not.
        let secret = town.own_secret();
        forged.commit_to(&secret);
        for (slot, share) in [(GDPR, town.known), (ISO27001, town.known), (LOW, town.own_share())] {
            forged.put(town.leaf(slot), &town.tag(slot), &share);
        }
        let opened = town.opens_for(&forged.authenticated(&secret), account);
        let of = |memory| opened.iter().filter(move |(found, _)| *found == memory).map(|(_, badges)| badges);
        assert_eq!(of(8).count(), 3, "{account}, {redirected}");
        assert!(of(8).eq(of(16)), "{opened:?}");
    }
}
