//! Long-term seeds: agreed by their holders, or dealt in one place for a local setup.

use curve25519_dalek::Scalar;
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha512;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    codec::{DecodeError, Reader},
    committee::{
        Commitments, CommitteeError, CommitteeParams, EpochKeys, MemberIndex, PartialTable, Statement,
        Subset, Term, commitments, params::check_slots, table::encoded_base_multiple,
    },
    hash::sha256,
    schema::SlotId,
};

/// Version of the encodings of seeds and contributions.
const VERSION: u8 = 1;

/// One member's part of one seed, for the other holders of that seed only: send it over an authenticated and
/// encrypted channel. A seed is secret as long as one of its contributions is.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Contribution {
    #[zeroize(skip)]
    from: MemberIndex,
    #[zeroize(skip)]
    subset: Subset,
    value: [u8; 32],
}

impl Contribution {
    /// Who contributes. The receiver compares it with the authenticated sender.
    pub fn from(&self) -> MemberIndex {
        self.from
    }

    /// The holders of the seed; all of them but the sender receive it.
    pub fn subset(&self) -> Subset {
        self.subset
    }

    /// 35 bytes: version, sender, subset, value.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(35));
        out.extend_from_slice(&[VERSION, self.from.get(), self.subset.mask()]);
        out.extend_from_slice(&self.value);
        out
    }

    /// Reads a contribution; whether it fits the committee is checked by [`MemberSeeds::agree`].
    ///
    /// # Errors
    /// [`DecodeError`] for another length, version or member.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("contribution", VERSION, bytes)?;
        let from = MemberIndex::decode(&mut reader)?;
        let subset = Subset(reader.u8()?);
        let contribution = Self { from, subset, value: reader.array()? };
        reader.finish()?;
        Ok(contribution)
    }
}

/// Draws this member's contribution to each seed that it will hold.
pub fn contribute(params: CommitteeParams, me: MemberIndex, rng: &mut impl CryptoRng) -> Vec<Contribution> {
    let draw = |subset| {
        let mut contribution = Contribution { from: me, subset, value: [0; 32] };
        rng.fill_bytes(&mut contribution.value);
        contribution
    };
    params.subsets_of(me).into_iter().map(draw).collect()
}

/// Deals the seeds of a whole committee in one place, for a local setup: whoever runs it knows every key.
pub fn deal(params: CommitteeParams, rng: &mut impl CryptoRng) -> Vec<MemberSeeds> {
    let seeds: Vec<_> = params.subsets().into_iter().map(|subset| Seed::random(subset, rng)).collect();
    let held = |me| seeds.iter().filter(|seed| seed.subset.contains(me)).cloned().collect();
    params.all_members().map(|me| MemberSeeds { params, me, seeds: held(me) }).collect()
}

/// r_A with its holders A.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Seed {
    #[zeroize(skip)]
    subset: Subset,
    value: [u8; 32],
}

impl Seed {
    fn random(subset: Subset, rng: &mut impl CryptoRng) -> Self {
        let mut seed = Self { subset, value: [0; 32] };
        rng.fill_bytes(&mut seed.value);
        seed
    }

    /// rho_A = PRF(r_A, epoch, slot): HKDF-SHA-512, reduced from 512 bits.
    fn scalar(&self, epoch: u64, slot: SlotId) -> Zeroizing<Scalar> {
        let mut info = [0; 11];
        info[..8].copy_from_slice(&epoch.to_be_bytes());
        info[8..10].copy_from_slice(&slot.0.to_be_bytes());
        info[10] = self.subset.mask();
        let mut wide = Zeroizing::new([0; 64]);
        // 64 bytes are within HKDF's limit of 255 blocks, so that expansion can't fail.
        let expanded = Hkdf::<Sha512>::new(Some(b"BITHIVE-V1/blindmatch/slot-key/"), &self.value)
            .expand(&info, wide.as_mut_slice());
        debug_assert!(expanded.is_ok());
        Zeroizing::new(Scalar::from_bytes_mod_order_wide(&wide))
    }
}

