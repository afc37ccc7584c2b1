//! Links to a page that pays: `https://PAGE/pay#chain=CHAIN&offer=NUMBER&key=HEX&referrer=ADDRESS`.
//!
//! What is behind the `#` stays in the payer's browser: the page's server never learns who is asked to pay what. A link names an
//! offer and nothing that a payer decides: amount, asset and seller are what the chain says of the offer.
//!
//! ```text
//!   link      = page "/pay#" request
//!   page      = "https://" host path | "http://" loopback host path      no user, no "?", no "#"
//!   request   = "chain=" chain "&offer=" number ["&key=" hex] ["&referrer=" address]
//!   chain     = 1 to 64 of A-Z a-z 0-9 . _ -
//!   number    = 1 to 18,446,744,073,709,551,615, without zeros before it
//!   hex       = 32 to 128 lower-case digits, an even number
//!   address   = 1 to 90 of a-z 0-9
//! ```
//!
//! One request has one text: the order is fixed, nothing is percent-encoded, and what is unknown, repeated or missing is refused.

use core::fmt;

/// Longest link that is read, in bytes.
pub const MAX_LINK_BYTES: usize = 2_048;
/// Path of the page's part that pays, with the mark behind which the request is.
const PAY: &str = "/pay#";
/// Hosts to which `http` does not leave the machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
/// Parameters, in the order in which they stand.
const NAMES: [&str; 4] = ["chain", "offer", "key", "referrer"];

/// Which offer of which chain is to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    chain: String,
    offer: u64,
    key: Option<Vec<u8>>,
    referrer: Option<String>,
}

/// A request, and the page that is to open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    page: String,
    request: Request,
}

/// What is wrong with a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// More text than any link has.
    #[error("the link has {found} bytes; expected at most {MAX_LINK_BYTES}")]
    TooLong {
        /// Length that was found.
        found: usize,
    },
    /// No address of a page that pays.
    #[error(
        "{found:?} is no page; expected https://HOST, or http:// of this machine, and /pay# behind it in a link"
    )]
    Page {
        /// Text that was found.
        found: String,
    },
    /// A parameter that links do not have.
    #[error(
        "the link has the parameter {found:?}; expected chain, offer, key and referrer only, because what is not understood must not be paid"
    )]
    Unknown {
        /// Name of the parameter.
        found: String,
    },
    /// A parameter twice.
    #[error(
        "the link has {name} more than once; expected it once, because two readers could take different ones"
    )]
    Repeated {
        /// Name of the parameter.
        name: &'static str,
    },
    /// A parameter that every link has.
    #[error("the link has no {name}; ask for the whole link")]
    Missing {
        /// Name of the parameter.
        name: &'static str,
    },
    /// Parameters in another order.
    #[error("{name} stands in the wrong place; expected chain, offer, key, referrer in this order")]
    Order {
        /// The first parameter that does.
        name: &'static str,
    },
    /// A value that the parameter can't have.
    #[error("{name} is {found:?}; expected {expected}")]
    Value {
        /// Name of the parameter.
        name: &'static str,
        /// Text that was found.
        found: String,
        /// What it looks like.
        expected: &'static str,
    },
}

impl Request {
    /// An offer of a chain, by the chain's id and the offer's number from 1.
    ///
    /// # Errors
    /// [`LinkError::Value`].
    pub fn new(chain: &str, offer: u64) -> Result<Self, LinkError> {
        let number = offer.to_string();
        Ok(Self { chain: self::chain(chain)?, offer: self::offer(&number)?, key: None, referrer: None })
    }

    /// With a key: whoever pays the link twice pays once. 16 to 64 bytes.
    ///
    /// # Errors
    /// [`LinkError::Value`].
    pub fn with_key(self, key: &[u8]) -> Result<Self, LinkError> {
        let key = Some(self::key(&hex::encode(key))?);
        Ok(Self { key, ..self })
    }

    /// With an account that is given the offer's referral part, a bech32 address.
    ///
    /// # Errors
    /// [`LinkError::Value`].
    pub fn with_referrer(self, address: &str) -> Result<Self, LinkError> {
        let referrer = Some(referrer(address)?);
        Ok(Self { referrer, ..self })
    }

    /// Id of the chain.
    #[must_use]
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// Number of the offer, from 1.
    #[must_use]
    pub const fn offer(&self) -> u64 {
        self.offer
    }

    /// Key of the payment, 16 to 64 bytes; the payer takes a random one where there is none.
    #[must_use]
    pub fn key(&self) -> Option<&[u8]> {
        self.key.as_deref()
    }

    /// Account that is given the offer's referral part.
    #[must_use]
    pub fn referrer(&self) -> Option<&str> {
        self.referrer.as_deref()
    }

