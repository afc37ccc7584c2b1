//! Whether a node answers: `status` of CometBFT's RPC, over HTTP on loopback.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(2);
/// An answer has about 1 KiB.
const LONGEST: u64 = 1 << 20;

/// A node's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeStatus {
    pub(crate) chain_id: String,
    pub(crate) height: u64,
    pub(crate) time: String,
}

/// Asks the node at `port` of 127.0.0.1.
pub(crate) fn status(port: u16) -> Result<NodeStatus, String> {
    let answer = get(port, "/status").map_err(|error| error.to_string())?;
    parse(&answer).ok_or_else(|| "its answer is not CometBFT's".into())
}

/// HTTP 1.0, so that the answer is one piece and ends with the connection.
fn get(port: u16, path: &str) -> std::io::Result<Vec<u8>> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer)?;
    Ok(answer)
}

fn parse(answer: &[u8]) -> Option<NodeStatus> {
    let body = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let json: Value = serde_json::from_slice(answer.get(body..)?).ok()?;
    let text = |pointer: &str| json.pointer(pointer)?.as_str();
    Some(NodeStatus {
        chain_id: text("/result/node_info/network")?.into(),
        height: text("/result/sync_info/latest_block_height")?.parse().ok()?,
        time: text("/result/sync_info/latest_block_time")?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const BODY: &str = r#"{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"bithive-token-1"},
        "sync_info":{"latest_block_height":"12","latest_block_time":"2026-01-01T00:00:00Z"}}}"#;

    #[test]
    fn a_status_is_read() {
        let status = parse(format!("HTTP/1.0 200 OK\r\nA: b\r\n\r\n{BODY}").as_bytes()).unwrap();
        assert_eq!((status.chain_id.as_str(), status.height), ("bithive-token-1", 12));
    }

    #[test]
    fn another_program_s_answer_is_none() {
        for other in ["", "SSH-2.0-OpenSSH\r\n", "HTTP/1.0 200 OK\r\n\r\n<html>", "HTTP/1.0 200 OK\r\n\r\n{}"]
        {
            assert!(parse(other.as_bytes()).is_none(), "{other}");
        }
        assert!(parse(format!("x\r\n\r\n{}", BODY.replace("\"12\"", "\"-12\"")).as_bytes()).is_none());
    }

    #[test]
    fn a_port_where_nobody_listens_is_an_error_at_once() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert!(status(port).unwrap_err().contains("refused"));
    }
}
