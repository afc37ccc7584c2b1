//! Answers of a CometBFT node, as any node may give them: the client asks one on this machine, which answers everything
//! but one method as a real chain does, and that one with the input.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use bithive_chain::{
    Chain, Cosmos, CosmosOptions, Embedded, Message, ServeOptions, SigningKey, TxHash, Wallet,
};
use cosmwasm_std::coins;
use serde_json::value::RawValue;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::broadcast::rng;
use crate::choose;
use crate::memory::Budget;

/// Buffers of two ends of a connection, and an answer in several forms.
pub const BUDGET: Budget = Budget { fixed: 32 << 20, per_byte: 256 };

type Fault = Box<dyn std::error::Error>;

/// What is asked of the node, and the method whose answer is the input.
pub const QUESTIONS: [(&str, &str); 9] = [
    ("info", "status"),
    ("block", "block"),
    ("block", "block_results"),
    ("tx", "tx"),
    ("send", "broadcast_tx_sync"),
    ("account", "abci_query"),
    ("balance", "abci_query"),
    ("query", "abci_query"),
    ("simulate", "abci_query"),
];
/// The input is a result, an error's data, or the whole body.
pub const FORMS: u8 = 3;

/// Answers of a real chain, by method and by the path of an `abci_query`.
#[derive(Default)]
struct Answers {
    /// Whether the chain is gone, and what it said last is all there is.
    recorded: bool,
    last: BTreeMap<String, Box<RawValue>>,
}

/// What the node answers to one method.
#[derive(Default)]
struct Script {
    method: &'static str,
    form: u8,
    input: Vec<u8>,
}

/// A node and its client.
pub struct Fixture {
    runtime: Runtime,
    cosmos: Cosmos,
    script: Arc<Mutex<Script>>,
    address: String,
    tx: Vec<u8>,
    height: u64,
    chain_id: String,
    /// What a real chain answers to each of [`QUESTIONS`].
    pub answers: Vec<Vec<u8>>,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| Fixture::new().expect("a chain of fixed seed"));

impl Fixture {
    /// The node of this target's inputs.
    ///
    /// # Errors
    /// None for the fixed seed.
    pub fn new() -> Result<Self, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(Self::build()).map(|build| build(runtime))
    }

    async fn build() -> Result<impl FnOnce(Runtime) -> Self, Fault> {
        let [key, other] = [SigningKey::generate(&mut rng()), SigningKey::from_bytes(&[7; 32])?];
        let rich = coins(1_000_000_000, "ubee");
        let chain = Embedded::builder().genesis_balance(key.address(), rich).build()?;
        let server = chain.serve(ServeOptions { clock: None, ..ServeOptions::default() }).await?;
        let honest: Arc<Mutex<Answers>> = Arc::default();
        let script: Arc<Mutex<Script>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (answers, chosen, upstream) = (honest.clone(), script.clone(), server.url());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, upstream.clone(), answers.clone(), chosen.clone()));
            }
        });
        // Long enough for two tasks of one thread; nothing that an answer says is worth waiting for.
        let options = CosmosOptions::new(url)
            .request_timeout(Duration::from_millis(500))
            .confirm_timeout(Duration::ZERO)
            .poll_interval(Duration::from_millis(1));
        let cosmos = Cosmos::connect(options).await?;

        // One transaction, and then one of each question, whose answers are remembered.
        let chain: Arc<dyn Chain> = Arc::new(cosmos.clone());
        let wallet = Wallet::connect(Arc::new(chain_of(&server).await?), key.clone()).await?;
        let send = [Message::Send { to: other.address().into(), funds: coins(7, "ubee") }];
        let mut tx = Vec::new();
        let sent = wallet.submit(&send, |signed| {
            tx.clone_from(&signed.bytes);
            Ok(())
        });
        let height = sent.await?.height;
        let info = chain.info().await?;
        let address = key.address().to_owned();
        let mut real = Vec::new();
        for (question, method) in QUESTIONS {
            let asked = Asked { chain: &cosmos, address: &address, tx: &tx, height };
            let _ = asked.ask(question).await;
            let answers = honest.lock().unwrap_or_else(PoisonError::into_inner);
            // The transaction is in a block, so the chain takes it no second time; this is what it said at first.
            let taken = || {
                serde_json::json!({ "code": 0, "data": "", "log": "", "codespace": "",
                "hash": TxHash::of(&tx).to_string() })
            };
            let answer = answers.last.get(method).map(|answer| answer.get().to_owned());
            real.push(answer.unwrap_or_else(|| taken().to_string()).into_bytes());
        }
        honest.lock().unwrap_or_else(PoisonError::into_inner).recorded = true;
        server.stop().await;
        let chain_id = info.chain_id;
        Ok(move |runtime| Self { runtime, cosmos, script, address, tx, height, chain_id, answers: real })
    }
}

async fn chain_of(server: &bithive_chain::Server) -> Result<Cosmos, Fault> {
    Ok(Cosmos::connect(CosmosOptions::new(server.url()).poll_interval(Duration::from_millis(5))).await?)
}

