//! One member's key shares of one epoch, and its answer to a request.

use std::collections::BTreeMap;

use curve25519_dalek::{RistrettoPoint, Scalar};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    committee::{MemberIndex, decode_point},
    oprf::{
        EvaluateError, EvaluateRequest, EvaluateResponse,
        dleq::{self, SlotStatement},
    },
    schema::SlotId,
};

/// Key shares of every slot in one epoch, erased when dropped.
pub struct EpochKeys {
    member: MemberIndex,
    epoch: u64,
    shares: Zeroizing<Vec<Scalar>>,
    share_keys: Vec<RistrettoPoint>,
}

impl EpochKeys {
    pub(super) fn new(member: MemberIndex, epoch: u64, shares: Zeroizing<Vec<Scalar>>) -> Self {
        let share_keys = shares.iter().map(RistrettoPoint::mul_base).collect();
        Self { member, epoch, shares, share_keys }
    }

    /// The only epoch that the keys are for.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Checks a request in full, before anything is charged for it or computed: what is accepted is answered.
    ///
    /// # Errors
    /// [`EvaluateError`] names the epoch, slot or point that can't be answered.
    pub fn accept<'a>(&'a self, request: &EvaluateRequest) -> Result<Accepted<'a>, EvaluateError> {
        if request.epoch() != self.epoch {
            return Err(EvaluateError::Epoch { found: request.epoch(), expected: self.epoch });
        }
        let mut points = Vec::with_capacity(request.points().len());
        for (position, (slot, bytes)) in request.points().iter().enumerate() {
            let index = usize::from(slot.0);
            let (Some(share), Some(key)) = (self.shares.get(index), self.share_keys.get(index)) else {
                return Err(EvaluateError::Slot { slot: *slot, slots: self.shares.len() });
            };
            let blinded = decode_point(bytes).ok_or(EvaluateError::Point { position })?;
            points.push(AcceptedPoint { slot: *slot, blinded, share, key });
        }
        Ok(Accepted { keys: self, points })
    }

    /// Raises every blinded point to the slot's share and proves it, in one proof for the whole request.
    ///
    /// The quota is the caller's: see [`crate::quota::Quota`], and [`EpochKeys::accept`] for what comes before it. Answering
    /// the same request again is harmless, it gives the same points.
    ///
    /// # Errors
    /// As [`EpochKeys::accept`].
    pub fn evaluate(
        &self,
        request: &EvaluateRequest,
        rng: &mut impl CryptoRng,
    ) -> Result<EvaluateResponse, EvaluateError> {
        Ok(self.accept(request)?.evaluate(rng))
    }
}

/// A request that can be answered.
pub struct Accepted<'a> {
    keys: &'a EpochKeys,
    points: Vec<AcceptedPoint<'a>>,
}

struct AcceptedPoint<'a> {
    slot: SlotId,
    blinded: RistrettoPoint,
    share: &'a Scalar,
    key: &'a RistrettoPoint,
}

