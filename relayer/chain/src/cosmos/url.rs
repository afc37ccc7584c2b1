//! URLs of nodes.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// URL of a CometBFT RPC server: `http://` or `https://` and a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RpcUrl(String);

impl RpcUrl {
    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RpcUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<RpcUrl> for String {
    fn from(url: RpcUrl) -> Self {
        url.0
    }
}

/// A text that is not the URL of an RPC server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a URL of a CometBFT RPC server, like http://127.0.0.1:26657")]
pub struct NotAnRpcUrl;

impl FromStr for RpcUrl {
    type Err = NotAnRpcUrl;

    fn from_str(text: &str) -> Result<Self, NotAnRpcUrl> {
        // The parser leaves out white space, and takes `http:host` for `http://host`.
        let is_plain = !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
        let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let is_named = host.is_some_and(|host| !host.starts_with(['/', '?', '#']));
        let is_url = text.parse::<Url>().is_ok_and(|url| url.host_str().is_some());
        if is_plain && is_named && is_url { Ok(Self(text.into())) } else { Err(NotAnRpcUrl) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_a_scheme_and_a_host() {
        for text in ["http://127.0.0.1:26657", "https://rpc.example/path", "http://name:password@[::1]:1"] {
            assert_eq!(text.parse::<RpcUrl>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "token",
            "127.0.0.1:26657",
            "tcp://127.0.0.1:26657",
            "http://",
            "http:///path",
            "http:host",
            "http://?query",
            "http://a b",
            " http://host",
            "http://host\n",
            "http://host:99999",
            "http://1.2.3.999",
        ] {
            assert_eq!(text.parse::<RpcUrl>(), Err(NotAnRpcUrl), "{text:?}");
        }
    }
}
