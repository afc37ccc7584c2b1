//! Broadcast encryption to a whole group, beside HPKE to each of its members.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use bithive_curve::{G1, Scalar};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::kem::{Peer, ReceiverCache, SenderCache};
use bithive_dgkbe::keys::{UnverifiedPublicKey, verify_element};
use bithive_dgkbe::{Context, Crs, Header, KeyPair, SlotSet};
use rand_chacha::ChaCha20Rng;
use subtle::ConstantTimeEq;

use crate::figure::Sheet;
use crate::peers::{hpke_keys, hpke_open, hpke_seal};
use crate::primitives::Costs;

const CONTEXT: Context<'static> = Context(b"bench");
const OWN_SLOT: u16 = 1;
/// What the scheme sends: two group elements, and a seed that is masked with what they encapsulate.
const SMALLEST_HEADER: f64 = (2 * G1::LEN + 32) as f64;

/// A group with one real member; of the others it has what the sender and this member need.
struct Group {
    slots: u16,
    crs: Arc<Crs>,
    own: KeyPair,
    all: SlotSet,
    /// All but the last slot.
    fewer: SlotSet,
    /// With the keys of all members, for the empty set.
    sender: SenderCache,
    /// With the keys of all members, for the empty set.
    receiver: ReceiverCache,
}

impl Group {
    fn new(slots: u16, rng: &mut ChaCha20Rng) -> Result<Self> {
        let crs = local_ceremony(slots, 1, rng)?.verify(rng)?.shared();
        let own = KeyPair::generate(&crs, OWN_SLOT, rng)?;
        let mut sender = SenderCache::new(crs.clone())?;
        let mut receiver = ReceiverCache::new(crs.clone(), own.secret.clone(), own.public.commitment())?;
        // A sender needs T_j of each member, a receiver its own column besides; whole keys would take minutes.
        let power = *crs.b(receiver.column_index()).context("the receiver's column has no power")?;
        let peers: Vec<Peer> = (OWN_SLOT + 1..=slots)
            .map(|slot| {
                let t = Scalar::random(rng);
                Peer { slot, commitment: G1::generator() * &t, element: power * &t }
            })
            .collect();
        receiver.put(&peers, rng)?;
        let mut members = vec![(OWN_SLOT, *own.public.commitment())];
        members.extend(peers.iter().map(|peer| (peer.slot, peer.commitment)));
        sender.put(&members)?;
        let all = SlotSet::full(slots)?;
        let mut fewer = all.clone();
        fewer.remove(slots)?;
        Ok(Self { slots, crs, own, all, fewer, sender, receiver })
    }

    fn name(&self, what: &str) -> String {
        format!("{what}, {} receivers", self.slots)
    }
}

/// All figures of a group with this many receivers.
pub(crate) fn measure(slots: u16, costs: &Costs, sheet: &mut Sheet<'_>, rng: &mut ChaCha20Rng) -> Result<()> {
    sheet.announce(&format!("preparing {slots} receivers"));
    let group = Group::new(slots, rng)?;
    messages(&group, costs, sheet, rng)?;
    updates(&group, costs, sheet)?;
    keys(&group, costs, sheet, rng)
}

/// Sizes, encryption, decryption.
fn messages(group: &Group, costs: &Costs, sheet: &mut Sheet<'_>, rng: &mut ChaCha20Rng) -> Result<()> {
    let (n, timer, all) = (usize::from(group.slots), sheet.timer, &group.all);
    let each: Vec<_> = (0..n).map(|_| hpke_keys(rng)).collect();
    let (mut sender, mut receiver) = (group.sender.clone(), group.receiver.clone());
    sender.update(all)?;
    receiver.update(all)?;
    let (header, key) = sender.encapsulate(all, CONTEXT, rng)?;
    let same: bool = receiver.decapsulate(all, CONTEXT, &header)?.ct_eq(&key).into();
    ensure!(same, "the receiver has another key than the sender");
    let sealed = hpke_seal(&each, CONTEXT.0, key.as_bytes(), rng)?;

    let peer = "HPKE to each receiver";
    let bytes: usize = sealed.iter().map(|sealed| sealed.len()).sum();
    let with_set = Header::LEN + all.encode().len();
    sheet.note(group.name("header"), n, "bytes", peer, [Header::LEN as f64, bytes as f64]);
    sheet.limit("2 elements of G1, 32 bytes of masked seed", SMALLEST_HEADER);
    sheet.note(group.name("header and set"), n, "bytes", peer, [with_set as f64, bytes as f64]);
    sheet.limit("the header, 1 bit a receiver: there are 2^n sets", SMALLEST_HEADER + n.div_ceil(8) as f64);

    sheet.announce(&group.name("encrypt"));
    let cold = timer.time(
        || group.sender.clone(),
        |mut sender| {
            sender.update(all)?;
            Ok(sender.encapsulate(all, CONTEXT, rng)?)
        },
    )?;
    let cached = timer.time(|| (), |()| Ok(sender.encapsulate(all, CONTEXT, rng)?))?;
    let seal_each = timer.time(|| (), |()| hpke_seal(&each, CONTEXT.0, key.as_bytes(), rng))?;
    let (members, core) = (n as f64, 2.0 * costs.g1_multiplication + costs.gt_power);
    sheet.note(group.name("encrypt cold"), n, "µs", peer, [cold, seal_each]);
    sheet.limit(
        "2 multiplications in G1, 1 power in GT, 1 addition in G1 a receiver",
        core + members * costs.g1_addition,
    );
    sheet.note(group.name("encrypt cached"), n, "µs", peer, [cached, seal_each]);
    sheet.limit("2 multiplications in G1, 1 power in GT", core);

    sheet.announce(&group.name("decrypt"));
    let decrypt = timer.time(|| (), |()| Ok(receiver.decapsulate(all, CONTEXT, &header)?))?;
    let (own, own_seal) = each.first().zip(sealed.first()).context("a group without receivers")?;
    let open = timer.time(|| (), |()| hpke_open(own, CONTEXT.0, own_seal))?;
    let cold = timer.time(
        || group.receiver.clone(),
        |mut receiver| {
            receiver.update(all)?;
            Ok(receiver.decapsulate(all, CONTEXT, &header)?)
        },
    )?;
    let core = costs.two_pairings + 2.0 * costs.g1_multiplication;
    sheet.note(group.name("decrypt cold"), n, "µs", "one HPKE open", [cold, open]);
    sheet.limit(
        "2 pairings, 2 multiplications in G1 to check, 1 addition in G1 and in G2 a receiver",
        core + members * (costs.g1_addition + costs.g2_addition),
    );
    sheet.note(group.name("decrypt cached"), n, "µs", "one HPKE open", [decrypt, open]);
    sheet.limit("2 pairings, 2 multiplications in G1 to check", core);
    Ok(())
}

