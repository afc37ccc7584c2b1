//! Contents: encrypted files whose keys a committee releases to whom their author permits.

use bithive_api::grants::{Event, limits};
use bithive_contract_kit::input::{address, count, sized};
use cosmwasm_std::{Addr, Binary, DepsMut, Env, HexBinary, Response};

use crate::ContractError;
use crate::state::{CONTENTS, Content};

/// What an author registers.
pub(crate) struct Registration {
    pub(crate) content: HexBinary,
    pub(crate) commitment: HexBinary,
    pub(crate) wrap: Binary,
    pub(crate) granters: Vec<String>,
}

/// Registers a content for good. Nothing of it is opened here: the wrap is bound to the author, so a copy of it under another author is one
/// that the committee refuses.
pub(crate) fn register(
    deps: DepsMut<'_>,
    env: &Env,
    author: Addr,
    registration: Registration,
) -> Result<Response, ContractError> {
    let Registration { content, commitment, wrap, granters } = registration;
    let digest = sized::<32>("content", &content)?;
    sized::<32>("commitment", &commitment)?;
    sized::<{ limits::WRAP_BYTES }>("wrap", &wrap)?;
    count("granters", granters.len(), 0..=limits::MAX_GRANTERS)?;
    let granters: Result<Vec<Addr>, _> =
        granters.iter().map(|granter| address(deps.api, "granters", granter)).collect();
    let granters = granters?;
    if CONTENTS.has(deps.storage, &digest) {
        return Err(ContractError::ContentKnown { content: content.to_hex() });
    }
    let row = Content {
        author: author.clone(),
        commitment: commitment.clone(),
        wrap,
        granters,
        at: env.block.time.seconds(),
    };
    CONTENTS.save(deps.storage, &digest, &row)?;
    Ok(Response::new().add_event(Event::ContentRegistered { content, author, commitment }))
}