    /// Reads what is behind the `#` of a link, without the `#`.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(fragment: &str) -> Result<Self, LinkError> {
        expect_length(fragment)?;
        let mut values: [Option<&str>; 4] = [None; 4];
        let mut last = None;
        for pair in fragment.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let unknown = || LinkError::Unknown { found: name.into() };
            let place = NAMES.iter().position(|known| *known == name).ok_or_else(unknown)?;
            let (Some(name), Some(slot)) = (NAMES.get(place).copied(), values.get_mut(place)) else {
                return Err(unknown());
            };
            if slot.replace(value).is_some() {
                return Err(LinkError::Repeated { name });
            }
            if last.is_some_and(|last| last > place) {
                return Err(LinkError::Order { name });
            }
            last = Some(place);
        }
        let [chain, offer, key, referrer] = values;
        Ok(Self {
            chain: self::chain(chain.ok_or(LinkError::Missing { name: "chain" })?)?,
            offer: self::offer(offer.ok_or(LinkError::Missing { name: "offer" })?)?,
            key: key.map(self::key).transpose()?,
            referrer: referrer.map(self::referrer).transpose()?,
        })
    }
}

/// As [`Request::parse`] reads it.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chain={}&offer={}", self.chain, self.offer)?;
        if let Some(key) = &self.key {
            write!(f, "&key={}", hex::encode(key))?;
        }
        self.referrer.as_ref().map_or(Ok(()), |referrer| write!(f, "&referrer={referrer}"))
    }
}

impl Link {
    /// A link to a page, such as `https://bithive.example`, for a request. A slash at the page's end is dropped.
    ///
    /// # Errors
    /// [`LinkError::Page`], [`LinkError::TooLong`].
    pub fn new(page: &str, request: Request) -> Result<Self, LinkError> {
        let link = Self { page: self::page(page.strip_suffix('/').unwrap_or(page))?, request };
        expect_length(&link.to_string())?;
        Ok(link)
    }

    /// Reads a link.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        expect_length(text)?;
        let (page, request) =
            text.split_once(PAY).ok_or_else(|| LinkError::Page { found: text.chars().take(80).collect() })?;
        Ok(Self { page: self::page(page)?, request: Request::parse(request)? })
    }

    /// Address of the page, without a slash at its end.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// What is to be paid.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }
}

/// As [`Link::parse`] reads it.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{PAY}{}", self.page, self.request)
    }
}

fn expect_length(text: &str) -> Result<(), LinkError> {
    let found = text.len();
    if found <= MAX_LINK_BYTES { Ok(()) } else { Err(LinkError::TooLong { found }) }
}

fn page(text: &str) -> Result<String, LinkError> {
    let error = || LinkError::Page { found: text.into() };
    let (scheme, rest) = text.split_once("://").ok_or_else(error)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:[]".contains(&byte);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(_) => authority.split_inclusive(']').next(),
        None => authority.split(':').next(),
    };
    let host = host.filter(|host| !host.is_empty()).ok_or_else(error)?;
    let safe = match scheme {
        "https" => true,
        "http" => LOOPBACK.contains(&host),
        _ => false,
    };
    if safe && rest.bytes().all(allowed) && !rest.ends_with('/') { Ok(text.into()) } else { Err(error()) }
}

fn value(
    name: &'static str,
    text: &str,
    expected: &'static str,
    holds: impl Fn(&str) -> bool,
) -> Result<String, LinkError> {
    if holds(text) { Ok(text.into()) } else { Err(LinkError::Value { name, found: text.into(), expected }) }
}

fn chain(text: &str) -> Result<String, LinkError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let holds = |text: &str| (1..=64).contains(&text.len()) && text.bytes().all(allowed);
    value("chain", text, "the id of a chain: 1 to 64 letters, digits, dots, dashes", holds)
}

fn offer(text: &str) -> Result<u64, LinkError> {
    let expected = "the number of an offer, from 1";
    let read = text.parse::<u64>().ok().filter(|number| *number > 0 && number.to_string() == text);
    read.ok_or_else(|| LinkError::Value { name: "offer", found: text.into(), expected })
}

fn key(text: &str) -> Result<Vec<u8>, LinkError> {
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let holds = (32..=128).contains(&text.len()) && text.bytes().all(digits);
    let read = hex::decode(text).ok().filter(|_| holds);
    let expected = "32 to 128 lower-case hex digits, two for each byte";
    read.ok_or_else(|| LinkError::Value { name: "key", found: text.into(), expected })
}

fn referrer(text: &str) -> Result<String, LinkError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let holds = |text: &str| (1..=90).contains(&text.len()) && text.bytes().all(allowed);
    value("referrer", text, "a bech32 address", holds)
}

#[cfg(test)]
mod tests;
