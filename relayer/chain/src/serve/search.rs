//! The queries of `tx_search`, as far as a chain without an index of events can answer them: `tx.hash='…'` or `tx.height=7`,
//! and with ` AND ` what events of those transactions must have, `transfer.sender='…'`.

use crate::{Event, TxHash, rpc::cut};

/// Longest query, in bytes, as in CometBFT.
const MAX_QUERY_BYTES: usize = 512;

/// Which transactions are asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) place: Place,
    conditions: Vec<Condition>,
}

/// Where they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Hash(TxHash),
    Height(u64),
}

/// An attribute that one of a transaction's events must have.
#[derive(Debug, PartialEq, Eq)]
struct Condition {
    kind: String,
    key: String,
    value: String,
}

impl Search {
    /// Reads a query; the error says what is expected.
    pub(super) fn parse(query: &str) -> Result<Self, String> {
        if query.len() > MAX_QUERY_BYTES {
            return Err(format!("{} bytes, expected at most {MAX_QUERY_BYTES}", query.len()));
        }
        let (mut hash, mut height, mut conditions) = (None, None, vec![]);
        for (name, value) in terms(query)? {
            match name {
                "tx.hash" => {
                    let found: TxHash = value.parse().map_err(|error| format!("tx.hash: {error}"))?;
                    set(&mut hash, found, name)?;
                }
                "tx.height" => {
                    let found: u64 =
                        value.parse().map_err(|error| format!("tx.height {:?}: {error}", cut(value)))?;
                    set(&mut height, found, name)?;
                }
                name => {
                    let (kind, key) = name.split_once('.').ok_or_else(|| {
                        format!("{name:?}, expected an event and its attribute, like transfer.sender")
                    })?;
                    conditions.push(Condition { kind: kind.into(), key: key.into(), value: value.into() });
                }
            }
        }
        let place = match (hash, height) {
            (Some(hash), None) => Place::Hash(hash),
            (None, Some(height)) => Place::Height(height),
            (Some(_), Some(_)) => return Err("tx.hash and tx.height, expected one of them".into()),
            (None, None) => {
                let reason = "neither tx.hash='…' nor tx.height=…: this chain keeps no index of events; follow its blocks";
                return Err(reason.into());
            }
        };
        Ok(Self { place, conditions })
    }

    /// Whether a transaction with these events is asked for.
    pub(super) fn matches(&self, events: &[Event]) -> bool {
        self.conditions.iter().all(|condition| condition.holds(events))
    }
}

impl Condition {
    fn holds(&self, events: &[Event]) -> bool {
        let has = |(key, value): &(String, String)| *key == self.key && *value == self.value;
        events.iter().any(|event| event.kind == self.kind && event.attributes.iter().any(has))
    }
}

fn set<T>(place: &mut Option<T>, found: T, name: &str) -> Result<(), String> {
    match place.replace(found) {
        None => Ok(()),
        Some(_) => Err(format!("{name} twice, expected it once")),
    }
}

/// The `name=value` between each ` AND `; a value is in single quotes, or a number.
fn terms(query: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut terms = vec![];
    let mut rest = query.trim();
    loop {
        let unreadable =
            || format!("{:?}, expected a name, = and a value in single quotes or a number", cut(rest));
        let (name, value) = rest.split_once('=').ok_or_else(unreadable)?;
        let name = name.trim();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(unreadable());
        }
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').ok_or_else(unreadable)?,
            None => {
                let end = value.bytes().take_while(u8::is_ascii_digit).count();
                value.split_at_checked(end).filter(|(digits, _)| !digits.is_empty()).ok_or_else(unreadable)?
            }
        };
        terms.push((name, value));
        if after.trim().is_empty() {
            return Ok(terms);
        }
        rest = after
            .strip_prefix(' ')
            .and_then(|after| after.trim_start().strip_prefix("AND "))
            .ok_or_else(|| format!("{:?}, expected AND and another condition", cut(after)))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hash_or_a_height_says_where_and_the_rest_what() {
        let hash = TxHash::of(b"tx");
        let lower = hash.to_string().to_lowercase();
        for text in [format!("tx.hash='{hash}'"), format!("tx.hash = '{lower}' ")] {
            assert_eq!(
                Search::parse(&text).unwrap(),
                Search { place: Place::Hash(hash), conditions: vec![] }
            );
        }
        let query = "tx.height=7 AND wasm-job_posted._contract_address='a AND b=1' AND message.n = 5";
        let search = Search::parse(query).unwrap();
        assert_eq!(search.place, Place::Height(7));
        let event = |kind: &str, key: &str, value: &str| Event {
            kind: kind.into(),
            attributes: vec![("x".into(), "y".into()), (key.into(), value.into())],
        };
        let posted = event("wasm-job_posted", "_contract_address", "a AND b=1");
        let (five, six) = (event("message", "n", "5"), event("message", "n", "6"));
        assert!(search.matches(&[six.clone(), posted.clone(), five.clone()]));
        for events in [vec![], vec![posted.clone()], vec![posted, six], vec![five]] {
            assert!(!search.matches(&events), "{events:?}");
        }
    }

    #[test]
    fn what_can_not_be_answered_is_refused_with_what_can() {
        let hash = TxHash::of(b"tx");
        for (query, word) in [
            (String::new(), "expected a name"),
            ("tx.height".into(), "expected a name"),
            ("tx.height=".into(), "expected a name"),
            ("tx.height>5".into(), "expected a name"),
            ("tx.height=5 OR tx.height=6".into(), "expected AND"),
            ("tx.height=5AND tx.height=6".into(), "expected AND"),
            ("tx.height=5 AND ".into(), "expected AND"),
            ("tx.height=99999999999999999999".into(), "tx.height"),
            ("tx.height=5 AND tx.height=6".into(), "twice"),
            (format!("tx.height=5 AND tx.hash='{hash}'"), "one of them"),
            ("tx.hash='abc'".into(), "64 hex digits"),
            ("tx.hash='abc".into(), "expected a name"),
            ("message.sender='x'".into(), "no index of events"),
            ("sender='x' AND tx.height=5".into(), "transfer.sender"),
            ("a b.c='x' AND tx.height=5".into(), "expected a name"),
            (format!("tx.height=5 AND a.b='{}'", "x".repeat(512)), "at most 512"),
        ] {
            let error = Search::parse(&query).unwrap_err();
            assert!(error.contains(word), "{query}: {error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(
            height in any::<u64>(),
            value in "[^']{0,40}",
            key in "[a-z_-]{1,10}",
            noise in "[a-z0-9.=' AND<]{0,60}",
        ) {
            let search = Search::parse(&format!("tx.height={height} AND wasm.{key}='{value}'")).unwrap();
            prop_assert_eq!(search.place, Place::Height(height));
            let condition = Condition { kind: "wasm".into(), key, value };
            prop_assert_eq!(search.conditions, vec![condition]);
            // Anything is read or refused.
            let _ = Search::parse(&noise);
        }
    }
}
