//! What nodes commit to, and who vouches for it.
//!
//! A node's commitment decides what the committee evaluates for it. It can be replaced as often as a node could leave and
//! register again, and no more: each commitment is one guess at what requests ask for.

use bithive_api::registry::{
    AccreditationResponse, AccreditedResponse, Event, ExecuteMsg, GrantResponse, limits,
};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{InputError, address, count, length, sized, within};
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, HexBinary, Response, StdResult, Storage, from_json};

use crate::ContractError;
use crate::state::{ACCREDITATION, COMMITTED_AT, CONFIG, GRANTS, Grant, Kind, PARTICIPANTS, participant};

fn load(storage: &dyn Storage) -> StdResult<AccreditationResponse> {
    Ok(ACCREDITATION.may_load(storage)?.unwrap_or_default())
}

/// Checks that the sender is an accreditor.
///
/// # Errors
/// [`ContractError::Unauthorized`].
pub(crate) fn expect_accreditor(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    if load(storage)?.accreditors.contains(sender) {
        return Ok(());
    }
    Err(Unauthorized::new(sender, "an accreditor that the owner has listed").into())
}

/// Remembers when a node committed to its attributes.
pub(crate) fn committed(storage: &mut dyn Storage, env: &Env, node: &Addr) -> StdResult<()> {
    COMMITTED_AT.save(storage, node, &env.block.time.seconds())
}

/// Forgets a node that leaves, and what accreditors of now say of it.
pub(crate) fn forget(storage: &mut dyn Storage, node: &Addr) -> StdResult<()> {
    COMMITTED_AT.remove(storage, node);
    for accreditor in load(storage)?.accreditors {
        GRANTS.remove(storage, (node, &accreditor));
    }
    Ok(())
}

fn changeable_from(storage: &dyn Storage, node: &Addr) -> StdResult<u64> {
    let wait = CONFIG.load(storage)?.params.unbonding_seconds;
    Ok(COMMITTED_AT.may_load(storage, node)?.map_or(0, |since| since.saturating_add(wait)))
}

/// Replaces the commitment of a node.
pub(crate) fn commit(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    commitment: HexBinary,
) -> Result<Response, ContractError> {
    sized::<32>("commitment", &commitment)?;
    let mut entry = participant(deps.storage, sender)?;
    if let Some(until) = entry.unbonding_until {
        return Err(ContractError::Unbonding { address: sender.into(), until });
    }
    let Kind::Node(registration) = &mut entry.kind else {
        return Err(ContractError::NotANode { address: sender.into() });
    };
    let from = changeable_from(deps.storage, sender)?;
    if env.block.time.seconds() < from {
        return Err(ContractError::CommittedRecently { from });
    }
    registration.attributes_commitment = commitment.clone();
    PARTICIPANTS.save(deps.storage, sender, &entry)?;
    committed(deps.storage, env, sender)?;
    Ok(Response::new().add_event(Event::AttributesCommitted { address: sender.clone(), commitment }))
}

/// Checks names: as many as allowed, each of a length that an attribute can have, none twice.
fn names(field: &'static str, names: &[String]) -> Result<(), ContractError> {
    count(field, names.len(), 0..=limits::MAX_ATTRIBUTES)?;
    for (place, name) in names.iter().enumerate() {
        length(field, name.len(), 1..=limits::MAX_ATTRIBUTE_BYTES)?;
        if names.iter().take(place).any(|before| before == name) {
            return Err(InputError::Duplicate { field, found: name.clone() }.into());
        }
    }
    Ok(())
}

/// Reads and checks what the owner sets.
pub(crate) fn check(
    deps: Deps<'_>,
    accreditors: &[String],
    required: &[String],
) -> Result<AccreditationResponse, ContractError> {
    count("accreditors", accreditors.len(), 0..=limits::MAX_ACCREDITORS)?;
    names("required", required)?;
    if accreditors.is_empty() && !required.is_empty() {
        return Err(ContractError::NobodyToAccredit);
    }
    let mut accounts = Vec::with_capacity(accreditors.len());
    for text in accreditors {
        let account = address(deps.api, "accreditors", text)?;
        if accounts.contains(&account) {
            return Err(InputError::Duplicate { field: "accreditors", found: text.clone() }.into());
        }
        accounts.push(account);
    }
    Ok(AccreditationResponse { accreditors: accounts, required: required.to_vec() })
}

