//! A client that does as little as possible: one connection, one request after another.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::micros::micros;

/// Bytes that are read at once.
const PART: usize = 16 << 10;

pub(super) struct Connection(TcpStream);

impl Connection {
    pub(super) async fn to(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Microseconds from the first byte of a request to the last one of its reply, which has to be one.
    pub(super) async fn ask(&mut self, body: &[u8], payment: Option<&str>) -> Result<f64> {
        let (took, status, _) = self.exchange(body, payment).await?;
        ensure!(status.contains(" 200 "), "expected a reply, found {status}");
        Ok(took)
    }

    /// The head of the answer to an unpaid request.
    pub(super) async fn head(&mut self, body: &[u8]) -> Result<String> {
        Ok(self.exchange(body, None).await?.2)
    }

    async fn exchange(&mut self, body: &[u8], payment: Option<&str>) -> Result<(f64, String, String)> {
        let payment = payment.map_or_else(String::new, |payment| format!("PAYMENT-SIGNATURE: {payment}\r\n"));
        let length = body.len();
        let head =
            format!("POST /predict HTTP/1.1\r\nhost: bench\r\n{payment}content-length: {length}\r\n\r\n");
        let request = [head.as_bytes(), body].concat();
        let start = Instant::now();
        self.0.write_all(&request).await?;
        let mut answer = Vec::with_capacity(PART);
        let (head, length) = loop {
            ensure!(self.0.read_buf(&mut answer).await? > 0, "the connection was closed");
            if let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).into_owned();
                let stated = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = stated.context("content-length")?.trim().parse()?;
                break (head, end.saturating_add(4).saturating_add(length));
            }
        };
        while answer.len() < length {
            ensure!(self.0.read_buf(&mut answer).await? > 0, "the connection was closed");
        }
        let took = micros(start.elapsed());
        let status = head.lines().next().unwrap_or_default().to_owned();
        Ok((took, status, head))
    }
}
