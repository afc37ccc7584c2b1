//! HTTP as a stranger writes it.

use std::net::SocketAddr;
use std::time::Duration;

use bithive_x402::{Payment, PaymentRequired, Settled, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

/// What a door says.
#[derive(Clone, Debug)]
pub struct Said {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Said {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub fn header<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let named = |line: &str| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        };
        let value = self.head.lines().find_map(named)?;
        Some(header::decode(value.as_bytes()).unwrap())
    }

    pub fn required(&self) -> PaymentRequired {
        self.header(header::PAYMENT_REQUIRED).unwrap_or_else(|| panic!("{self:?}"))
    }

    pub fn settled(&self) -> Settled {
        self.header(header::PAYMENT_RESPONSE).unwrap_or_else(|| panic!("{self:?}"))
    }

    /// The kind of a refusal.
    pub fn kind(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"));
        body["error"]["kind"].as_str().unwrap_or_default().to_owned()
    }
}

/// The lines of a request with a body.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: door\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    )
}

/// Sends these bytes and reads until the end.
pub async fn send(to: SocketAddr, bytes: &[u8]) -> Said {
    let mut stream = TcpStream::connect(to).await.unwrap();
    // Whoever refuses a long request may not have read it.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer");
    Said::read(&String::from_utf8_lossy(&answer))
}

pub async fn ask(to: SocketAddr, body: &[u8], payment: Option<&Payment>) -> Said {
    let value = payment.map(|payment| header::encode(payment).unwrap());
    let headers: Vec<(&str, &str)> =
        value.iter().map(|value| ("PAYMENT-SIGNATURE", value.as_str())).collect();
    let head = request("POST", "/predict", &headers, body.len());
    send(to, &[head.as_bytes(), body].concat()).await
}
