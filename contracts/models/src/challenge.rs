//! Challenges: what somebody else says, how it is ruled on, and what happens when nobody rules.

use bithive_api::models::{Card, Ending, Event, Ruling, limits};
use bithive_contract_kit::input::text;
use bithive_contract_kit::ledger::{Ledger as _, Release};
use cosmwasm_std::{Addr, DepsMut, Env, HexBinary, Response, StdResult, Storage, Uint128};

use crate::ContractError;
use crate::card::checked;
use crate::state::{CONFIG, Challenge, Claim, MODELS, Model, with_ledger};

/// Also of a model that its owner leaves: its bond is still there to be lost.
pub(crate) fn challenge(
    deps: DepsMut<'_>,
    env: &Env,
    challenger: Addr,
    model: HexBinary,
    claim: Option<Card>,
    reason: String,
) -> Result<Response, ContractError> {
    text("the reason", &reason, limits::MAX_TEXT)?;
    let mut registration = Model::load(deps.storage, &model)?;
    if registration.owner == challenger {
        return Err(ContractError::OwnChallenge { model: model.to_hex(), owner: challenger.into() });
    }
    if let Some(Challenge { until, .. }) = registration.challenge {
        return Err(ContractError::Challenged { model: model.to_hex(), until });
    }
    let claim = claim.map(|card| checked(&deps, env, &challenger, card)).transpose()?;
    let (params, since) = (CONFIG.load(deps.storage)?.params, env.block.time.seconds());
    let (deposit, until) = (params.bond, since.saturating_add(params.ruling_seconds));
    let event = Event::Challenged {
        model: model.clone(),
        owner: registration.owner.clone(),
        challenger: challenger.clone(),
        deposit,
        until,
    };
    registration.challenge = Some(Challenge { challenger, deposit, claim, reason, since, until });
    MODELS.save(deps.storage, &model, &registration)?;
    Ok(Response::new().add_event(event))
}

/// Whoever is wrong loses its money, half to who is right: to challenge oneself costs half a bond.
pub(crate) fn rule(
    storage: &mut dyn Storage,
    env: &Env,
    model: HexBinary,
    ruling: Ruling,
) -> Result<Response, ContractError> {
    let mut registration = Model::load(storage, &model)?;
    let missing = || ContractError::NoChallenge { model: model.to_hex() };
    let challenge = registration.challenge.take().ok_or_else(missing)?;
    let (now, until) = (env.block.time.seconds(), challenge.until);
    if now > until {
        return Err(ContractError::TooLate { model: model.to_hex(), until, now });
    }
    let Challenge { challenger, deposit, claim, .. } = challenge;
    let (bond, registrant) = (registration.bond, registration.owner.clone());
    let (credits, forfeited, next) = match ruling {
        Ruling::Registrant => {
            let (won, lost) = halves(deposit)?;
            // In force from now on: what was challenged and held needs no further notice.
            registration.in_force_at = registration.in_force_at.min(now);
            (vec![(registrant.clone(), won)], lost, Some(registration))
        }
        Ruling::Challenger => {
            let (won, lost) = halves(bond)?;
            match claim {
                // Its deposit is the bond from now on.
                Some(Claim { receiver, text }) => {
                    let owner = challenger.clone();
                    let next = Model {
                        owner,
                        receiver,
                        text,
                        bond: deposit,
                        registered_at: now,
                        in_force_at: now,
                        leaving: None,
                        challenge: None,
                    };
                    (vec![(challenger, won)], lost, Some(next))
                }
                None => (vec![(challenger, deposit.checked_add(won)?)], lost, None),
            }
        }
        Ruling::Neither => (vec![], bond.checked_add(deposit)?, None),
    };
    let owner = next.as_ref().map(|model| model.owner.clone());
    let mut response = Response::new().add_event(Event::Ruled {
        model: model.clone(),
        ruling,
        owner: owner.clone(),
        forfeited,
    });
    match next {
        Some(next) => MODELS.save(storage, &model, &next)?,
        None => {
            MODELS.remove(storage, &model);
            response = response.add_event(Event::Removed { model, owner: registrant, ending: Ending::Ruled });
        }
    }
    let treasury = CONFIG.load(storage)?.treasury;
    let paid = with_ledger(storage, |ledger, storage| -> StdResult<_> {
        let mut release = Release::default();
        for (account, amount) in credits.iter().chain([&(treasury.clone(), forfeited)]) {
            release.add(account, *amount)?;
        }
        ledger.release(storage, release)?;
        ledger.pay(storage, &treasury)
    })?;
    Ok(response.add_messages(paid.map(|(_, message)| message)))
}

/// The winner's half and the treasury's, which has the odd unit.
fn halves(amount: Uint128) -> Result<(Uint128, Uint128), ContractError> {
    let won = amount.checked_div(Uint128::new(2)).map_err(cosmwasm_std::StdError::from)?;
    Ok((won, amount.checked_sub(won)?))
}

/// Without a ruling nobody is paid another's money. What was not in force when it was challenged does not come into force by
/// silence; what was in force remains.
pub(crate) fn close(
    storage: &mut dyn Storage,
    env: &Env,
    model: HexBinary,
) -> Result<Response, ContractError> {
    let mut registration = Model::load(storage, &model)?;
    let now = env.block.time.seconds();
    let ended = |until: u64| match now > until {
        true => Ok(()),
        false => Err(ContractError::TooEarly { model: model.to_hex(), until, now }),
    };
    if let Some(challenge) = registration.challenge.take() {
        ended(challenge.until)?;
        let remains = registration.was_in_force(&challenge);
        let Challenge { challenger, deposit, .. } = challenge;
        if remains {
            MODELS.save(storage, &model, &registration)?;
            credit(storage, &[(challenger.clone(), deposit)])?;
            return Ok(Response::new().add_event(Event::Unruled { model, challenger }));
        }
        MODELS.remove(storage, &model);
        let owner = registration.owner;
        credit(storage, &[(challenger, deposit), (owner.clone(), registration.bond)])?;
        return Ok(Response::new().add_event(Event::Removed { model, owner, ending: Ending::NotRuled }));
    }
    let nothing = || ContractError::NothingToClose { model: model.to_hex() };
    ended(registration.leaving.ok_or_else(nothing)?)?;
    MODELS.remove(storage, &model);
    let owner = registration.owner;
    credit(storage, &[(owner.clone(), registration.bond)])?;
    Ok(Response::new().add_event(Event::Removed { model, owner, ending: Ending::Left }))
}

fn credit(storage: &mut dyn Storage, credits: &[(Addr, Uint128)]) -> StdResult<()> {
    let mut release = Release::default();
    for (account, amount) in credits {
        release.add(account, *amount)?;
    }
    with_ledger(storage, |ledger, storage| ledger.release(storage, release))
}