/// The seeds that one member holds: its long-term secret. Erased when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct MemberSeeds {
    #[zeroize(skip)]
    params: CommitteeParams,
    #[zeroize(skip)]
    me: MemberIndex,
    seeds: Vec<Seed>,
}

impl MemberSeeds {
    /// Agrees on seeds: each is the hash of the contributions of all its holders. `contributions` are this
    /// member's own and those received, in any order.
    ///
    /// A member that sends different values to different holders makes them derive different seeds; their
    /// statements differ then, and [`crate::committee::Commitments::agree`] fails before the first epoch.
    ///
    /// # Errors
    /// Names the member that hasn't contributed, contributed twice, or to a seed that is not its own.
    pub fn agree(
        params: CommitteeParams,
        me: MemberIndex,
        contributions: &[Contribution],
    ) -> Result<Self, CommitteeError> {
        let subsets = params.subsets_of(me);
        let stray = |c: &&Contribution| !subsets.contains(&c.subset) || !c.subset.contains(c.from);
        if let Some(stray) = contributions.iter().find(stray) {
            return Err(CommitteeError::NotAHolder { from: stray.from, mask: stray.subset.mask() });
        }
        let seeds = subsets.into_iter().map(|subset| agree_on_seed(params, subset, contributions));
        Ok(Self { params, me, seeds: seeds.collect::<Result<_, _>>()? })
    }

    /// Size and threshold of the member's committee.
    pub fn params(&self) -> CommitteeParams {
        self.params
    }

    /// Whose seeds these are.
    pub fn member(&self) -> MemberIndex {
        self.me
    }

    /// This member's key shares of every slot in one epoch.
    ///
    /// # Errors
    /// [`CommitteeError::Slots`] unless 1 <= slots <= 256.
    pub fn epoch_keys(&self, epoch: u64, slots: u16) -> Result<EpochKeys, CommitteeError> {
        check_slots(slots)?;
        let weights: Vec<_> =
            self.seeds.iter().map(|seed| self.params.weight(seed.subset, self.me)).collect();
        let share = |slot: SlotId| {
            let terms = self.seeds.iter().zip(&weights);
            terms.fold(Scalar::ZERO, |share, (seed, weight)| share + *seed.scalar(epoch, slot) * weight)
        };
        // Allocated once, so that no unerased copy is left behind by growth.
        let mut shares = Zeroizing::new(Vec::with_capacity(usize::from(slots)));
        shares.extend((0..slots).map(SlotId).map(share));
        Ok(EpochKeys::new(self.me, epoch, shares))
    }

    /// The points R_A of the subsets that this member belongs to, for every slot of one epoch: what it sends
    /// to the other members so that each can assemble and post the same table.
    ///
    /// # Errors
    /// [`CommitteeError::Slots`] unless 1 <= slots <= 256.
    pub fn partial_table(&self, epoch: u64, slots: u16) -> Result<PartialTable, CommitteeError> {
        check_slots(slots)?;
        let row = |slot| self.seeds.iter().map(move |seed| seed.scalar(epoch, slot));
        let scalars = (0..slots).map(SlotId).flat_map(row);
        Ok(PartialTable::new(self.params, self.me, epoch, slots, scalars))
    }

    /// Commits to the points of every seed held and every epoch of the term: what it sends to all members, so
    /// that they know its partial tables from false ones.
    pub fn statement(&self, term: Term) -> Statement {
        let commit = |seed: &Seed, epoch| {
            let scalars = (0..term.slots()).map(|slot| seed.scalar(epoch, SlotId(slot)));
            let points: Vec<_> = scalars.map(|rho| encoded_base_multiple(&rho)).collect();
            commitments::commit(self.params, seed.subset, epoch, term.slots(), &points)
        };
        let digests =
            self.seeds.iter().flat_map(|seed| term.all_epochs().map(move |epoch| commit(seed, epoch)));
        Statement::new(self.params, self.me, term, digests.collect())
    }

