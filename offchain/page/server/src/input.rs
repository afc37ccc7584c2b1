//! Reading requests: parameters, peers, bodies.

use std::time::Duration;

use bithive_chain::http::{begin_read, query_pairs};
use bithive_exchange::{Digest, PeerId, Protocol};
use bithive_listener::Weight;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::{Request, Uri};
use tokio::time::timeout;

use crate::refused::{Kind, Refused};

/// Time for a body to arrive, of those that are read whole.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Most characters of what somebody sent that an answer repeats.
const SHOWN: usize = 100;

/// The first characters of a text, in quotes.
pub(crate) fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(SHOWN).collect::<String>())
}

/// Parameters of a URI, each at most once, and none but those that are known.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Refused> {
        let pairs = query_pairs(uri.query().unwrap_or_default());
        for (place, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let expected = if known.is_empty() { "none".into() } else { known.join(", ") };
                return Err(Refused::bad(format!("parameter {}; expected {expected}", shown(name))));
            }
            if pairs.iter().take(place).any(|(earlier, _)| earlier == name) {
                return Err(Refused::bad(format!("parameter {name} is there more than once")));
            }
        }
        Ok(Self(pairs))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn needed(&self, name: &str, expected: &str) -> Result<&str, Refused> {
        self.get(name)
            .ok_or_else(|| Refused::bad(format!("parameter {name} is missing; expected {expected}")))
    }

    /// A number, if it is there.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refused> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        number.map(Some).ok_or_else(|| Refused::bad(format!("{name} is {}; expected a number", shown(text))))
    }

    pub(crate) fn peer(&self, name: &str) -> Result<PeerId, Refused> {
        peer(self.needed(name, "an endpoint, 64 hex digits")?)
    }

    /// Peers that are separated by commas; none if the parameter is not there.
    pub(crate) fn peers(&self, name: &str, most: usize) -> Result<Vec<PeerId>, Refused> {
        let text = self.get(name).unwrap_or_default();
        if text.is_empty() {
            return Ok(vec![]);
        }
        if text.split(',').count() > most {
            return Err(Refused::bad(format!("{name} has more than {most} endpoints")));
        }
        text.split(',').map(peer).collect()
    }

    pub(crate) fn protocol(&self) -> Result<Protocol, Refused> {
        let name = self.needed("protocol", "the name of a protocol")?;
        Protocol::ALL.into_iter().find(|protocol| protocol.name() == name).ok_or_else(|| {
            let known = Protocol::ALL.map(Protocol::name).join(", ");
            Refused::bad(format!("protocol is {}; expected one of {known}", shown(name)))
        })
    }
}

fn peer(text: &str) -> Result<PeerId, Refused> {
    text.parse().map_err(|error| Refused::bad(format!("{}: {error}", shown(text))))
}

/// A digest in a path.
pub(crate) fn digest(text: &str) -> Result<Digest, Refused> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest)
        .map_err(|_| Refused::bad(format!("{}: expected a BLAKE3 digest, 64 hex digits", shown(text))))?;
    Ok(digest)
}

/// How long a body is, as its head says.
pub(crate) fn length<B>(request: &Request<B>) -> Result<u64, Refused> {
    let text = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = text.and_then(|text| text.parse().ok());
    length.ok_or_else(|| Refused::bad("Content-Length is missing; expected the number of bytes of the body"))
}

/// A whole body of at most so many bytes, and what keeps it counted.
pub(crate) async fn body(
    request: &mut Request<Incoming>,
    most: usize,
) -> Result<(Bytes, Option<Weight>), Refused> {
    let too_large = || Refused::too_large("the body", most);
    if request.headers().contains_key(CONTENT_LENGTH) && length(&*request)? > most as u64 {
        return Err(too_large());
    }
    let weight = begin_read(&*request, most)?;
    let read = timeout(BODY_TIMEOUT, Limited::new(request.body_mut(), most).collect()).await;
    let read = read.map_err(|_| {
        Refused::new(Kind::Slow, format!("the body did not arrive in {} s", BODY_TIMEOUT.as_secs()))
    })?;
    match read {
        Ok(body) => Ok((body.to_bytes(), weight)),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(error) => Err(Refused::bad(format!("the body broke off: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "0101010101010101010101010101010101010101010101010101010101010101";

    fn read(query: &str) -> Result<Parameters, Refused> {
        Parameters::read(&format!("/x/ask?{query}").parse().unwrap(), &["to", "protocol", "limit", "from"])
    }

    #[test]
    fn parameters_are_known_ones_and_there_once() {
        let parameters = read(&format!("to={PEER}&protocol=bithive%2Fclaim/1&limit=7")).unwrap();
        assert_eq!(parameters.peer("to").unwrap(), PeerId([1; 32]));
        assert_eq!(parameters.protocol().unwrap(), Protocol::Claim);
        assert_eq!(parameters.number("limit").unwrap(), Some(7));
        assert_eq!(parameters.peers("from", 2).unwrap(), []);
        assert!(read("x=1").err().unwrap().what.contains("expected to, protocol"));
        assert!(read("to=1&to=2").err().unwrap().what.contains("more than once"));
    }

    #[test]
    fn bad_values_are_named() {
        for (query, expected) in [
            ("", "to is missing"),
            ("to=", "64 hex digits"),
            ("to=01", "64 hex digits"),
            (&format!("to={PEER}"), "protocol is missing"),
            (&format!("to={PEER}&protocol=claim"), "bithive/claim/1"),
        ] {
            let parameters = read(query).unwrap();
            let error = parameters.peer("to").and_then(|_| parameters.protocol()).unwrap_err();
            assert!(
                error.kind == Kind::BadRequest && error.what.contains(expected),
                "{query}: {}",
                error.what
            );
        }
        for limit in ["", "-1", "+1", "1e3", "99999999999999999999", "0x1"] {
            assert!(
                read(&format!("limit={}", limit.replace('+', "%2B"))).unwrap().number("limit").is_err(),
                "{limit}"
            );
        }
        let many = format!("from={PEER},{PEER},{PEER}");
        assert!(read(&many).unwrap().peers("from", 2).unwrap_err().what.contains("more than 2"));
        assert_eq!(read(&many).unwrap().peers("from", 3).unwrap().len(), 3);
        assert!(digest("xyz").is_err() && digest(PEER).is_ok() && digest(&PEER[2..]).is_err());
    }
}
