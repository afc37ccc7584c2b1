//! A server that says anything.

use std::sync::{Arc, Mutex};

use bithive_x402::{PaymentRequired, header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that answers each connection with the next of these, the last one for ever, and remembers the payments that it was sent.
pub struct Liar {
    pub url: String,
    pub sent: Arc<Mutex<Vec<bithive_x402::Payment>>>,
}

pub async fn liar(answers: Vec<String>) -> Liar {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/predict", listener.local_addr().unwrap());
    let sent = Arc::<Mutex<Vec<_>>>::default();
    let seen = sent.clone();
    tokio::spawn(async move {
        for turn in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let read = stream.read(&mut part).await.unwrap_or(0);
                if read == 0 {
                    break;
                }
                request.extend_from_slice(&part[..read]);
            }
            let text = String::from_utf8_lossy(&request).into_owned();
            let payment = text.lines().find_map(|line| line.strip_prefix("payment-signature: "));
            if let Some(payment) = payment {
                seen.lock().unwrap().push(header::decode(payment.trim().as_bytes()).unwrap());
            }
            let answer = answers.get(turn).or(answers.last()).unwrap();
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
            // What is left of the request is read, so that the answer arrives.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(2), async {
                while stream.read(&mut part).await.is_ok_and(|read| read > 0) {}
            })
            .await;
        }
    });
    Liar { url, sent }
}

pub fn answer(status: &str, required: Option<&PaymentRequired>, body: &str) -> String {
    let head = required.map_or_else(String::new, |required| {
        format!("PAYMENT-REQUIRED: {}\r\n", header::encode(required).unwrap())
    });
    format!("HTTP/1.1 {status}\r\n{head}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