/// One member leaves or returns, beside the sum over the whole set.
fn updates(group: &Group, costs: &Costs, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.announce(&group.name("update"));
    let (n, timer, peer) = (usize::from(group.slots), sheet.timer, "sum over the whole set");
    let (mut sender, mut receiver) = (group.sender.clone(), group.receiver.clone());
    sender.update(&group.all)?;
    receiver.update(&group.all)?;
    // Every run starts at the set of the one before, and moves to the other.
    let turns = || [&group.fewer, &group.all].into_iter().cycle();

    let mut turn = turns();
    let one = timer.time(|| turn.next().unwrap_or(&group.all), |set| Ok(sender.update(set)?))?;
    let whole = timer.time(|| group.sender.clone(), |mut sender| Ok(sender.update(&group.all)?))?;
    sheet.note(group.name("sender updates one member"), n, "µs", peer, [one, whole]);
    sheet.limit("1 addition in G1", costs.g1_addition);

    let mut turn = turns();
    let one = timer.time(|| turn.next().unwrap_or(&group.all), |set| Ok(receiver.update(set)?))?;
    let whole = timer.time(|| group.receiver.clone(), |mut receiver| Ok(receiver.update(&group.all)?))?;
    sheet.note(group.name("receiver updates one member"), n, "µs", peer, [one, whole]);
    sheet.limit("1 addition in G1, 1 in G2", costs.g1_addition + costs.g2_addition);
    Ok(())
}

/// A user makes a key, and another one checks it.
fn keys(group: &Group, costs: &Costs, sheet: &mut Sheet<'_>, rng: &mut ChaCha20Rng) -> Result<()> {
    let elements = f64::from(group.slots);
    let (n, timer, crs) = (usize::from(group.slots), sheet.timer, &group.crs);
    sheet.announce(&group.name("generate a key"));
    let generate = timer.time(|| (), |()| Ok(KeyPair::generate(crs, OWN_SLOT, rng)?))?;
    let x25519 = timer.time(|| (), |()| Ok(hpke_keys(rng)))?;
    sheet.note(group.name("generate a key"), n, "µs", "one X25519 key", [generate, x25519]);
    sheet.limit("1 multiplication in G2 a slot", elements * costs.g2_multiplication);

    sheet.announce(&group.name("verify a public key"));
    let encoded = group.own.public.encode();
    let batch = timer.time(|| (), |()| Ok(UnverifiedPublicKey::decode(crs, &encoded)?.verify(crs, rng)?))?;
    let single = timer.time(|| (), |()| verify_each_element(crs, &encoded))?;
    let peer = "one pairing equation per element";
    sheet.note(group.name("decode and verify a public key"), n, "µs", peer, [batch, single]);
    sheet.limit(
        "1 point from bytes and 2 terms of weighted sums a slot, 2 pairings",
        elements * (costs.g2_decoding + 2.0 * costs.g2_weighted_sum) + costs.two_pairings,
    );
    Ok(())
}

/// The check of a public key without batching.
fn verify_each_element(crs: &Crs, encoded: &[u8]) -> Result<()> {
    let key = UnverifiedPublicKey::decode(crs, encoded)?;
    let claim = key.claim();
    let gap = crs.slots() + 1 - claim.slot();
    for index in (1..=crs.slots()).filter(|index| *index != gap) {
        verify_element(crs, claim.slot(), claim.commitment(), index, claim.element(index)?)?;
    }
    Ok(())
}
