//! The agreement of the `escrow` contract that holds the asset of an order.

use bithive_api::asset::Asset;
use bithive_api::escrow::{AgreementResponse, Approver, Milestone, Payee, Phase, Terms, limits};
use cosmwasm_std::Addr;

use crate::order::{Order, OrderError};

/// Of seller, buyer and arbiter two release: an arbiter alone does nothing, and neither does who is paid.
const NEEDED: u8 = 2;
/// The whole of an amount, in basis points.
const WHOLE: u16 = 10_000;

/// The terms of an order's agreement, which its seller makes.
///
/// # Errors
/// [`OrderError`].
pub fn terms(order: &Order) -> Result<Terms, OrderError> {
    order.check()?;
    let signers = [order.seller(), order.buyer(), &order.arbiter].map(Into::into).into();
    Ok(Terms {
        payees: vec![Payee { address: order.buyer().into(), bps: WHOLE }],
        milestones: vec![Milestone {
            amount: order.amount,
            due: order.due(),
            review: limits::RULING_SECONDS,
        }],
        approver: Approver::Signers { signers, needed: NEEDED },
        text: Some(order.digest()?.0.into()),
    })
}

/// Why an agreement is not that of an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The order is none.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// Something is another than the order says.
    #[error("agreement {id} is not that of the order: {what} differ; do not pay, and ask for another one")]
    Differs {
        /// Number of the agreement.
        id: u64,
        /// What of it differs.
        what: &'static str,
    },
    /// It does not hold all of the amount any more.
    #[error("agreement {id} holds {found} base units; expected all of {expected}")]
    Spent {
        /// Number of the agreement.
        id: u64,
        /// What it holds.
        found: u128,
        /// What the order says.
        expected: u128,
    },
}

/// Whether an agreement is exactly that of an order, and holds all of its amount.
///
/// # Errors
/// [`Mismatch`].
pub fn expect_agreement(order: &Order, agreement: &AgreementResponse) -> Result<(), Mismatch> {
    let (expected, id) = (terms(order)?, agreement.id);
    let text = |address: &Addr| address.to_string();
    let payees: Vec<_> = agreement
        .payees
        .iter()
        .map(|payee| Payee { address: text(&payee.address), bps: payee.bps })
        .collect();
    let approver = match &agreement.approver {
        Approver::Signers { signers, needed } => {
            Some(Approver::Signers { signers: signers.iter().map(text).collect(), needed: *needed })
        }
        Approver::Payer { .. } | Approver::Preimage { .. } | Approver::Contributors {} => None,
    };
    let asset = match &agreement.asset {
        Asset::Native(denom) => Asset::Native(denom.clone()),
        Asset::Cw20(token) => Asset::Cw20(text(token)),
    };
    let parts = [
        ("the digests of the order", agreement.text == expected.text),
        ("who has put it in", agreement.opener.as_str() == order.seller() && agreement.crowd.is_none()),
        ("who is paid", payees == expected.payees),
        ("the assets", asset == order.asset),
        ("amounts or times", agreement.milestones == expected.milestones),
        ("who releases it", approver == Some(expected.approver)),
    ];
    if let Some((what, _)) = parts.into_iter().find(|(_, same)| !same) {
        return Err(Mismatch::Differs { id, what });
    }
    let (found, expected) = (agreement.left.u128(), order.amount.u128());
    if found == expected { Ok(()) } else { Err(Mismatch::Spent { id, found, expected }) }
}

/// Until when the payment of an order may be ordered at a bank, in Unix seconds: later ones could be booked, or held, when the asset is
/// refunded already, and one side would have both. None where nobody waits for a payment any more.
#[must_use]
pub fn pay_by(order: &Order, agreement: &AgreementResponse) -> Option<u64> {
    match agreement.phase {
        Phase::Active { until } => until.checked_sub(order.after_payment()),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::order::tests::order;

    /// What the contract has of an order.
    pub(crate) fn agreement(order: &Order) -> AgreementResponse {
        let terms = terms(order).unwrap();
        let Approver::Signers { signers, needed } = terms.approver else { panic!("signers") };
        let signers = signers.into_iter().map(Addr::unchecked).collect();
        let Asset::Native(denom) = &order.asset else { panic!("a native coin") };
        AgreementResponse {
            id: 7,
            opener: Addr::unchecked(order.seller()),
            crowd: None,
            payees: vec![Payee { address: Addr::unchecked(order.buyer()), bps: 10_000 }],
            asset: Asset::Native(denom.clone()),
            milestones: terms.milestones,
            approver: Approver::Signers { signers, needed },
            text: terms.text,
            milestone: 1,
            phase: Phase::Active { until: 10_000_000 },
            submissions: 0,
            approving: 0u128.into(),
            refusing: 0u128.into(),
            left: order.amount,
        }
    }

    #[test]
    fn the_agreement_of_an_order_is_recognised_and_every_change_is_named() {
        let order = order();
        let right = agreement(&order);
        assert_eq!(expect_agreement(&order, &right), Ok(()));
        let milestone = |amount: u128, due| {
            vec![Milestone { amount: amount.into(), due, review: limits::RULING_SECONDS }]
        };
        let wrong = [
            ("the digests of the order", AgreementResponse { text: None, ..right.clone() }),
            ("who has put it in", AgreementResponse { opener: Addr::unchecked("customer"), ..right.clone() }),
            ("who is paid", AgreementResponse { payees: vec![], ..right.clone() }),
            ("the assets", AgreementResponse { asset: Asset::Native("dust".into()), ..right.clone() }),
            (
                "amounts or times",
                AgreementResponse { milestones: milestone(99, order.due()), ..right.clone() },
            ),
            (
                "amounts or times",
                AgreementResponse { milestones: milestone(100, order.due() - 1), ..right.clone() },
            ),
            (
                "who releases it",
                AgreementResponse { approver: Approver::Payer { arbiter: None }, ..right.clone() },
            ),
            (
                "who releases it",
                AgreementResponse {
                    approver: Approver::Signers { signers: vec![Addr::unchecked("agent")], needed: 1 },
                    ..right.clone()
                },
            ),
        ];
        for (what, agreement) in wrong {
            assert_eq!(expect_agreement(&order, &agreement), Err(Mismatch::Differs { id: 7, what }));
        }
        let spent = AgreementResponse { left: 99u128.into(), ..right };
        assert_eq!(
            expect_agreement(&order, &spent),
            Err(Mismatch::Spent { id: 7, found: 99, expected: 100 })
        );
    }

    #[test]
    fn a_payment_is_ordered_while_there_is_time_to_book_hold_and_release_it() {
        let order = order();
        let right = agreement(&order);
        assert_eq!(pay_by(&order, &right), Some(10_000_000 - order.after_payment()));
        let submitted = AgreementResponse { phase: Phase::Submitted { until: 10_000_000 }, ..right };
        assert_eq!(pay_by(&order, &submitted), None);
    }
}
