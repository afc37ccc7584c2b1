//! Values that are written as text: parsed while the file is read, so that nothing else of the program sees a text that
//! is none of them.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bithive_api::timebank::limits::MAX_PROJECT_BYTES;
use bithive_boinc::Credit;
use bithive_chain::{MAX_NODES, NotAnRpcUrl, RpcUrl, validate_address};
use bithive_exchange::{NotARelayUrl, NotAnEndpoint, PeerId, RelayUrl};
use bithive_inference::Device;
use cosmwasm_std::Decimal;
use serde::de::{Error, IntoDeserializer as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// What begins the words of an error that [`FromText`] makes. They follow the name of the field.
pub(super) const MISMATCH: &str = "is ";

/// A value that a configuration has as text.
pub(super) trait FromText: Sized {
    /// The value; otherwise what was expected.
    fn from_text(text: &str) -> Result<Self, String>;
}

/// Any [`FromText`], as `serde` reads it.
struct Parsed<T>(T);

impl<'de, T: FromText> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mismatch = |expected| D::Error::custom(format!("{MISMATCH}{text:?}; expected {expected}"));
        T::from_text(&text).map(Self).map_err(mismatch)
    }
}

/// For `#[serde(deserialize_with)]`: one value.
pub(super) fn one<'de, D: Deserializer<'de>, T: FromText>(deserializer: D) -> Result<T, D::Error> {
    Parsed::deserialize(deserializer).map(|Parsed(value)| value)
}

/// For `#[serde(deserialize_with)]`: a value that may be left out.
pub(super) fn optional<'de, D: Deserializer<'de>, T: FromText>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    one(deserializer).map(Some)
}

/// For `#[serde(deserialize_with)]`: any number of values. An error names the index of the one that is wrong.
pub(super) fn list<'de, D, T, L>(deserializer: D) -> Result<L, D::Error>
where
    D: Deserializer<'de>,
    T: FromText,
    L: FromIterator<T>,
{
    let values = Vec::<Parsed<T>>::deserialize(deserializer)?;
    Ok(values.into_iter().map(|Parsed(value)| value).collect())
}

impl FromText for SocketAddr {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "an IP address and a port, like 0.0.0.0:4433 or [::]:4433".into())
    }
}

/// What a type's own error says was expected.
fn expected(error: impl fmt::Display) -> String {
    error.to_string().trim_start_matches("expected ").to_owned()
}

impl FromText for PeerId {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: NotAnEndpoint| expected(error))
    }
}

impl FromText for RpcUrl {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: NotAnRpcUrl| expected(error))
    }
}

impl FromText for RelayUrl {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: NotARelayUrl| expected(error))
    }
}

impl FromText for Device {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "cpu or gpu".into())
    }
}

impl FromText for Duration {
    fn from_text(text: &str) -> Result<Self, String> {
        humantime::parse_duration(text).map_err(|_| "a duration with its unit, like 500ms, 30s or 2m".into())
    }
}

impl FromText for Credit {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "an amount of credit, like 1000 or 0.5".into())
    }
}

/// `http://` or `https://`, and a host.
fn is_web_url(text: &str) -> bool {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    host.is_some_and(|host| {
        let named = !host.starts_with(['/', '?', '#']) && !host.is_empty();
        named && !host.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    })
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    File(PathBuf),
    /// On a web server: `http://` or `https://`.
    Url(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

impl FromText for Place {
    fn from_text(text: &str) -> Result<Self, String> {
        if is_web_url(text) {
            Ok(Self::Url(text.into()))
        } else if !text.is_empty() && !text.contains("://") {
            Ok(Self::File(text.into()))
        } else {
            Err("a URL like https://boinc.example/stats/host.gz, or a path".into())
        }
    }
}

impl FromStr for Place {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        Self::from_text(text).map_err(Mismatch)
    }
}

impl FromText for Decimal {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "a decimal number, like 0.1".into())
    }
}

/// A text that is none of the values that are expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct Mismatch(String);

/// A loopback socket: what is served there reaches nobody on another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopbackAddress(SocketAddr);

impl LoopbackAddress {
    /// The socket, if its IP address is a loopback one.
    #[must_use]
    pub fn new(address: SocketAddr) -> Option<Self> {
        bithive_monitor::is_loopback(&address).then_some(Self(address))
    }

