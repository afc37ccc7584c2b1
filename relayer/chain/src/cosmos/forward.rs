//! Requests that others have written, for a server that stands before nodes.

use super::{http::Rpc, options::CosmosOptions};
use crate::ChainError;

/// The nodes of one chain, to which requests are passed on as they are. Answers are bounded in time and size, and not read.
pub struct Forward {
    /// In the order in which they are preferred.
    nodes: Vec<Rpc>,
}

/// What a node has answered.
pub struct Forwarded {
    /// HTTP status: CometBFT answers errors with 500.
    pub status: u16,
    /// At most 32 MiB.
    pub body: Vec<u8>,
}

impl Forward {
    /// Passes on to the first of these nodes that answers.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] for a URL that is none, and without nodes.
    pub fn new(nodes: &[CosmosOptions]) -> Result<Self, ChainError> {
        let nodes: Vec<Rpc> = nodes.iter().map(Rpc::new).collect::<Result<_, _>>()?;
        if nodes.is_empty() {
            let reason = "none, expected the URL of a node".into();
            return Err(ChainError::InvalidConfig { field: "rpc".into(), reason });
        }
        Ok(Self { nodes })
    }

    /// Passes on a body of JSON-RPC. One that two nodes get has the effect of one: a transaction is included once.
    ///
    /// # Errors
    /// That of the last node.
    pub async fn post(&self, body: Vec<u8>) -> Result<Forwarded, ChainError> {
        let mut failed = None;
        for node in &self.nodes {
            match node.post("a request", body.clone()).await {
                Ok((status, body)) => return Ok(Forwarded { status: status.as_u16(), body }),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(none))
    }

    /// Passes on a call in a URI: a method, and a query without the question mark.
    ///
    /// # Errors
    /// That of the last node.
    pub async fn get(&self, method: &str, query: Option<&str>) -> Result<Forwarded, ChainError> {
        let mut failed = None;
        for node in &self.nodes {
            match node.get(method, query).await {
                Ok((status, body)) => return Ok(Forwarded { status: status.as_u16(), body }),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(none))
    }
}

fn none() -> ChainError {
    ChainError::NodeDown { reason: "there is no node".into() }
}
