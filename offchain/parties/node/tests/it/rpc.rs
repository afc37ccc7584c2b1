//! What stands between a node and the RPC of its chain, and answers some requests itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bithive_chain::TxHash;
use cosmwasm_std::Binary;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A page of a proxy, with the status of a success.
    Page,
    /// An answer that ends in its middle.
    CutOff,
    /// An error of the server.
    Status500,
    /// Nothing, for longer than anybody waits.
    Hangs,
    /// It closes the connection.
    Closes,
    /// The request arrives, and its answer is lost.
    LosesAnswer,
    /// A transaction is taken and no block ever has it.
    Evicts,
    /// A contract refuses: the node is behind, and simulates on what was.
    Refuses,
}

impl Fault {
    pub const ALL: [Self; 8] = [
        Self::Page,
        Self::CutOff,
        Self::Status500,
        Self::Hangs,
        Self::Closes,
        Self::LosesAnswer,
        Self::Evicts,
        Self::Refuses,
    ];
}

/// The fault, and how many requests of each method still meet it.
#[derive(Default)]
struct Plan {
    fault: Option<Fault>,
    left: BTreeMap<String, u32>,
    met: u32,
}

#[derive(Clone)]
pub struct Proxy {
    pub url: String,
    plan: Arc<Mutex<Plan>>,
}

impl Proxy {
    pub async fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan: Arc<Mutex<Plan>> = Arc::default();
        let (chosen, upstream) = (plan.clone(), upstream.to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, upstream.clone(), chosen.clone()));
            }
        });
        Self { url, plan }
    }

    /// The next so many requests of each of these methods meet the fault.
    pub fn fail(&self, fault: Fault, times: u32, methods: &[&str]) {
        let mut plan = self.plan.lock().unwrap();
        plan.fault = Some(fault);
        plan.left = methods.iter().map(|method| ((*method).to_owned(), times)).collect();
    }

    /// How many requests met a fault.
    pub fn met(&self) -> u32 {
        self.plan.lock().unwrap().met
    }
}

fn chosen(plan: &Mutex<Plan>, call: &Value) -> Option<Fault> {
    let mut plan = plan.lock().unwrap();
    let (fault, method) = (plan.fault?, call["method"].as_str()?);
    let simulates = call["params"]["path"].as_str().is_some_and(|path| path.ends_with("/Simulate"));
    let concerned = match fault {
        Fault::Evicts => method == "broadcast_tx_sync",
        Fault::Refuses => simulates,
        _ => true,
    };
    let left = plan.left.get_mut(method).filter(|left| concerned && **left > 0)?;
    *left -= 1;
    plan.met += 1;
    Some(fault)
}

async fn serve(stream: TcpStream, upstream: String, plan: Arc<Mutex<Plan>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = read(&mut stream).await?;
        let call: Value = serde_json::from_slice(&request).unwrap();
        let ours = |result: Value| json!({ "jsonrpc": "2.0", "id": call["id"], "result": result });
        let body = match chosen(&plan, &call) {
            None => forward(&upstream, &request).await?,
            Some(Fault::Page) => b"<html>it works</html>".to_vec(),
            Some(Fault::CutOff) => {
                let whole = forward(&upstream, &request).await?;
                whole[..whole.len() / 2].to_vec()
            }
            Some(Fault::Status500) => {
                let head = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 5\r\n\r\nsorry";
                stream.get_mut().write_all(head).await.ok()?;
                continue;
            }
            Some(Fault::Hangs) => {
                tokio::time::sleep(Duration::from_secs(3_600)).await;
                return None;
            }
            Some(Fault::Closes) => return None,
            Some(Fault::LosesAnswer) => {
                forward(&upstream, &request).await?;
                return None;
            }
            Some(Fault::Evicts) => {
                let tx = Binary::from_base64(call["params"]["tx"].as_str()?).unwrap();
                let hash = TxHash::of(&tx).to_string();
                ours(json!({ "code": 0, "log": "", "codespace": "", "hash": hash })).to_string().into_bytes()
            }
            Some(Fault::Refuses) => {
                let log = "failed to execute message; message index: 0: it is too early: execute wasm contract failed";
                let response = json!({ "code": 5, "codespace": "wasm", "log": log, "value": null });
                ours(json!({ "response": response })).to_string().into_bytes()
            }
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.get_mut().write_all(&[head.into_bytes(), body].concat()).await.ok()?;
    }
}

/// The body of a message.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
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
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

async fn forward(upstream: &str, request: &[u8]) -> Option<Vec<u8>> {
    let host = upstream.strip_prefix("http://")?;
    let mut stream = BufReader::new(TcpStream::connect(host).await.ok()?);
    let head = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n", request.len());
    stream.get_mut().write_all(&[head.as_bytes(), request].concat()).await.ok()?;
    read(&mut stream).await
}
