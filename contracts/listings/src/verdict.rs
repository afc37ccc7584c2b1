//! How a challenge ends: who loses pays, and every juror of the case is free of it.

use bithive_api::listings::{Event, State, Verdict, limits};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use bithive_economics::challenge::{Division, divide, silence};
use cosmwasm_std::{Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::listing::{cut, remove, remove_if_empty};
use crate::state::{CHALLENGES, CONFIG, Challenge, Juror, LISTINGS, Listing, OF_PARTY, challenge, listing};

/// Votes that decide: more than half of all jurors, so that few votes among silent ones decide nothing.
pub const MAJORITY: usize = limits::JURORS / 2 + 1;

/// Ends a challenge whose jurors have all voted, or whose deadline has passed, on anybody's message.
pub(crate) fn advance(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let open = challenge(storage, id)?;
    let (now, deadline) = (env.block.time.seconds(), open.deadline);
    let voted = !open.jurors.is_empty() && open.jurors.iter().all(|juror| juror.upheld.is_some());
    if now <= deadline && !voted {
        return Err(ContractError::Open { id, deadline, now });
    }
    let verdict = count(&open.jurors);
    close(storage, env, id, open, verdict)
}

/// What a majority of all jurors has said.
fn count(jurors: &[Juror]) -> Verdict {
    let votes = |upheld| jurors.iter().filter(|juror| juror.upheld == Some(upheld)).count();
    if votes(true) >= MAJORITY {
        Verdict::Upheld
    } else if votes(false) >= MAJORITY {
        Verdict::Rejected
    } else {
        Verdict::Unruled
    }
}

/// Ends a challenge with a verdict.
pub(crate) fn close(
    storage: &mut dyn Storage,
    env: &Env,
    id: u64,
    open: Challenge,
    verdict: Verdict,
) -> Result<Response, ContractError> {
    CHALLENGES.remove(storage, id);
    let mut response = Response::new();
    for juror in &open.jurors {
        response = response.add_events(release_juror(storage, id, juror)?);
    }
    let mut listing = listing(storage, id)?;
    let now = env.block.time.seconds();
    if open.challenger != listing.owner {
        OF_PARTY.remove(storage, (&open.challenger, id));
    }
    listing.challenged = Some((open.doublings, now));
    if verdict == Verdict::Unruled {
        listing.unruled = listing.unruled.saturating_add(1);
    }
    match &mut listing.state {
        // While challenged its clock stood still: an accomplice's challenge does not use up the time that others have. Without a
        // ruling it ran on: with a ruler that is silent for good, free challenges would hold the bond for ever.
        State::Leaving { ends } if verdict != Verdict::Unruled => {
            *ends = ends.saturating_add(now.saturating_sub(open.opened));
        }
        _ => {}
    }
    response = response.add_event(settle(storage, id, &mut listing, &open, verdict)?);
    if verdict == Verdict::Upheld {
        response = response.add_event(remove(storage, id, &mut listing)?);
    }
    response = response.add_events(remove_if_empty(storage, id, &mut listing)?);
    LISTINGS.save(storage, id, &listing)?;
    Ok(response)
}

/// Divides the bond of who lost, and gives the challenger's bond back to a challenger that did not lose.
fn settle(
    storage: &mut dyn Storage,
    id: u64,
    listing: &mut Listing,
    open: &Challenge,
    verdict: Verdict,
) -> Result<Event, ContractError> {
    let mut release = Release::default();
    let (lost, winner) = match verdict {
        Verdict::Upheld => (core::mem::take(&mut listing.bond), &open.challenger),
        Verdict::Rejected => (open.bond, &listing.owner),
        Verdict::Unruled => (Uint128::zero(), &open.challenger),
    };
    if verdict != Verdict::Rejected {
        release.add(&open.challenger, open.bond)?;
    }
    let decided = Some(verdict == Verdict::Upheld);
    let majority: Vec<_> = match verdict {
        Verdict::Unruled => vec![],
        _ => open.jurors.iter().filter(|juror| juror.upheld == decided).collect(),
    };
    let count = u32::try_from(majority.len()).map_err(|_| ContractError::Numbers)?;
    let Division { winner: won, juror, treasury } = divide(lost.u128(), count);
    release.add(winner, won.into())?;
    for member in majority {
        release.add(&member.juror, juror.into())?;
    }
    release.add(&CONFIG.load(storage)?.treasury, treasury.into())?;
    AssetLedger::new(&listing.asset).release(storage, release)?;
    let (won, juror, treasury) = (won.into(), juror.into(), treasury.into());
    Ok(Event::Closed { id, challenge: open.number, verdict, lost, won, juror, treasury })
}

/// Frees a juror of a case, for a tenth of its bond if it did not vote. What it loses is nobody's gain but the treasury's, so
/// that no party and no other juror gains by keeping it from voting.
fn release_juror(storage: &mut dyn Storage, case: u64, juror: &Juror) -> Result<Vec<Event>, ContractError> {
    OF_PARTY.remove(storage, (&juror.juror, case));
    let mut own = listing(storage, juror.id)?;
    own.cases = own.cases.saturating_sub(1);
    let mut events = vec![];
    if juror.upheld.is_none() {
        let bond = own.terms(storage)?.bond;
        let amount = silence(bond.u128(), own.bond.u128());
        let amount = cut(storage, &mut own, amount.into())?;
        let (bond, name) = (own.bond, juror.juror.clone());
        events.push(Event::Silent { id: juror.id, case, juror: name, amount, bond });
        events.extend(remove_if_empty(storage, juror.id, &mut own)?);
    }
    LISTINGS.save(storage, juror.id, &own)?;
    Ok(events)
}
