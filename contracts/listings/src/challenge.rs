//! How a challenge begins, and how a named ruler decides on it.

use bithive_api::listings::{Event, Ruler, State, Verdict, limits};
use bithive_contract_kit::input::{exactly, within};
use bithive_contract_kit::ledger::{AssetLedger, Ledger};
use bithive_economics::challenge::{doublings, stake};
use cosmwasm_std::{Empty, Env, HexBinary, Response, Storage, Uint128};

use crate::payment::Payment;
use crate::seats::LEAST_SEATED;
use crate::state::{
    CHALLENGES, CONFIG, Challenge, NEXT_CHALLENGE, OF_PARTY, challenge_of, expect_unchallenged, listing,
};
use crate::{ContractError, pool, verdict};

/// What a challenger says.
pub(crate) struct Claim {
    pub(crate) revision: u32,
    pub(crate) evidence: HexBinary,
    pub(crate) uri: String,
}

pub(crate) fn begin(
    storage: &mut dyn Storage,
    env: &Env,
    payment: Payment,
    id: u64,
    claim: Claim,
) -> Result<Response, ContractError> {
    let listing = listing(storage, id)?;
    let now = env.block.time.seconds();
    expect_unchallenged(storage, id)?;
    match listing.state {
        State::Removed => return Err(ContractError::NotActive { id }),
        State::Leaving { ends } if now > ends => return Err(ContractError::Over { id, ends, now }),
        State::Active | State::Leaving { .. } => {}
    }
    within("revision", claim.revision.into(), 1..=listing.revision.into())?;
    let terms = listing.terms(storage)?;
    payment.expect_in(&listing.asset)?;
    let doublings = doublings(listing.challenged, now);
    let price = stake(terms.bond.u128(), doublings).ok_or(ContractError::Numbers)?;
    exactly("the bond of a challenge of this listing now", payment.amount, price.into())?;
    let round = match &terms.ruler {
        Ruler::Named(_) => None,
        Ruler::Jurors(name) => {
            let found = pool::pool(storage, name)?.seated();
            if found < LEAST_SEATED {
                return Err(ContractError::FewJurors { category: name.clone(), found });
            }
            Some(next_round(storage, now)?)
        }
    };
    let number = NEXT_CHALLENGE.may_load(storage)?.unwrap_or(1);
    NEXT_CHALLENGE.save(storage, &number.saturating_add(1))?;
    AssetLedger::new(&listing.asset).deposit(storage, payment.amount)?;
    OF_PARTY.save(storage, (&payment.from, id), &Empty {})?;
    let deadline = now.saturating_add(terms.ruling_seconds);
    let Payment { from: challenger, asset, amount } = payment;
    let Claim { revision, evidence, uri } = claim;
    let open = Challenge {
        number,
        challenger: challenger.clone(),
        bond: amount,
        doublings,
        revision,
        evidence: evidence.clone(),
        uri,
        opened: now,
        deadline,
        round,
        jurors: vec![],
    };
    CHALLENGES.save(storage, id, &open)?;
    let challenge = number;
    let event =
        Event::Challenged { id, challenge, revision, challenger, asset, amount, evidence, deadline, round };
    Ok(Response::new().add_event(event))
}

/// The first round that nobody can know at the time of this block.
pub(crate) fn next_round(storage: &dyn Storage, now: u64) -> Result<u64, ContractError> {
    let network = CONFIG.load(storage)?.network()?;
    Ok(network.first_round_after(now.saturating_add(limits::DRAW_MARGIN_SECONDS))?)
}

/// The named ruler's decision.
pub(crate) fn rule(
    storage: &mut dyn Storage,
    env: &Env,
    id: u64,
    number: u64,
    upheld: bool,
) -> Result<Response, ContractError> {
    let open = challenge_of(storage, id, number)?;
    expect_time(id, open.deadline, env.block.time.seconds())?;
    let verdict = if upheld { Verdict::Upheld } else { Verdict::Rejected };
    verdict::close(storage, env, id, open, verdict)
}

/// What a challenge of a listing costs now.
pub(crate) fn price(listing: &crate::state::Listing, bond: Uint128, now: u64) -> Uint128 {
    stake(bond.u128(), doublings(listing.challenged, now)).map_or(Uint128::MAX, Uint128::new)
}

/// Refuses a decision after the deadline, when the challenge is anybody's to end.
pub(crate) fn expect_time(id: u64, deadline: u64, now: u64) -> Result<(), ContractError> {
    if now <= deadline { Ok(()) } else { Err(ContractError::TooLate { id, deadline, now }) }
}