    /// IP address and port, with a loopback address.
    #[must_use]
    pub const fn socket(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for LoopbackAddress {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        Self::from_text(text).map_err(Mismatch)
    }
}

impl FromText for LoopbackAddress {
    fn from_text(text: &str) -> Result<Self, String> {
        Self::new(SocketAddr::from_text(text)?)
            .ok_or_else(|| "a loopback address, like 127.0.0.1:9464: nobody is asked who they are".into())
    }
}

/// Declares a text of a checked form.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromText for $name {
            fn from_text(text: &str) -> Result<Self, String> {
                let check: fn(&str) -> Result<(), String> = $check;
                check(text).map(|()| Self(text.into()))
            }
        }

        impl FromStr for $name {
            type Err = Mismatch;

            fn from_str(text: &str) -> Result<Self, Mismatch> {
                Self::from_text(text).map_err(Mismatch)
            }
        }
    };
}

checked_text!(
    /// URL of a BOINC project, by which statements name it: `http://` or `https://` and a host, at most
    /// [`MAX_PROJECT_BYTES`] bytes.
    ProjectUrl,
    |text| match is_web_url(text) && text.len() <= MAX_PROJECT_BYTES {
        true => Ok(()),
        false => Err(format!(
            "the URL of a project as its scheduler names it, like https://boinc.example/, of at most {MAX_PROJECT_BYTES} bytes"
        )),
    }
);

checked_text!(
    /// Which lines are logged: a level, and levels by module, as the `tracing` crates read them. A word without a level is refused:
    /// they take a misspelt level for a module, and log nothing else.
    LogFilter,
    |text| {
        let expected = |problem: String| {
            format!("a level like info, or levels by module like warn,bithive_node=debug ({problem})")
        };
        // An empty word is read as a level, too.
        let level = |word: &&str| {
            word.contains('=') || (!word.is_empty() && word.parse::<LevelFilter>().is_ok())
        };
        if let Some(word) = text.split(',').find(|word| !level(word)) {
            return Err(expected(format!("{word:?} is no level")));
        }
        EnvFilter::try_new(text).map(drop).map_err(|problem| expected(problem.to_string()))
    }
);

checked_text!(
    /// Bech32 address of a contract.
    ContractAddress,
    |text| {
        validate_address(text)
            .map(drop)
            .map_err(|problem| format!("the address of a contract ({problem})"))
    }
);

checked_text!(
    /// Bech32 address of an account.
    AccountAddress,
    |text| {
        validate_address(text)
            .map(drop)
            .map_err(|problem| format!("the address of an account ({problem})"))
    }
);

checked_text!(
    /// Name of an IBC channel: `channel-` and a number.
    ChannelId,
    |text| {
        let number = text.strip_prefix("channel-").map(str::parse::<u64>);
        if matches!(number, Some(Ok(_))) { Ok(()) } else { Err("a name like channel-0".into()) }
    }
);

impl LogFilter {
    /// All but what is for who looks for a fault.
    #[must_use]
    pub fn info() -> Self {
        Self("info".into())
    }
}

/// URLs of CometBFT RPC servers of one chain, in the order in which they are preferred: one at least, none twice. A
/// configuration has one URL, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcUrls(Vec<RpcUrl>);

impl RpcUrls {
    /// The URLs in their order.
    pub fn iter(&self) -> impl Iterator<Item = &RpcUrl> {
        self.0.iter()
    }

    fn new(urls: Vec<RpcUrl>) -> Result<Self, String> {
        let different: BTreeSet<&RpcUrl> = urls.iter().collect();
        if different.len() != urls.len() {
            return Err(format!("{MISMATCH}a list that has a server twice; expected different servers"));
        }
        if !(1..=MAX_NODES).contains(&urls.len()) {
            return Err(format!("{MISMATCH}a list of {}; expected 1 to {MAX_NODES} URLs", urls.len()));
        }
        Ok(Self(urls))
    }
}

impl From<RpcUrl> for RpcUrls {
    fn from(url: RpcUrl) -> Self {
        Self(vec![url])
    }
}

impl fmt::Display for RpcUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, url) in self.0.iter().enumerate() {
            write!(f, "{}{url}", if index > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for RpcUrls {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        RpcUrl::from_text(text).map(Into::into).map_err(Mismatch)
    }
}

impl<'de> Deserialize<'de> for RpcUrls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = RpcUrls;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL or a list of URLs")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<RpcUrls, E> {
                one(text.into_deserializer()).map(|url: RpcUrl| url.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RpcUrls, A::Error> {
                let mut urls = Vec::new();
                while let Some(Parsed(url)) = items.next_element()? {
                    urls.push(url);
                }
                RpcUrls::new(urls).map_err(Error::custom)
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}