impl Accepted<'_> {
    /// The answer, as [`EpochKeys::evaluate`] gives it.
    pub fn evaluate(self, rng: &mut impl CryptoRng) -> EvaluateResponse {
        let mut groups: BTreeMap<SlotId, (SlotStatement, &Scalar)> = BTreeMap::new();
        let mut evaluations = Vec::with_capacity(self.points.len());
        for AcceptedPoint { slot, blinded, share, key } in self.points {
            let evaluated = blinded * share;
            evaluations.push(evaluated.compress().to_bytes());
            let (statement, _) =
                groups.entry(slot).or_insert_with(|| (SlotStatement::new(slot, *key), share));
            statement.pairs.push((blinded, evaluated));
        }
        let (statements, secrets): (Vec<_>, Vec<_>) = groups.into_values().unzip();
        let proof = dleq::prove(self.keys.epoch, self.keys.member, &statements, &secrets, rng);
        EvaluateResponse::new(self.keys.member, evaluations, proof)
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    use super::*;
    use crate::{
        committee::{Commitments, CommitteeParams, Merged, ShareKeyTable, Term, deal, lagrange_at_zero},
        oprf::{Fault, FaultReason, OprfError, blind},
        schema::Input,
    };

    fn interpolate(keys: &[&EpochKeys], slot: usize) -> Scalar {
        let members: Vec<_> = keys.iter().map(|keys| keys.member).collect();
        lagrange_at_zero(&members)
            .into_iter()
            .zip(keys)
            .map(|(lambda, keys)| lambda * keys.shares[slot])
            .sum()
    }

    #[test]
    fn any_t_shares_lie_on_one_polynomial_and_fewer_miss_the_key() {
        for (n, t) in [(2, 2), (3, 2), (4, 3), (5, 3), (7, 4)] {
            let params = CommitteeParams::new(n, t).unwrap();
            let seeds = deal(params, &mut ChaCha20Rng::seed_from_u64(u64::from(n)));
            let keys: Vec<_> = seeds.iter().map(|seeds| seeds.epoch_keys(9, 2).unwrap()).collect();
            let first: Vec<_> = keys.iter().take(usize::from(t)).collect();
            let key = interpolate(&first, 1);
            for mask in 1_u8..1 << n {
                let chosen: Vec<_> =
                    keys.iter().filter(|keys| mask >> (keys.member.get() - 1) & 1 == 1).collect();
                assert_eq!(
                    interpolate(&chosen, 1) == key,
                    mask.count_ones() >= u32::from(t),
                    "{n} {t} {mask:b}"
                );
            }
            assert_ne!(interpolate(&first, 0), key, "every slot has its own key");
        }
    }

    #[test]
    fn the_table_gives_every_member_the_share_key_of_its_share() {
        let params = CommitteeParams::new(5, 3).unwrap();
        let seeds = deal(params, &mut ChaCha20Rng::seed_from_u64(3));
        let partials: Vec<_> = seeds.iter().map(|seeds| seeds.partial_table(9, 3).unwrap()).collect();
        let commitments = Commitments::of_dealt(Term::new(9, 1, 3).unwrap(), &seeds).unwrap();
        let Merged { table, faults } = ShareKeyTable::merge(&commitments, 9, &partials).unwrap();
        assert!(faults.is_empty());
        for seeds in &seeds {
            let keys = seeds.epoch_keys(9, 3).unwrap();
            for (slot, key) in (0..).map(SlotId).zip(&keys.share_keys) {
                assert_eq!(table.share_key(keys.member, slot).as_ref(), Some(key));
            }
            assert_eq!(table.share_key(keys.member, SlotId(3)), None);
        }
    }

    /// The table and the keys of a committee of two whose shares of slot 0 are given. With subsets {1} and {2},
    /// R_1 = 2 * k_1 * G and R_2 = -k_2 * G.
    fn committee_of_two(shares: [Scalar; 2]) -> (ShareKeyTable, Vec<EpochKeys>) {
        let params = CommitteeParams::new(2, 2).unwrap();
        let points = [shares[0] * Scalar::from(2_u8), -shares[1]].map(|rho| RistrettoPoint::mul_base(&rho));
        let mut bytes = vec![1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1];
        points.iter().for_each(|point| bytes.extend_from_slice(point.compress().as_bytes()));
        let keys = params.all_members().zip(shares);
        let keys =
            keys.map(|(member, share)| EpochKeys::new(member, 9, Zeroizing::new(vec![share]))).collect();
        (ShareKeyTable::decode(&bytes).unwrap(), keys)
    }

    fn evaluate(table: &ShareKeyTable, keys: &[EpochKeys]) -> Result<Vec<Fault>, OprfError> {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let input = Input { slot: SlotId(0), value: "x".to_owned() };
        let pending = blind([0; 32], 9, &[input], &mut rng).unwrap();
        let mut answer =
            |keys: &EpochKeys| (keys.member, keys.evaluate(pending.request(), &mut rng).unwrap());
        let answers: Vec<_> = keys.iter().map(&mut answer).collect();
        pending.finish(table, &answers).map(|evaluated| evaluated.faults)
    }

    #[test]
    fn a_member_whose_share_is_not_the_published_one_is_named() {
        let shares = [Scalar::from(11_u8), Scalar::from(13_u8)];
        let (table, mut keys) = committee_of_two(shares);
        assert_eq!(evaluate(&table, &keys), Ok(vec![]));
        keys[1].shares[0] = Scalar::from(14_u8);
        let with_published_key = evaluate(&table, &keys);
        keys[1].share_keys[0] = RistrettoPoint::mul_base(&Scalar::from(14_u8));
        let with_own_key = evaluate(&table, &keys);
        let faults = vec![Fault { member: keys[1].member, reason: FaultReason::Proof }];
        let expected = Err(OprfError::TooFew { valid: 1, needed: 2, faults });
        assert_eq!(with_published_key, expected);
        assert_eq!(with_own_key, expected);
    }

    #[test]
    fn a_key_of_zero_is_refused() {
        // On the line through (1, 1) and (2, 2).
        let (table, keys) = committee_of_two([Scalar::ONE, Scalar::from(2_u8)]);
        assert_eq!(evaluate(&table, &keys), Err(OprfError::ZeroKey { slot: SlotId(0) }));
    }
}
