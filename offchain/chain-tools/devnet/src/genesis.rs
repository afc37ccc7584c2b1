//! What is changed in the genesis that wasmd writes.

use serde_json::{Value, json};

use crate::DevnetError;
use crate::wasmd::VERSION;

/// Most gas of a block, and so of a transaction: what the embedded chain takes, so that what fits there fits here.
pub const MAX_BLOCK_GAS: u64 = 100_000_000;

/// Changes `genesis`: a limit of gas for blocks, and no inflation, so that balances tell of transactions only.
///
/// # Errors
/// [`DevnetError::Unfamiliar`] when a field is not there; `genesis` is then changed in part and of no use.
pub fn edit(genesis: &mut Value) -> Result<(), DevnetError> {
    let nothing = || json!("0.000000000000000000");
    let edits = [
        ("/consensus/params/block/max_gas", json!(MAX_BLOCK_GAS.to_string())),
        ("/app_state/mint/minter/inflation", nothing()),
        ("/app_state/mint/params/inflation_rate_change", nothing()),
        ("/app_state/mint/params/inflation_max", nothing()),
        ("/app_state/mint/params/inflation_min", nothing()),
    ];
    for (key, value) in edits {
        let field = genesis.pointer_mut(key).ok_or_else(|| DevnetError::Unfamiliar {
            file: "genesis.json",
            key: key.into(),
            wasmd: VERSION,
        })?;
        *field = value;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis() -> Value {
        json!({
            "chain_id": "bithive-token-1",
            "consensus": { "params": { "block": { "max_bytes": "22020096", "max_gas": "-1" } } },
            "app_state": { "mint": {
                "minter": { "inflation": "0.13", "annual_provisions": "0" },
                "params": { "inflation_rate_change": "0.13", "inflation_max": "0.2", "inflation_min": "0.07",
                            "mint_denom": "ubee" },
            } },
        })
    }

    #[test]
    fn blocks_are_bounded_and_nothing_is_minted() {
        let mut edited = genesis();
        edit(&mut edited).unwrap();
        assert_eq!(edited["consensus"]["params"]["block"]["max_gas"], "100000000");
        let mint = &edited["app_state"]["mint"];
        for field in ["inflation_rate_change", "inflation_max", "inflation_min"] {
            assert_eq!(mint["params"][field], "0.000000000000000000");
        }
        assert_eq!(mint["minter"]["inflation"], "0.000000000000000000");
        // The rest is as it was.
        assert_eq!(mint["params"]["mint_denom"], "ubee");
        assert_eq!(edited["chain_id"], "bithive-token-1");
    }

    #[test]
    fn a_genesis_of_another_version_is_refused_by_the_field_it_lacks() {
        let mut other = genesis();
        other["app_state"]["mint"].as_object_mut().unwrap().remove("params");
        assert!(edit(&mut other).unwrap_err().to_string().contains("/app_state/mint/params/"));
    }
}
