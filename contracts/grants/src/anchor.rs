//! Heads of audit logs.

use bithive_api::grants::{Event, limits};
use bithive_contract_kit::input::{sized, within};
use cosmwasm_std::{Addr, Env, HexBinary, Response, Storage};

use crate::ContractError;
use crate::state::{HEADS, Head};

/// Notes the head of one of the sender's logs. Its count only grows: who has written a log anew can't put an earlier head of it here, nor
/// another entry under the same number.
pub(crate) fn anchor(
    storage: &mut dyn Storage,
    env: &Env,
    account: Addr,
    log: HexBinary,
    count: u64,
    head: HexBinary,
) -> Result<Response, ContractError> {
    sized::<32>("log", &log)?;
    sized::<32>("head", &head)?;
    within("count", count.into(), 1..=limits::MAX_COUNT.into())?;
    let key = (&account, log.as_slice());
    let before = HEADS.may_load(storage, key)?.map_or(0, |head| head.count);
    if count <= before {
        return Err(ContractError::NotLonger { found: count, before });
    }
    let at = env.block.time.seconds();
    HEADS.save(storage, key, &Head { count, head: head.clone(), at })?;
    Ok(Response::new().add_event(Event::Anchored { account, log, count, head }))
}