/// A question's subject.
struct Asked<'a> {
    chain: &'a Cosmos,
    address: &'a str,
    tx: &'a [u8],
    height: u64,
}

impl Asked<'_> {
    /// Asks, and checks that what is believed belongs to the question.
    async fn ask(&self, question: &str) -> Option<()> {
        let Self { chain, address, tx, height } = self;
        let hash = TxHash::of(tx);
        match question {
            "info" => {
                let info = chain.info().await.ok()?;
                assert!(info.chain_id == chain.chain_id() && info.height > 0, "{info:?}");
            }
            "block" => {
                let block = chain.blocks_from(*height).next().await.ok()?;
                assert_eq!(block.height, *height);
                for tx in &block.txs {
                    assert!(
                        tx.error.is_none() || tx.data.is_empty(),
                        "a transaction that failed has no data"
                    );
                }
            }
            "tx" => {
                let receipt = chain.tx(hash).await.ok()??.ok()?;
                assert!(receipt.hash == hash && receipt.height > 0, "{receipt:?}");
            }
            "send" => {
                let receipt = chain.broadcast(tx).await.ok()?;
                assert_eq!(receipt.hash, hash);
            }
            "account" => drop(chain.account(address).await.ok()?),
            "balance" => drop(chain.balance(address, "ubee").await.ok()?),
            "query" => drop(chain.query_smart(address, b"{}".to_vec()).await.ok()?),
            _ => drop(chain.simulate(tx).await.ok()?),
        }
        Some(())
    }
}

/// The first byte chooses the question and the form of the answer.
pub fn check(input: &[u8]) {
    let questions = QUESTIONS.len() as u8;
    let Some((choice, bytes)) = choose(input, questions * FORMS) else { return };
    let fixture = &*FIXTURE;
    let (question, method) = QUESTIONS[usize::from(choice % questions)];
    {
        let mut script = fixture.script.lock().unwrap_or_else(PoisonError::into_inner);
        *script = Script { method, form: choice / questions, input: bytes.to_vec() };
    }
    let Fixture { cosmos, address, tx, height, chain_id, .. } = fixture;
    let asked = Asked { chain: cosmos, address, tx, height: *height };
    fixture.runtime.block_on(asked.ask(question));
    assert_eq!(cosmos.chain_id(), chain_id);
}

/// Answers a connection's requests: one method as the script says, the others as the real chain does or did.
async fn serve(
    stream: TcpStream,
    upstream: String,
    answers: Arc<Mutex<Answers>>,
    script: Arc<Mutex<Script>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = read(&mut stream).await?;
        let call: serde_json::Value = serde_json::from_slice(&request).ok()?;
        let (method, id) = (call["method"].as_str()?, call["id"].to_string());
        let path = call["params"]["path"].as_str().unwrap_or(method).to_owned();
        let scripted = {
            let script = script.lock().unwrap_or_else(PoisonError::into_inner);
            (script.method == method).then(|| body(&script, &id))
        };
        let known = || {
            let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = answers.last.get(&path).filter(|_| answers.recorded);
            answer.map(|answer| envelope(&id, b"\"result\":", answer.get().as_bytes()))
        };
        let body = match scripted.or_else(known) {
            Some(body) => body,
            None => {
                let answer = forward(&upstream, &request).await?;
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                answers.last.insert(method.to_owned(), answer.clone());
                answers.last.insert(path, answer.clone());
                envelope(&id, b"\"result\":", answer.get().as_bytes())
            }
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.get_mut().write_all(&[head.into_bytes(), body].concat()).await.ok()?;
    }
}

fn body(script: &Script, id: &str) -> Vec<u8> {
    match script.form {
        0 => envelope(id, b"\"result\":", &script.input),
        1 => {
            let data = serde_json::to_vec(&String::from_utf8_lossy(&script.input)).unwrap_or_default();
            let error =
                [br#"{"code":-32603,"message":"Internal error","data":"#.as_slice(), &data, b"}"].concat();
            envelope(id, b"\"error\":", &error)
        }
        _ => script.input.clone(),
    }
}

fn envelope(id: &str, name: &[u8], value: &[u8]) -> Vec<u8> {
    [br#"{"jsonrpc":"2.0","id":"#.as_slice(), id.as_bytes(), b",", name, value, b"}"].concat()
}

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

/// The result that the real chain gives.
async fn forward(upstream: &str, request: &[u8]) -> Option<Box<RawValue>> {
    #[derive(serde::Deserialize)]
    struct Answer {
        result: Option<Box<RawValue>>,
    }
    let host = upstream.strip_prefix("http://")?;
    let mut stream = TcpStream::connect(host).await.ok()?;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        request.len()
    );
    stream.write_all(&[head.as_bytes(), request].concat()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    serde_json::from_slice::<Answer>(answer.get(body + 4..)?).ok()?.result
}
