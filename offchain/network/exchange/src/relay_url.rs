//! URLs of relays, as programs are configured with them.

use std::fmt;
use std::str::FromStr;

use bithive_api::relay::check_relay_url;
use url::Url;

/// URL of a relay, in the form that the registry takes ([`check_relay_url`]): `http://` or `https://`, a host in lower case and at
/// most a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelayUrl {
    text: String,
    url: Url,
}

impl RelayUrl {
    /// The text as it was written, which is how the registry compares it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL in its parts.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is not the URL of a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a URL like https://relay.example:3340 and not one {problem}")]
pub struct NotARelayUrl {
    /// What is wrong with it, as the rest of a sentence that begins with the URL.
    pub problem: &'static str,
}

impl FromStr for RelayUrl {
    type Err = NotARelayUrl;

    fn from_str(text: &str) -> Result<Self, NotARelayUrl> {
        check_relay_url(text).map_err(|problem| NotARelayUrl { problem })?;
        // The form allows numbers that look like an IPv4 address and are none, such as 1.2.3.999.
        let url = text.parse().map_err(|_| NotARelayUrl { problem: "whose host is no address" })?;
        Ok(Self { text: text.into(), url })
    }
}