/// Says who may vouch, and for what it is needed.
pub(crate) fn set(
    deps: DepsMut<'_>,
    accreditors: &[String],
    required: &[String],
) -> Result<Response, ContractError> {
    let accreditation = check(deps.as_ref(), accreditors, required)?;
    ACCREDITATION.save(deps.storage, &accreditation)?;
    Ok(Response::new().add_event(Event::AccreditationSet {
        accreditors: accreditation.accreditors.len() as u64,
        required: accreditation.required.len() as u64,
    }))
}

/// Whether accreditation was never set. The first accreditors do not wait, since nobody depends on others for them; a requirement
/// does, so that nodes have the time to meet it.
pub(crate) fn never_set(storage: &dyn Storage) -> bool {
    !ACCREDITATION.exists(storage)
}

/// Takes an accreditor off the list. Attributes that need one still do, be it the last: then no node gets tags for them, and
/// the owner lists others.
pub(crate) fn remove(deps: DepsMut<'_>, accreditor: &str) -> Result<Response, ContractError> {
    let accreditor = address(deps.api, "accreditor", accreditor)?;
    let mut accreditation = load(deps.storage)?;
    let before = accreditation.accreditors.len();
    accreditation.accreditors.retain(|one| *one != accreditor);
    if accreditation.accreditors.len() == before {
        return Err(ContractError::NotAnAccreditor { address: accreditor.into() });
    }
    ACCREDITATION.save(deps.storage, &accreditation)?;
    let mut response = Response::new();
    // Anybody could apply a setting that was announced before, and so list the account again.
    for setting in delay::waiting(deps.storage)? {
        if let Ok(ExecuteMsg::SetAccreditation { accreditors, .. }) = from_json(&setting.message)
            && accreditors.iter().any(|listed| listed == accreditor.as_str())
        {
            response = response.add_events(delay::cancel(deps.storage, setting.id)?.events);
        }
    }
    Ok(response.add_event(Event::AccreditorRemoved { accreditor }))
}

/// Records what an accreditor says of a node.
pub(crate) fn accredit(
    deps: DepsMut<'_>,
    env: &Env,
    accreditor: &Addr,
    node: &str,
    grant: Grant,
) -> Result<Response, ContractError> {
    let node = address(deps.api, "node", node)?;
    names("attributes", &grant.attributes)?;
    let (attributes, until) = (grant.attributes.len() as u64, grant.until);
    if grant.attributes.is_empty() {
        GRANTS.remove(deps.storage, (&node, accreditor));
    } else {
        let now = env.block.time.seconds();
        let most = now.saturating_add(limits::MAX_ACCREDITATION_SECONDS);
        within("until", until.into(), now.saturating_add(1).into()..=most.into())?;
        let Kind::Node(registration) = participant(deps.storage, &node)?.kind else {
            return Err(ContractError::NotANode { address: node.into() });
        };
        if registration.attributes_commitment != grant.commitment {
            return Err(ContractError::OtherCommitment { registered: registration.attributes_commitment });
        }
        GRANTS.save(deps.storage, (&node, accreditor), &grant)?;
    }
    let (address, accreditor) = (node, accreditor.clone());
    Ok(Response::new().add_event(Event::Accredited { address, accreditor, attributes, until }))
}

pub(crate) fn query(deps: Deps<'_>) -> StdResult<AccreditationResponse> {
    load(deps.storage)
}

/// What counts of a node now: said by those who are listed, of the commitment that it has, and not over.
pub(crate) fn accredited(deps: Deps<'_>, env: &Env, node: &str) -> StdResult<Option<AccreditedResponse>> {
    let node = deps.api.addr_validate(node)?;
    let Some(entry) = PARTICIPANTS.may_load(deps.storage, &node)? else { return Ok(None) };
    let Kind::Node(registration) = entry.kind else { return Ok(None) };
    let AccreditationResponse { accreditors, required } = load(deps.storage)?;
    let mut grants = Vec::new();
    for accreditor in accreditors {
        let grant = GRANTS.may_load(deps.storage, (&node, &accreditor))?.filter(|grant| {
            grant.commitment == registration.attributes_commitment && grant.until > env.block.time.seconds()
        });
        if let Some(Grant { attributes, until, .. }) = grant {
            grants.push(GrantResponse { accreditor, attributes, until });
        }
    }
    let changeable_from = changeable_from(deps.storage, &node)?;
    Ok(Some(AccreditedResponse {
        commitment: registration.attributes_commitment,
        changeable_from,
        required,
        grants,
    }))
}
