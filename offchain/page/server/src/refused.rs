//! Why a request is not answered, for programs and people.

use bithive_chain::ChainError;
use bithive_chain::http::{ReplyBody, TooMuch, reply};
use bithive_exchange::ExchangeError;
use hyper::header::{ALLOW, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;

pub(crate) const JSON: &str = "application/json";

/// Kinds of errors, by which programs tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    BadRequest,
    NoToken,
    WrongOrigin,
    NotFound,
    Off,
    Method(&'static str),
    Slow,
    DigestMismatch,
    TooLarge,
    WrongHost,
    Refused,
    Busy,
    Storage,
    Unreachable,
    Chain,
    Overloaded,
    MailboxFull,
    Late,
}

impl Kind {
    /// All names, for metrics.
    pub(crate) const NAMES: [&'static str; 18] = [
        "bad_request",
        "no_token",
        "wrong_origin",
        "not_found",
        "off",
        "method",
        "slow",
        "digest_mismatch",
        "too_large",
        "wrong_host",
        "refused",
        "busy",
        "storage",
        "unreachable",
        "chain",
        "overloaded",
        "mailbox_full",
        "late",
    ];

    /// Status, name, and what helps.
    fn words(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadRequest => {
                (400, "bad_request", "see offchain/page/server/README.md for what is expected")
            }
            Self::NoToken => (401, "no_token", "open the address that the program printed at its start"),
            Self::WrongOrigin => (403, "wrong_origin", "use the page that this server serves"),
            Self::NotFound => (404, "not_found", "check the address"),
            Self::Off => (404, "off", "start `bithive demo --page` for a demonstration"),
            Self::Method(_) => (405, "method", "use one of the methods that Allow lists"),
            Self::Slow => (408, "slow", "try again on a faster connection"),
            Self::DigestMismatch => {
                (409, "digest_mismatch", "compute the digest (BLAKE3) of what is sent, and send it again")
            }
            Self::TooLarge => (413, "too_large", "send less"),
            Self::WrongHost => (421, "wrong_host", "open the address that the program printed at its start"),
            Self::Refused => (422, "refused", "change what is asked for as the peer says"),
            Self::Busy => (429, "busy", "wait for what is under way, then try again"),
            Self::Storage => (500, "storage", "see the log and the disk of the machine that serves the page"),
            Self::Unreachable => (502, "unreachable", "try again in a moment; ask others if it stays away"),
            Self::Chain => (502, "chain", "try again in a moment; see `bithive health-check` if it stays so"),
            Self::Overloaded => (503, "overloaded", "try again in a moment"),
            Self::MailboxFull => (503, "mailbox_full", "try again when the peer has read its mail"),
            Self::Late => (504, "late", "try again in a moment"),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.words().1
    }
}

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) kind: Kind,
    /// What was wrong, in words.
    pub(crate) what: String,
}

impl Refused {
    pub(crate) fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }

    pub(crate) fn bad(what: impl Into<String>) -> Self {
        Self::new(Kind::BadRequest, what)
    }

    pub(crate) fn too_large(what: &str, most: usize) -> Self {
        Self::new(Kind::TooLarge, format!("{what} has more than {most} bytes"))
    }

    pub(crate) fn chain(what: impl Into<String>) -> Self {
        Self::new(Kind::Chain, what)
    }

    pub(crate) fn storage(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "the page's state can't be used");
        // What the system says may name folders of this machine.
        Self::new(Kind::Storage, "this machine can't store or read it")
    }

    pub(crate) fn response(&self) -> Response<ReplyBody> {
        let (status, kind, remedy) = self.kind.words();
        let body = json!({ "error": { "kind": kind, "what": self.what, "remedy": remedy } });
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = reply(status, JSON, body.to_string()).map(ReplyBody::Whole);
        if let Kind::Method(allowed) = self.kind {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}

impl From<TooMuch> for Refused {
    fn from(error: TooMuch) -> Self {
        Self::new(Kind::Overloaded, error.to_string())
    }
}

impl From<ChainError> for Refused {
    fn from(error: ChainError) -> Self {
        Self::chain(error.to_string())
    }
}

impl From<ExchangeError> for Refused {
    fn from(error: ExchangeError) -> Self {
        let kind = match &error {
            ExchangeError::Unreachable { .. } => Kind::Unreachable,
            ExchangeError::Refused { .. } => Kind::Refused,
            ExchangeError::NotFound { .. } => Kind::NotFound,
            ExchangeError::TooLarge { .. } => Kind::TooLarge,
            ExchangeError::Full { .. } => Kind::MailboxFull,
            ExchangeError::Damaged { .. } | ExchangeError::Storage(_) => return Self::storage(&error),
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_a_name_and_a_status_of_its_own_meaning() {
        let kinds = [
            Kind::BadRequest,
            Kind::NoToken,
            Kind::WrongOrigin,
            Kind::NotFound,
            Kind::Off,
            Kind::Method("GET"),
            Kind::Slow,
            Kind::DigestMismatch,
            Kind::TooLarge,
            Kind::WrongHost,
            Kind::Refused,
            Kind::Busy,
            Kind::Storage,
            Kind::Unreachable,
            Kind::Chain,
            Kind::Overloaded,
            Kind::MailboxFull,
            Kind::Late,
        ];
        let names: BTreeSet<&str> = kinds.into_iter().map(Kind::name).collect();
        assert_eq!(names, BTreeSet::from(Kind::NAMES));
        let documented = include_str!("../README.md");
        for kind in kinds {
            let (status, name, _) = kind.words();
            assert!(
                documented.contains(&format!("| {status} | `{name}` |")),
                "{status} {name} is not in the README"
            );
            assert_eq!(Refused::new(kind, "").response().status().as_u16(), status);
        }
        let response = Refused::new(Kind::Method("GET, PUT"), "").response();
        assert_eq!(response.headers()[ALLOW], "GET, PUT");
    }

    #[test]
    fn what_the_system_says_is_not_told() {
        let error = std::io::Error::other("/home/somebody/secret: no space left");
        let refused = Refused::from(ExchangeError::Storage(error));
        assert!(!refused.what.contains("somebody"), "{}", refused.what);
    }
}
