//! One evaluation: checked in full, charged on disk, then computed.

use bithive_blindmatch::committee::MemberSeeds;
use bithive_blindmatch::oprf::{EvaluateRequest, EvaluateResponse};
use rand_core::CryptoRng;

use crate::ledger::{Ledger, Refusal};

/// Answers a request of an account that may have `limit` evaluations of a slot in its epoch. It computes and waits for the disk: not
/// for a thread that others wait for.
///
/// Whatever ends the program after the charge, the same request is answered by the next one without another.
pub(crate) fn answer(
    ledger: &Ledger,
    seeds: &MemberSeeds,
    slots: u16,
    (who, limit): (&str, u16),
    request: &EvaluateRequest,
    rng: &mut impl CryptoRng,
) -> Result<EvaluateResponse, Refusal> {
    let keys = seeds.epoch_keys(request.epoch(), slots).map_err(|error| error.to_string())?;
    // What is refused is refused here, and costs nothing.
    let accepted = keys.accept(request).map_err(|error| error.to_string())?;
    ledger.charge(who, request, limit)?;
    Ok(accepted.evaluate(rng))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use bithive_blindmatch::committee::{CommitteeParams, deal};
    use bithive_blindmatch::oprf::{PendingEvaluation, blind};
    use bithive_blindmatch::schema::{Input, SlotId};
    use bithive_state::State;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{SeedableRng, TryCryptoRng, TryRng};

    use super::*;

    /// A generator at whose first use the program ends.
    struct Crash;

    impl TryRng for Crash {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            panic!("the program ends")
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            panic!("the program ends")
        }
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
            panic!("the program ends")
        }
    }

    impl TryCryptoRng for Crash {}

    fn rng(seed: u64) -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(seed)
    }

    fn pending(value: &str, seed: u64) -> PendingEvaluation {
        let input = Input { slot: SlotId(1), value: value.to_owned() };
        blind([0; 32], 7, &[input], &mut rng(seed)).unwrap()
    }

    #[test]
    fn a_program_that_ends_between_charge_and_answer_costs_the_asker_nothing_and_gives_nobody_another_value()
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("member");
        let seeds = deal(CommitteeParams::new(3, 2).unwrap(), &mut rng(1)).swap_remove(0);
        let (asked, other) = (pending("eu", 1), pending("ch", 2));
        {
            let ledger = Ledger::new(State::open(&path).unwrap());
            let ended = catch_unwind(AssertUnwindSafe(|| {
                answer(&ledger, &seeds, 3, ("a", 1), asked.request(), &mut Crash)
            }));
            assert!(ended.is_err(), "it is charged before it is computed");
        }
        let ledger = Ledger::new(State::open(&path).unwrap());
        let refused = answer(&ledger, &seeds, 3, ("a", 1), other.request(), &mut rng(3)).unwrap_err();
        assert!(matches!(refused, Refusal::OverQuota(_)), "{refused:?}");
        for _ in 0..2 {
            answer(&ledger, &seeds, 3, ("a", 1), asked.request(), &mut rng(3)).unwrap();
        }
    }

    #[test]
    fn what_can_not_be_answered_is_not_charged() {
        let state = State::in_memory().unwrap();
        let ledger = Ledger::new(state.clone());
        let seeds = deal(CommitteeParams::new(3, 2).unwrap(), &mut rng(1)).swap_remove(0);
        let mut no_point = pending("eu", 1).request().encode();
        no_point[13..45].fill(0xff);
        let no_point = EvaluateRequest::decode(&no_point).unwrap();
        assert!(answer(&ledger, &seeds, 3, ("a", 1), &no_point, &mut rng(3)).is_err());
        assert!(answer(&ledger, &seeds, 1, ("a", 1), pending("eu", 1).request(), &mut rng(3)).is_err());
        assert_eq!(state.names("").unwrap(), [""; 0]);
    }
}
