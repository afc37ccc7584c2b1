//! What flows owe an account.

use bithive_api::flows::{FlowResponse, Terms};
use bithive_chain::ChainError;

use super::paid_in::PaidIn;
use super::{Claimable, EconomyClient, Source};
use crate::flows::{FlowStep, Flows};

/// Most flows that one claim settles or finishes in a token or coin: anybody can open flows of a unit for anybody, and a claim must not cost
/// more for them than it pays. Those that bring the most come first.
const MOST_FLOWS: usize = 16;

impl EconomyClient {
    /// One entry for each token and coin: credits, what is due of flows by time, and what is left of the account's own flows that are over. What becomes
    /// due later is not listed: until then it is the payer's, who may close the flow.
    pub(super) async fn due_flows(
        &self,
        owner: &str,
        (now, coin): (u64, &str),
        entries: &mut Vec<Claimable>,
    ) -> Result<bool, ChainError> {
        let Ok(flows) = Flows::new(self.client().clone()) else { return Ok(true) };
        let mut found = flows.of(owner).await?;
        let (paid_in, all) = PaidIn::among(coin, found.entries.iter().map(|flow| &flow.asset));
        found.complete &= all;
        for paid_in in paid_in {
            let credit = flows.claimable(owner, paid_in.asset(self)).await?;
            let mut due: Vec<_> = found
                .entries
                .iter()
                .filter(|flow| paid_in.is(self, &flow.asset))
                .filter_map(|flow| brings(flow, owner, now))
                .collect();
            due.sort_by_key(|(amount, _)| core::cmp::Reverse(*amount));
            found.complete &= due.len() <= MOST_FLOWS;
            due.truncate(MOST_FLOWS);
            let amount = due.iter().fold(credit, |sum, (amount, _)| sum.saturating_add(*amount));
            let mut entry = Claimable::paid_in(Source::Flows, None, &paid_in, amount);
            entry.steps = due.into_iter().map(|(_, step)| step).collect();
            entries.push(entry);
        }
        Ok(found.complete)
    }
}

/// What a step of a flow credits the account with, if it does.
fn brings(flow: &FlowResponse, owner: &str, now: u64) -> Option<(u128, FlowStep)> {
    let (id, left) = (flow.id, flow.deposit.saturating_sub(flow.paid).saturating_sub(flow.due));
    let over = matches!(flow.terms, Terms::Vouchers { .. }) && now > flow.ends;
    let (amount, step) = if flow.payee.as_str() == owner {
        (flow.due, FlowStep::Settle(id))
    } else if flow.payer.as_str() == owner && over {
        (left, FlowStep::Finish(id))
    } else {
        return None;
    };
    (!amount.is_zero()).then_some((amount.u128(), step))
}

#[cfg(test)]
mod tests {
    use bithive_api::asset::Asset;
    use bithive_api::flows::Key;
    use cosmwasm_std::Addr;

    use super::*;

    fn flow(terms: Terms) -> FlowResponse {
        FlowResponse {
            id: 3,
            payer: Addr::unchecked("payer"),
            payee: Addr::unchecked("payee"),
            asset: Asset::Cw20(Addr::unchecked("btt")),
            terms,
            transferable: true,
            start: 0,
            deposit: 100u128.into(),
            paid: 30u128.into(),
            due: 20u128.into(),
            ends: 1_000,
            closing: false,
        }
    }

    #[test]
    fn a_payee_is_brought_what_is_due_and_a_payer_what_is_left_when_vouchers_have_ended() {
        let rate = flow(Terms::Rate { amount: 10u128.into(), step: 60, advance: 0 });
        assert_eq!(brings(&rate, "payee", 5), Some((20, FlowStep::Settle(3))));
        assert_eq!(brings(&rate, "payer", 5_000), None);
        let key = Key::Ed25519([1; 32].into());
        let by_vouchers = Terms::Vouchers { key, notice: 3_600, ends: 1_000 };
        let vouchers = FlowResponse { due: 0u128.into(), ..flow(by_vouchers) };
        assert_eq!(brings(&vouchers, "payee", 5_000), None);
        assert_eq!(brings(&vouchers, "payer", 1_000), None);
        assert_eq!(brings(&vouchers, "payer", 1_001), Some((70, FlowStep::Finish(3))));
        let empty = FlowResponse { paid: 100u128.into(), ..vouchers };
        assert_eq!(brings(&empty, "payer", 1_001), None);
        assert_eq!(brings(&rate, "stranger", 5_000), None);
    }
}
