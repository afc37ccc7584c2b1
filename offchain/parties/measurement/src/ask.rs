//! Asking a node, and waiting for what takes it longer than an answer may.

use std::time::Duration;

use bithive_exchange::{Exchange, ExchangeError, PeerId, Protocol};
use bithive_memory_proof::{ChallengeError, MessageError, Request, Response};
use tokio::time::Instant;

/// How often a node is asked whether it is ready.
const POLL: Duration = Duration::from_secs(1);

/// Why nothing was measured. What a node answers wrongly or too late is no error but a result.
#[derive(Debug, thiserror::Error)]
pub enum MeasurementError {
    /// The node does not answer, or refuses.
    #[error("{0}; the node's operator permits a measurement in [measurement] of its configuration")]
    Exchange(#[from] ExchangeError),
    /// An answer that is none.
    #[error("the node's answer: {0}")]
    Message(#[from] MessageError),
    /// More or less is to be filled than can be.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// An answer of another length than it has to have.
    #[error("the node's answer has {found} bytes, expected {expected}")]
    Length {
        /// Length of the answer, in bytes.
        found: usize,
        /// Bytes that it has to have.
        expected: usize,
    },
    /// A node that is not ready in time.
    #[error("the node has not {what} after {seconds} s")]
    Patience {
        /// What was waited for: `filled its memory` or `proven it`.
        what: &'static str,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The own machine can't run the model that is compared.
    #[error("the model can't be run here: {0}")]
    Own(String),
}

/// A node, and the way to it.
pub(crate) struct Asked<'a> {
    pub(crate) exchange: &'a dyn Exchange,
    pub(crate) node: PeerId,
}

impl Asked<'_> {
    /// One question; none if the answer is not there yet.
    async fn once(&self, request: &Request) -> Result<Option<Vec<u8>>, MeasurementError> {
        let answer = self.exchange.request(self.node, Protocol::Measure, request.encode().into()).await?;
        match Response::decode(&answer)? {
            Response::Done(answer) => Ok(Some(answer)),
            Response::NotYet => Ok(None),
        }
    }

    /// A question that is answered at once, or never.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Vec<u8>, MeasurementError> {
        self.once(request).await?.ok_or(MessageError::Form("it is \"not yet\"")).map_err(Into::into)
    }

    /// Asks until the node is ready.
    pub(crate) async fn wait(
        &self,
        request: &Request,
        what: &'static str,
        patience: Duration,
    ) -> Result<Vec<u8>, MeasurementError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(20);
        loop {
            if let Some(answer) = self.once(request).await? {
                return Ok(answer);
            }
            if started.elapsed() > patience {
                return Err(MeasurementError::Patience { what, seconds: patience.as_secs() });
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(POLL);
        }
    }
}

/// An answer of exactly these bytes.
pub(crate) fn exactly<const N: usize>(answer: &[u8]) -> Result<[u8; N], MeasurementError> {
    answer.try_into().map_err(|_| MeasurementError::Length { found: answer.len(), expected: N })
}
