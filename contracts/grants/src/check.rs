//! Whether somebody may use data now: what the job market asks.

use bithive_api::grants::{Basis, Standing, limits};
use bithive_consent::grant::commitment;
use bithive_contract_kit::input::{address, count, sized};
use cosmwasm_std::{Addr, Deps, Env};

use crate::ContractError;
use crate::state::{CONSENTS, EMERGENCIES};

/// How each basis stands for an account. At most `limits::MAX_BASES` lookups of one row each.
pub(crate) fn check(
    deps: Deps<'_>,
    env: &Env,
    reader: &str,
    bases: Vec<Basis>,
) -> Result<Vec<Standing>, ContractError> {
    count("bases", bases.len(), 0..=limits::MAX_BASES)?;
    let reader = address(deps.api, "reader", reader)?;
    bases.into_iter().map(|basis| standing(deps, env.block.time.seconds(), &reader, basis)).collect()
}

fn standing(deps: Deps<'_>, now: u64, reader: &Addr, basis: Basis) -> Result<Standing, ContractError> {
    let basis: Basis<Addr> = basis.try_map(|subject| address(deps.api, "subject", &subject))?;
    Ok(match basis {
        Basis::Consent { subject, opening } => {
            let opening = sized::<32>("opening", &opening)?;
            // The digest follows from the reader, too: what was recorded for others is unknown here.
            let digest = commitment(&opening, reader.as_str());
            let found = CONSENTS.may_load(deps.storage, (&subject, digest.as_slice()))?;
            found.map_or(Standing::Unknown, |consent| consent.standing(now))
        }
        Basis::BreakGlass { subject, id } => {
            let found = EMERGENCIES.may_load(deps.storage, id)?;
            let own = found.filter(|found| found.requester == *reader && found.subject == subject);
            match own {
                None => Standing::Unknown,
                Some(found) if now >= found.at.saturating_add(limits::EMERGENCY_SECONDS) => Standing::Expired,
                Some(_) => Standing::Live,
            }
        }
    })
}
