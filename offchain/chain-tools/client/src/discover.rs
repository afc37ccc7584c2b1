//! Finding a deployment by the address of one of its contracts.

use std::collections::BTreeMap;

use bithive_api::{emissions, jobs, registry};
use bithive_chain::{Chain, ChainError, ChainExt as _};
use bithive_contracts::Contract;

use crate::{Deployment, Incomplete};

/// Why no deployment was found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// The chain does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The contract there is neither of the two that know the others.
    #[error(
        "{address} is neither a job market nor a registry of BitHive ({reason}); expected the address of one of them"
    )]
    Neither {
        /// The address that was given.
        address: String,
        /// What the contract answered.
        reason: ChainError,
    },
    /// The registry does not know a market yet.
    #[error(
        "the registry {registry} has no job market yet; its owner finishes the deployment with `bithive deploy`"
    )]
    Unfinished {
        /// Address of the registry.
        registry: String,
    },
    /// Market and registry do not name each other: one of them is somebody else's.
    #[error(
        "the job market {jobs} uses the registry {registry}, which knows another market: {found}; one of the two is not this network's"
    )]
    Strangers {
        /// Address of the market.
        jobs: String,
        /// Address of the registry that the market uses.
        registry: String,
        /// Address of the market that the registry knows, or `none`.
        found: String,
    },
    /// A contract of the market is missing.
    #[error(transparent)]
    Incomplete(#[from] Incomplete),
}

/// Finds a deployment on `chain` by the address of its job market or of its registry. Both name each other, so the address of
/// one can't bring in a false other. The answer has what the market knows of: the contracts of a job, the models and the
/// emissions with their token. What only accounts deal with, such as vesting, is in the file of the deployment alone.
///
/// # Errors
/// [`DiscoverError`].
pub async fn discover(chain: &dyn Chain, address: &str) -> Result<Deployment, DiscoverError> {
    let chain_id = chain.info().await?.chain_id;
    let market = match chain.query::<jobs::ConfigResponse, _>(address, &jobs::QueryMsg::Config {}).await {
        Ok(_) => address.to_owned(),
        Err(error) if is_answer(&error) => registered_market(chain, address).await?,
        Err(error) => return Err(error.into()),
    };
    let config: jobs::ConfigResponse = chain.query(&market, &jobs::QueryMsg::Config {}).await?;
    let registry: registry::ConfigResponse =
        chain.query(config.registry.as_str(), &registry::QueryMsg::Config {}).await?;
    if registry.jobs.as_ref().is_none_or(|jobs| jobs.as_str() != market) {
        let found = registry.jobs.map_or_else(|| "none".into(), String::from);
        return Err(DiscoverError::Strangers { jobs: market, registry: config.registry.into(), found });
    }
    let mut contracts = BTreeMap::from([
        (Contract::Jobs, market),
        (Contract::Registry, config.registry.into()),
        (Contract::Token, config.token.into()),
    ]);
    contracts.extend(config.models.map(|models| (Contract::Models, models.into())));
    contracts.extend(config.grants.map(|grants| (Contract::Grants, grants.into())));
    if let Some(emissions) = config.emissions {
        let found: emissions::ConfigResponse =
            chain.query(emissions.as_str(), &emissions::QueryMsg::Config {}).await?;
        contracts.extend([(Contract::Emissions, emissions.into()), (Contract::Btk, found.token.into())]);
    }
    Ok(Deployment::new(chain_id, contracts, (config.treasury, config.incentive_pool))?)
}

/// The market that a registry knows.
async fn registered_market(chain: &dyn Chain, address: &str) -> Result<String, DiscoverError> {
    let answer = chain.query::<registry::ConfigResponse, _>(address, &registry::QueryMsg::Config {}).await;
    match answer {
        Ok(registry) => registry
            .jobs
            .map(String::from)
            .ok_or_else(|| DiscoverError::Unfinished { registry: address.into() }),
        Err(reason) if is_answer(&reason) => Err(DiscoverError::Neither { address: address.into(), reason }),
        Err(error) => Err(error.into()),
    }
}

/// Whether the chain has answered, and the contract is not what was asked for.
const fn is_answer(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Query { .. }
            | ChainError::Decode { .. }
            | ChainError::NoSuchContract { .. }
            | ChainError::InvalidAddress { .. }
    )
}
