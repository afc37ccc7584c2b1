//! Connecting to the chain at the start: it may be down, or be another chain.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_chain::{Chain, ChainError, CosmosOptions, RpcUrl, connect_any};
use bithive_client::{Client, Deployment};

use crate::config::{ChainConfig, RpcUrls};
use crate::{ConfigError, DaemonError, Stop};

/// First wait before the chain is asked again; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait before the chain is asked again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Reads the addresses of the contracts.
///
/// # Errors
/// [`ConfigError::File`], [`ConfigError::Form`].
pub fn deployment(file: &Path) -> Result<Deployment, ConfigError> {
    let name = || file.display().to_string();
    let bytes = std::fs::read(file)
        .map_err(|error| ConfigError::File { file: name(), problem: error.to_string() })?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ConfigError::Form { file: name(), problem: error.to_string() })
}

/// What a client of each configured RPC server is told, in their order.
#[must_use]
pub fn endpoints(config: &ChainConfig, deployment: &Deployment) -> Vec<CosmosOptions> {
    let options = |rpc: &RpcUrl| {
        let options = CosmosOptions::new(rpc.as_str()).chain_id(deployment.chain_id.as_str());
        config.max_gas_price.map_or_else(|| options.clone(), |price| options.clone().max_gas_price(price))
    };
    config.rpc.iter().map(options).collect()
}

/// The deployment on the configured chain, once that answers; none if the stop is requested before. Whatever is wrong
/// with an answer, it is asked again, except when another chain answers.
///
/// # Errors
/// [`DaemonError::Config`], [`DaemonError::WrongChain`], [`DaemonError::Chain`] for anything that waiting does not help.
pub async fn connect(config: &ChainConfig, stop: &Stop) -> Result<Option<Client>, DaemonError> {
    let deployment = deployment(&config.deployment)?;
    let open = || connect_any(endpoints(config, &deployment));
    let chain = tokio::select! {
        chain = until_open(&config.rpc, FIRST_WAIT, open) => chain?,
        () = stop.requested() => return Ok(None),
    };
    Ok(Some(Client::new(chain, deployment)))
}

/// Repeats `open` while the chain does not answer as it should, and says so.
///
/// # Errors
/// What waiting does not help.
async fn until_open<F>(
    rpc: &RpcUrls,
    mut wait: Duration,
    open: impl Fn() -> F,
) -> Result<Arc<dyn Chain>, DaemonError>
where
    F: Future<Output = Result<Arc<dyn Chain>, ChainError>>,
{
    loop {
        match open().await {
            Ok(chain) => return Ok(chain),
            Err(ChainError::WrongChainId { expected, got }) => {
                return Err(DaemonError::WrongChain { expected, found: got });
            }
            Err(error) if error.is_of_node() => {
                let seconds = wait.as_secs_f32();
                tracing::warn!(%rpc, %error, seconds, "the chain does not answer; waiting");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_chain_that_is_down_is_asked_again_and_another_error_is_not() {
        let asked = AtomicUsize::new(0);
        let open = || async {
            match asked.fetch_add(1, Ordering::SeqCst) {
                0..3 => Err(ChainError::NodeDown { reason: "a test".into() }),
                3..5 => Err(ChainError::Decode { what: "an HTML page".into(), reason: "a test".into() }),
                _ => Err(ChainError::WrongChainId { expected: "a".into(), got: "b".into() }),
            }
        };
        let Err(error) = until_open(&"http://chain".parse().unwrap(), Duration::from_micros(1), open).await
        else {
            panic!("no chain is there")
        };
        assert!(matches!(error, DaemonError::WrongChain { .. }), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 6);
    }
}
