//! Connecting to the chain at the start: it may be down, or be another chain.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_chain::{Chain, ChainError, Cosmos, CosmosOptions};
use bithive_client::{Client, Deployment};

use crate::config::ChainConfig;
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

/// The deployment on the configured chain, once that answers; none if the stop is requested before.
///
/// # Errors
/// [`DaemonError::Config`], [`DaemonError::WrongChain`], [`DaemonError::Chain`] for anything that waiting does not help.
pub async fn connect(config: &ChainConfig, stop: &Stop) -> Result<Option<Client>, DaemonError> {
    let deployment = deployment(&config.deployment)?;
    let open = || async {
        let options = CosmosOptions::new(config.rpc.as_str()).chain_id(deployment.chain_id.as_str());
        Ok(Arc::new(Cosmos::connect(options).await?) as Arc<dyn Chain>)
    };
    let chain = tokio::select! {
        chain = until_open(config.rpc.as_str(), FIRST_WAIT, open) => chain?,
        () = stop.requested() => return Ok(None),
    };
    Ok(Some(Client::new(chain, deployment)))
}

/// Repeats `open` while the chain is down, and says so.
///
/// # Errors
/// What waiting does not help.
async fn until_open<F>(
    rpc: &str,
    mut wait: Duration,
    open: impl Fn() -> F,
) -> Result<Arc<dyn Chain>, DaemonError>
where
    F: Future<Output = Result<Arc<dyn Chain>, ChainError>>,
{
    loop {
        match open().await {
            Ok(chain) => return Ok(chain),
            Err(ChainError::NodeDown { reason }) => {
                tracing::warn!(
                    rpc,
                    reason,
                    seconds = wait.as_secs_f32(),
                    "the chain does not answer; waiting"
                );
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
            Err(ChainError::WrongChainId { expected, got }) => {
                return Err(DaemonError::WrongChain { expected, found: got });
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
                0..5 => Err(ChainError::NodeDown { reason: "a test".into() }),
                _ => Err(ChainError::WrongChainId { expected: "a".into(), got: "b".into() }),
            }
        };
        let Err(error) = until_open("http://chain", Duration::from_micros(1), open).await else {
            panic!("no chain is there")
        };
        assert!(matches!(error, DaemonError::WrongChain { .. }), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 6);
    }
}
