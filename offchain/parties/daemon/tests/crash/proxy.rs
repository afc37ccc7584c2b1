//! What stands between the parties and the RPC of their chain, and misbehaves as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Every answer comes late.
    Slow,
    /// Every answer is something else.
    Garbage,
    /// The chain is some blocks behind.
    Old,
    /// Requests are lost.
    LosesRequests,
    /// Requests arrive, and their answers are lost.
    LosesAnswers,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] =
        [Self::Slow, Self::Garbage, Self::Old, Self::LosesRequests, Self::LosesAnswers];
}

#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) url: String,
    fault: Arc<Mutex<Fault>>,
}

impl Proxy {
    /// A proxy before the server at `upstream`.
    pub(crate) async fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fault = Arc::new(Mutex::new(Fault::None));
        let (chosen, upstream) = (fault.clone(), upstream.to_owned());
        tokio::spawn(async move {
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, upstream.clone(), chosen.clone()));
                }
            }
        });
        Self { url, fault }
    }

    pub(crate) fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }
}

async fn serve(stream: TcpStream, upstream: String, fault: Arc<Mutex<Fault>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (_, request) = read(&mut stream).await?;
        let fault = *fault.lock().unwrap();
        if fault == Fault::LosesRequests {
            return None;
        }
        let mut body = forward(&upstream, &request).await?;
        match fault {
            Fault::None | Fault::LosesRequests => {}
            Fault::LosesAnswers => return None,
            Fault::Slow => tokio::time::sleep(Duration::from_millis(1_500)).await,
            Fault::Garbage => body = b"{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":[\"\\u0000\",{}]}".to_vec(),
            Fault::Old => body = older(body),
        }
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.get_mut().write_all(&[head.into_bytes(), body].concat()).await.ok()?;
    }
}

/// The same answer, if it tells the height, of a node that is three blocks behind.
fn older(body: Vec<u8>) -> Vec<u8> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(&body) else { return body };
    let height = &mut answer["result"]["sync_info"]["latest_block_height"];
    let Some(told) = height.as_str().and_then(|text| text.parse::<u64>().ok()) else { return body };
    *height = told.saturating_sub(3).max(1).to_string().into();
    serde_json::to_vec(&answer).unwrap()
}

/// Head and body of a message.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, body))
}

async fn forward(upstream: &str, request: &[u8]) -> Option<Vec<u8>> {
    let host = upstream.strip_prefix("http://")?;
    let stream = TcpStream::connect(host).await.ok()?;
    let mut stream = BufReader::new(stream);
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        request.len()
    );
    stream.get_mut().write_all(&[head.as_bytes(), request].concat()).await.ok()?;
    let (head, body) = read(&mut stream).await?;
    if head.to_lowercase().contains("transfer-encoding: chunked") {
        return chunks(&mut stream).await;
    }
    Some(body)
}

async fn chunks(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut chunk = vec![0; length + 2];
        stream.read_exact(&mut chunk).await.ok()?;
        chunk.truncate(length);
        if length == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(&chunk);
    }
}
