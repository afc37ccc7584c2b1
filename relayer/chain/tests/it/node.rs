//! A node that misbehaves as a test says: it stands before an honest server and meddles with what passes.

use bithive_chain::TxHash;
use cosmwasm_std::Binary;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What becomes of a request.
pub(crate) enum Step {
    /// The honest server answers.
    Forward,
    /// The honest server answers, and this changes its answer.
    Alter(Box<dyn FnOnce(&mut Value) + Send>),
    /// The honest server gets the request, and its answer is lost.
    LoseAnswer,
    /// The request is lost.
    LoseRequest,
    /// Nothing is said, and the connection stays open.
    Silence,
    /// These bytes are the whole answer.
    Raw(Vec<u8>),
    /// An answer without end.
    Endless,
    /// The request is lost, and this is made of it in place of the result.
    Result(Box<dyn FnOnce(&Value) -> Value + Send>),
}

/// A transaction is taken, and then forgotten.
pub(crate) fn evict() -> Step {
    taken(0, "")
}

/// What a mempool answers to a transaction that it does not pass on.
pub(crate) fn taken(code: u32, log: &str) -> Step {
    let log = log.to_owned();
    Step::Result(Box::new(move |params| {
        let tx = Binary::from_base64(params["tx"].as_str().unwrap()).unwrap();
        let codespace = if code == 0 { "" } else { "sdk" };
        json!({ "code": code, "log": log, "codespace": codespace, "hash": TxHash::of(&tx).to_string() })
    }))
}

type Script = Arc<Mutex<dyn FnMut(&str, u64) -> Step + Send>>;

/// The misbehaving node; it stops when dropped.
pub(crate) struct Node {
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Node {
    /// A node before the server at `upstream`. The script is asked with each method and how often it was called
    /// before.
    pub(crate) async fn before(
        upstream: String,
        script: impl FnMut(&str, u64) -> Step + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script: Script = Arc::new(Mutex::new(script));
        let calls = Arc::new(Mutex::new(HashMap::new()));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, upstream.clone(), script.clone(), calls.clone()));
            }
        });
        Self { url, task }
    }
}

async fn serve(
    stream: TcpStream,
    upstream: String,
    script: Script,
    calls: Arc<Mutex<HashMap<String, u64>>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = read_request(&mut stream).await?;
        let call: Value = serde_json::from_slice(&request).unwrap();
        let method = call["method"].as_str().unwrap().to_owned();
        let before = {
            let mut calls = calls.lock().unwrap();
            let count = calls.entry(method.clone()).or_insert(0);
            *count += 1;
            *count - 1
        };
        let step = (script.lock().unwrap())(&method, before);
        match step {
            Step::Forward => answer(&mut stream, &forward(&upstream, request).await.to_string()).await?,
            Step::Alter(change) => {
                let mut honest = forward(&upstream, request).await;
                change(&mut honest);
                answer(&mut stream, &honest.to_string()).await?;
            }
            Step::LoseAnswer => {
                forward(&upstream, request).await;
                return None;
            }
            Step::LoseRequest => return None,
            Step::Silence => tokio::time::sleep(Duration::from_secs(3_600)).await,
            Step::Raw(bytes) => {
                stream.get_mut().write_all(&bytes).await.ok()?;
                return None;
            }
            Step::Result(make) => {
                let body = json!({ "jsonrpc": "2.0", "id": call["id"], "result": make(&call["params"]) });
                answer(&mut stream, &body.to_string()).await?;
            }
            Step::Endless => {
                stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
                loop {
                    stream.get_mut().write_all(&[b'['; 1 << 16]).await.ok()?;
                }
            }
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

async fn answer(stream: &mut BufReader<TcpStream>, body: &str) -> Option<()> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.get_mut().write_all(head.as_bytes()).await.ok()?;
    stream.get_mut().write_all(body.as_bytes()).await.ok()
}

async fn forward(upstream: &str, request: Vec<u8>) -> Value {
    let body = post(upstream, request).await;
    serde_json::from_slice(body.split(|byte| *byte == b'\n').next_back().unwrap()).unwrap()
}

/// The raw answer of a server to a POST.
pub(crate) async fn post(url: &str, body: Vec<u8>) -> Vec<u8> {
    let host = url.strip_prefix("http://").unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    exchange(host, &[head.into_bytes(), body].concat()).await
}

/// Everything that a server says to these bytes.
pub(crate) async fn exchange(host: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(host).await.unwrap();
    let mut answer = vec![];
    // A server that refuses may close before it has read everything.
    let _ = stream.write_all(request).await;
    let _ = stream.read_to_end(&mut answer).await;
    answer
}
