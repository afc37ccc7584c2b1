//! Sources: contracts that hold money for this one until it is collected.
//!
//! A market pays the shares of a settlement into credits, and whoever has one takes it with `withdraw`. For a contract,
//! anybody sends that message through it, so what it is sent to is a list that the owner keeps.

use bithive_api::jobs;
use cosmwasm_std::{Addr, StdError, StdResult, Storage, WasmMsg, wasm_execute};
use cw_storage_plus::Map;

/// Contracts to collect from.
pub const SOURCES: Map<&Addr, ()> = Map::new("sources");

/// A contract that the owner has not named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("{found} is not a source; expected a contract that the owner has named")]
pub struct NotSource {
    /// Address that was given.
    pub found: String,
}

/// Names a source, or takes the name back. Who calls this has checked who sends.
///
/// # Errors
/// Storage.
pub fn set(storage: &mut dyn Storage, source: &Addr, allowed: bool) -> StdResult<()> {
    if allowed {
        return SOURCES.save(storage, source, &());
    }
    SOURCES.remove(storage, source);
    Ok(())
}

/// Whether this is a source.
#[must_use]
pub fn is_source(storage: &dyn Storage, contract: &Addr) -> bool {
    SOURCES.has(storage, contract)
}

/// The message that takes what a source holds for this contract.
///
/// # Errors
/// [`NotSource`]: the contract would send a message to whom anybody likes. Encoding.
pub fn withdraw<E: From<NotSource> + From<StdError>>(
    storage: &dyn Storage,
    source: &Addr,
) -> Result<WasmMsg, E> {
    if !is_source(storage, source) {
        return Err(NotSource { found: source.into() }.into());
    }
    Ok(wasm_execute(source, &jobs::ExecuteMsg::Withdraw {}, vec![])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;

    #[derive(Debug, PartialEq, thiserror::Error)]
    enum Refused {
        #[error(transparent)]
        Source(#[from] NotSource),
        #[error(transparent)]
        Std(#[from] StdError),
    }

    #[test]
    fn only_a_source_is_asked_and_only_while_it_is_one() {
        let (mut storage, [market, other]) = (MockStorage::new(), ["market", "other"].map(Addr::unchecked));
        let refused = |found: &Addr| Err(Refused::Source(NotSource { found: found.to_string() }));
        assert_eq!(withdraw(&storage, &market), refused(&market));
        set(&mut storage, &market, true).unwrap();
        let expected = wasm_execute("market", &jobs::ExecuteMsg::Withdraw {}, vec![]).unwrap();
        assert_eq!(withdraw::<Refused>(&storage, &market), Ok(expected));
        assert_eq!(withdraw(&storage, &other), refused(&other));
        set(&mut storage, &market, false).unwrap();
        assert_eq!(withdraw(&storage, &market), refused(&market));
        assert_eq!(
            refused(&market).unwrap_err().to_string().split(';').next(),
            Some("market is not a source")
        );
    }
}
