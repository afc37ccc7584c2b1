//! Who judges a challenge: jurors that a beacon draws, which nobody knew when the challenge was made.

use bithive_api::listings::{Event, Ruler, limits};
use bithive_drand::host;
use bithive_economics::challenge::Draw;
use cosmwasm_std::{Addr, DepsMut, Empty, Env, HexBinary, Response, Storage};
use sha2::{Digest as _, Sha256};

use crate::ContractError;
use crate::challenge::{expect_time, next_round};
use crate::pool::{self, SEATS};
use crate::state::{
    CHALLENGES, CONFIG, Challenge, Juror, LISTINGS, Listing, OF_PARTY, challenge, challenge_of, listing,
};

/// Before what the numbers of a draw are hashes of, so that nothing else that uses the beacon gets the same.
const DOMAIN: &[u8] = b"BitHive listings: draw of jurors";

/// Draws the jurors of a challenge by the beacon of the round that was fixed when it was made. Whoever sends it, the draw is the same.
pub(crate) fn draw(
    deps: DepsMut<'_>,
    env: &Env,
    id: u64,
    signature: &HexBinary,
) -> Result<Response, ContractError> {
    let (now, case) = (env.block.time.seconds(), listing(deps.storage, id)?);
    let mut open = challenge(deps.storage, id)?;
    let Some(round) = open.round else { return Err(ContractError::NoDraw { id }) };
    expect_time(id, open.deadline, now)?;
    let network = CONFIG.load(deps.storage)?.network()?;
    let seed = host::verify(deps.api, &network, round, signature)?.randomness();
    let terms = case.terms(deps.storage)?;
    let Ruler::Jurors(pool) = &terms.ruler else { return Err(ContractError::NoDraw { id }) };
    let number = open.number;
    let Some(jurors) = seats(deps.storage, pool, &seed, (id, &case, &open))? else {
        let round = next_round(deps.storage, now)?;
        open.round = Some(round);
        CHALLENGES.save(deps.storage, id, &open)?;
        return Ok(Response::new().add_event(Event::Redrawn { id, challenge: number, round }));
    };
    for juror in &jurors {
        let mut own = listing(deps.storage, juror.id)?;
        own.cases = own.cases.saturating_add(1);
        LISTINGS.save(deps.storage, juror.id, &own)?;
        OF_PARTY.save(deps.storage, (&juror.juror, id), &Empty {})?;
    }
    let names = jurors.iter().map(|juror| juror.juror.clone()).collect();
    let deadline = now.saturating_add(terms.ruling_seconds);
    (open.round, open.deadline, open.jurors) = (None, deadline, jurors);
    CHALLENGES.save(deps.storage, id, &open)?;
    Ok(Response::new().add_event(Event::Drawn { id, challenge: number, jurors: names, deadline }))
}

/// The first seven seats of the draw whose jurors may judge the case; none where too many of the seats that it looks at are empty.
fn seats(
    storage: &dyn Storage,
    category: &str,
    seed: &[u8; 32],
    (id, case, open): (u64, &Listing, &Challenge),
) -> Result<Option<Vec<Juror>>, ContractError> {
    let mut draw = Draw::new(pool::pool(storage, category)?.seats);
    let mut jurors = Vec::with_capacity(limits::JURORS);
    for step in 0..limits::MAX_TRIES {
        let Some(seat) = draw.next(random(seed, id, open.number, step)) else { break };
        let Some(seat) = SEATS.may_load(storage, (category, seat))? else { continue };
        // Who sat down after the challenge may have known the beacon. A party is no judge, and an account has one seat.
        let party = [&case.owner, &open.challenger].contains(&&seat.juror);
        if seat.since <= open.number && !party {
            jurors.push(Juror { id: seat.id, juror: seat.juror, upheld: None });
        }
        if jurors.len() == limits::JURORS {
            return Ok(Some(jurors));
        }
    }
    Ok(None)
}

/// The number of one step: 128 bits of a hash over all that tells it from others.
fn random(seed: &[u8; 32], id: u64, challenge: u64, step: usize) -> u128 {
    let mut hash = Sha256::new_with_prefix(DOMAIN);
    hash.update(seed);
    for number in [id, challenge, step as u64] {
        hash.update(number.to_be_bytes());
    }
    hash.finalize().iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// A juror's vote, once.
pub(crate) fn vote(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    id: u64,
    number: u64,
    upheld: bool,
) -> Result<Response, ContractError> {
    let mut open = challenge_of(storage, id, number)?;
    expect_time(id, open.deadline, env.block.time.seconds())?;
    let juror = open.jurors.iter_mut().find(|juror| juror.juror == *sender);
    let Some(juror) = juror else { return Err(ContractError::NoJurors { id }) };
    if juror.upheld.is_some() {
        return Err(ContractError::Voted { id, juror: sender.into() });
    }
    juror.upheld = Some(upheld);
    CHALLENGES.save(storage, id, &open)?;
    Ok(Response::new().add_event(Event::Voted { id, challenge: number, juror: sender.clone(), upheld }))
}
