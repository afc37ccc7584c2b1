//! What agreements owe an account.

use bithive_api::escrow::{AgreementResponse, Approver, Phase};
use bithive_chain::ChainError;
use bithive_economics::Cuts;

use super::paid_in::PaidIn;
use super::{Claimable, EconomyClient, Source};
use crate::escrow::{Escrow, EscrowStep};

/// Most agreements that one claim advances or has refunded in a token or coin: anybody can make agreements of a unit for anybody, and a claim
/// must not cost more for them than it pays. Those that bring the most come first.
const MOST_AGREEMENTS: usize = 16;

impl EconomyClient {
    /// One entry for each token and coin: credits, what passed deadlines bring the account, and its part of what contributors are refunded.
    pub(super) async fn due_agreements(
        &self,
        owner: &str,
        (now, coin): (u64, &str),
        entries: &mut Vec<Claimable>,
    ) -> Result<bool, ChainError> {
        let Ok(escrow) = Escrow::new(self.client().clone()) else { return Ok(true) };
        let (agreements, given) = (escrow.of(owner).await?, escrow.contributions(owner).await?);
        let assets = agreements.entries.iter().map(|agreement| &agreement.asset);
        let assets = assets.chain(given.entries.iter().filter_map(|given| given.asset.as_ref()));
        let (paid_in, all) = PaidIn::among(coin, assets);
        let mut complete = agreements.complete && given.complete && all;
        for paid_in in paid_in {
            let credit = escrow.claimable(owner, paid_in.asset(self)).await?;
            let advanced = agreements
                .entries
                .iter()
                .filter(|agreement| paid_in.is(self, &agreement.asset))
                .filter_map(|agreement| brings(agreement, owner, now));
            let refunded = given
                .entries
                .iter()
                .filter(|given| !given.refundable.is_zero())
                .filter(|given| given.asset.as_ref().is_some_and(|asset| paid_in.is(self, asset)))
                .map(|given| (given.refundable.u128(), EscrowStep::Refund(given.id)));
            let mut due: Vec<_> = advanced.chain(refunded).collect();
            due.sort_by_key(|(amount, _)| core::cmp::Reverse(*amount));
            complete &= due.len() <= MOST_AGREEMENTS;
            due.truncate(MOST_AGREEMENTS);
            let amount = due.iter().fold(credit, |sum, (amount, _)| sum.saturating_add(*amount));
            let mut entry = Claimable::paid_in(Source::Escrow, None, &paid_in, amount);
            entry.escrow_steps = due.into_iter().map(|(_, step)| step).collect();
            entries.push(entry);
        }
        Ok(complete)
    }
}

/// What moving an agreement on credits the account with, if its deadline has passed and it does. What a crowd's vote decides is left to
/// the crowd.
fn brings(agreement: &AgreementResponse, owner: &str, now: u64) -> Option<(u128, EscrowStep)> {
    let (releases, until) = match (&agreement.phase, &agreement.approver) {
        (Phase::Submitted { until }, Approver::Payer { .. } | Approver::Contributors {}) => (true, until),
        (
            Phase::Active { until }
            | Phase::Submitted { until }
            | Phase::Rejected { until }
            | Phase::Disputed { until },
            _,
        ) => (false, until),
        _ => return None,
    };
    if now <= *until {
        return None;
    }
    let amount = if releases {
        share(agreement, owner)?
    } else if agreement.crowd.is_none() && agreement.opener.as_str() == owner {
        agreement.left.u128()
    } else {
        0
    };
    (amount > 0).then_some((amount, EscrowStep::Advance(agreement.id)))
}

/// The account's share of the present milestone.
fn share(agreement: &AgreementResponse, owner: &str) -> Option<u128> {
    let shares: Vec<u16> = agreement.payees.iter().map(|payee| payee.bps).collect();
    let index = agreement.payees.iter().position(|payee| payee.address.as_str() == owner)?;
    let present = agreement.milestones.get(usize::from(agreement.milestone.checked_sub(1)?))?;
    let parts = Cuts::whole(&shares).ok()?.parts_and_rest_to_first(present.amount.u128());
    parts.get(index).copied()
}

#[cfg(test)]
mod tests {
    use bithive_api::asset::Asset;
    use bithive_api::escrow::{CrowdResponse, Milestone, Payee};
    use cosmwasm_std::Addr;

    use super::*;

    fn agreement(phase: Phase, approver: Approver<Addr>) -> AgreementResponse {
        let payee = |name: &str, bps| Payee { address: Addr::unchecked(name), bps };
        let milestone = |amount: u128| Milestone { amount: amount.into(), due: 9, review: 9 };
        AgreementResponse {
            id: 3,
            opener: Addr::unchecked("payer"),
            crowd: None,
            payees: vec![payee("payee", 5_000), payee("other", 5_000)],
            asset: Asset::Cw20(Addr::unchecked("btt")),
            milestones: vec![milestone(31), milestone(70)],
            approver,
            text: None,
            milestone: 1,
            phase,
            submissions: 1,
            approving: 0u128.into(),
            refusing: 0u128.into(),
            left: 101u128.into(),
        }
    }

    const ALONE: Approver<Addr> = Approver::Payer { arbiter: None };

    #[test]
    fn silence_brings_payees_their_shares_and_what_did_not_come_the_payer_what_is_left() {
        let step = EscrowStep::Advance(3);
        let submitted = agreement(Phase::Submitted { until: 5 }, ALONE);
        assert_eq!(brings(&submitted, "payee", 6), Some((16, step)));
        assert_eq!(brings(&submitted, "other", 6), Some((15, step)));
        assert_eq!((brings(&submitted, "payee", 5), brings(&submitted, "payer", 6)), (None, None));
        for phase in [Phase::Active { until: 5 }, Phase::Rejected { until: 5 }, Phase::Disputed { until: 5 }]
        {
            let late = agreement(phase, ALONE);
            assert_eq!(brings(&late, "payer", 6), Some((101, step)));
            assert_eq!((brings(&late, "payer", 5), brings(&late, "payee", 6)), (None, None));
        }
        let signers = Approver::Signers { signers: vec![], needed: 1 };
        let silent = agreement(Phase::Submitted { until: 5 }, signers);
        assert_eq!((brings(&silent, "payer", 6), brings(&silent, "payee", 6)), (Some((101, step)), None));
    }

    #[test]
    fn who_asked_a_crowd_is_not_brought_its_money() {
        let crowd = CrowdResponse { goal: 101u128.into(), raised: 101u128.into(), contributors: 2 };
        let late = agreement(Phase::Active { until: 5 }, Approver::Contributors {});
        let late = AgreementResponse { crowd: Some(crowd), ..late };
        assert_eq!(brings(&late, "payer", 6), None);
        let voting = agreement(Phase::Voting { until: 5 }, Approver::Contributors {});
        assert_eq!(brings(&voting, "payee", 6), None);
    }
}
