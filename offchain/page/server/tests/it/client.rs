//! A client that says exactly what it is told, and hears everything.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub const GENEROUS: Duration = Duration::from_secs(60);

/// An answer as it came.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether it ended as its head says.
    pub whole: bool,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Its kind, of an error.
    pub fn kind(&self) -> String {
        let json = self.json();
        assert!(json["error"]["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{json}");
        assert!(json["error"]["what"].as_str().is_some_and(|what| !what.is_empty()), "{json}");
        json["error"]["kind"].as_str().unwrap().to_owned()
    }
}

/// A request, before it is sent.
#[derive(Clone)]
pub struct Asked {
    server: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    length: Option<u64>,
}

pub fn ask(server: SocketAddr, method: &str, path: &str) -> Asked {
    let (method, path) = (method.to_owned(), path.to_owned());
    Asked { server, method, path, headers: vec![], body: vec![], length: None }
}

impl Asked {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Announces another length than the body has.
    pub fn length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { method, path, headers, body, length, server } = self;
        let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("host: {server}\r\n");
        }
        let length = length.unwrap_or(body.len() as u64);
        if length > 0 || ["POST", "PUT"].contains(&method.as_str()) {
            head += &format!("content-length: {length}\r\n");
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        bytes
    }

    /// Sends it, and leaves the answer on the connection.
    pub async fn open(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.server).await.unwrap();
        // A server that refuses what it has not read may close first.
        let _ = stream.write_all(&self.bytes()).await;
        stream
    }

    pub async fn send(&self) -> Answer {
        let mut stream = self.open().await;
        let mut bytes = vec![];
        let read = timeout(GENEROUS, stream.read_to_end(&mut bytes)).await.expect("an answer");
        let ended = read.is_ok();
        read_answer(&bytes, ended, self.method == "HEAD")
    }
}

fn read_answer(bytes: &[u8], ended: bool, is_head: bool) -> Answer {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let at = at.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let rest = &bytes[at + 4..];
    let mut answer = Answer { status, head, body: rest.to_vec(), whole: ended };
    if answer.header("transfer-encoding") == Some("chunked") {
        let (body, whole) = unchunk(rest);
        (answer.body, answer.whole) = (body, ended && whole);
    } else if let Some(length) = answer.header("content-length")
        && !is_head
    {
        answer.whole = ended && length.parse() == Ok(rest.len());
    }
    answer
}

fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = vec![];
    loop {
        let Some(line) = rest.windows(2).position(|two| two == b"\r\n") else { return (body, false) };
        let Ok(size) = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16) else {
            return (body, false);
        };
        let from = line + 2;
        if size == 0 {
            return (body, true);
        }
        if rest.len() < from + size + 2 {
            body.extend_from_slice(&rest[from.min(rest.len())..]);
            return (body, false);
        }
        body.extend_from_slice(&rest[from..from + size]);
        rest = &rest[from + size + 2..];
    }
}

/// Reads from a connection until a text has come `count` times.
pub async fn until(stream: &mut TcpStream, seen: &mut String, text: &str, count: usize) {
    let reading = async {
        let mut buffer = [0; 4096];
        while seen.matches(text).count() < count {
            let read = stream.read(&mut buffer).await.unwrap();
            assert!(read > 0, "it ended after {seen:?}");
            seen.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
    };
    timeout(GENEROUS, reading).await.unwrap_or_else(|_| panic!("{text:?} did not come in {seen:?}"));
}
