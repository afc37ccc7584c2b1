//! What a program does now, as a JSON object.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest wait for a program that runs on this machine.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MAX_BYTES: u64 = 1 << 20;

/// A program's status.
pub trait StatusSource: Send + Sync {
    /// Brings gauges up to date that are read from elsewhere. Called before every answer; it must not wait.
    fn refresh(&self);

    /// What the program does now: fields of a JSON object. Nothing in it is secret.
    fn status(&self) -> serde_json::Map<String, Value>;
}

/// Why there is no status.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// There is no answer: the program does not run, or listens elsewhere.
    #[error("no answer at {address}: {reason}; expected a running program with this metrics address")]
    Down {
        /// Address that was asked.
        address: SocketAddr,
        /// The system's error message.
        reason: String,
    },
    /// Something else answers.
    #[error("what answers at {address} is not a BitHive program: {reason}")]
    Other {
        /// Address that was asked.
        address: SocketAddr,
        /// What is wrong with its answer.
        reason: String,
    },
}

/// Whether only this machine can reach an address.
#[must_use]
pub fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Asks the program that listens at `address`.
///
/// # Errors
/// [`StatusError`].
pub async fn fetch_status(address: SocketAddr) -> Result<serde_json::Map<String, Value>, StatusError> {
    let down = |reason: String| StatusError::Down { address, reason };
    let other = |reason: &str| StatusError::Other { address, reason: reason.into() };
    let read = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET /status HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(MAX_BYTES).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = timeout(PATIENCE, read)
        .await
        .map_err(|_| down("no answer in 5 s".into()))?
        .map_err(|error| down(error.to_string()))?;
    let answer = String::from_utf8(answer).map_err(|_| other("its answer is not UTF-8 text"))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| other("its answer is no HTTP"))?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(other("it has no status"));
    }
    serde_json::from_str(body).map_err(|_| other("its status is no JSON object"))
}