    /// Secret bytes for the member's own storage.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(4 + 32 * self.seeds.len()));
        out.push(VERSION);
        self.params.encode(&mut out);
        out.push(self.me.get());
        self.seeds.iter().for_each(|seed| out.extend_from_slice(&seed.value));
        out
    }

    /// Reads what [`MemberSeeds::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] names the field that is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::versioned("member seeds", VERSION, bytes)?;
        let params = CommitteeParams::decode(&mut reader)?;
        let me = params.decode_member(&mut reader)?;
        let read = |subset| Ok(Seed { subset, value: reader.array()? });
        let seeds = params.subsets_of(me).into_iter().map(read).collect::<Result<_, DecodeError>>()?;
        reader.finish()?;
        Ok(Self { params, me, seeds })
    }
}

impl Commitments {
    /// Those of a committee whose seeds were dealt in one place.
    ///
    /// # Errors
    /// As [`Commitments::agree`], where these are not the seeds of one committee.
    pub fn of_dealt(term: Term, seeds: &[MemberSeeds]) -> Result<Self, CommitteeError> {
        let statements: Vec<_> = seeds.iter().map(|seeds| seeds.statement(term)).collect();
        let params = seeds.first().map(MemberSeeds::params);
        let params = params.ok_or(CommitteeError::Params { members: 0, threshold: 0 })?;
        Self::agree(params, term, &statements)
    }
}

fn agree_on_seed(
    params: CommitteeParams,
    subset: Subset,
    contributions: &[Contribution],
) -> Result<Seed, CommitteeError> {
    let mut hash = sha256("seed").fixed(&[params.members(), params.threshold(), subset.mask()]);
    for from in subset.members() {
        let mut own = contributions.iter().filter(|c| c.subset == subset && c.from == from);
        let mask = subset.mask();
        let contribution = own.next().ok_or(CommitteeError::NotContributed { from, mask })?;
        if own.next().is_some() {
            return Err(CommitteeError::ContributedTwice { from, mask });
        }
        hash = hash.fixed(&contribution.value);
    }
    Ok(Seed { subset, value: hash.digest() })
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;

    #[test]
    fn what_t_minus_1_members_know_together_gives_no_key() {
        for (n, t) in [(2, 2), (3, 2), (5, 3), (7, 4)] {
            let params = CommitteeParams::new(n, t).unwrap();
            let members = deal(params, &mut ChaCha20Rng::seed_from_u64(u64::from(t)));
            let rho = |seed: &Seed| *seed.scalar(9, SlotId(1));
            let sum = |seeds: &[&Seed]| seeds.iter().map(|seed| rho(seed)).sum::<Scalar>();
            let mut all: Vec<&Seed> = members.iter().flat_map(|member| &member.seeds).collect();
            all.sort_by_key(|seed| seed.subset);
            all.dedup_by_key(|seed| seed.subset);
            let key = sum(&all);
            for mask in (1_u8..1 << n).filter(|mask| mask.count_ones() == u32::from(t) - 1) {
                let held = |seed: &&&Seed| seed.subset.mask() & mask != 0;
                let known: Vec<&Seed> = all.iter().filter(held).copied().collect();
                assert_eq!(known.len() + 1, all.len(), "they lack one seed");
                let rest = key - sum(&known);
                // What they lack is none of the scalars that they have, nor the same seed's of another slot or epoch.
                assert!(rest != Scalar::ZERO && known.iter().all(|seed| rho(seed) != rest));
                let missing = all.iter().find(|seed| !held(seed)).unwrap();
                assert_eq!(rho(missing), rest);
                assert!(
                    [(9, 0), (8, 1), (10, 1)].iter().all(|(e, s)| *missing.scalar(*e, SlotId(*s)) != rest)
                );
            }
        }
    }
}
