//! How a Cosmos SDK chain writes its errors: a codespace, a code and a text, which ends with the text registered for
//! the code. `cosmos/` reads them, `serve/` writes them.

/// An error that the SDK or wasmd registers, of those that clients tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    TxDecode,
    Unauthorized,
    InsufficientFunds,
    UnknownRequest,
    InvalidAddress,
    UnknownAddress,
    OutOfGas,
    InsufficientFee,
    InvalidRequest,
    MempoolFull,
    TxTooLarge,
    KeyNotFound,
    TxTimeoutHeight,
    WrongSequence,
    InvalidGasLimit,
    InstantiateFailed,
    ExecuteFailed,
    QueryFailed,
    MigrateFailed,
    NoSuchContract,
    NoSuchCode,
}

/// Codespace, code and text of each: cosmos-sdk `types/errors/errors.go`, wasmd `x/wasm/types/errors.go`.
const REGISTERED: [(Failure, &str, u32, &str); 21] = [
    (Failure::TxDecode, "sdk", 2, "tx parse error"),
    (Failure::Unauthorized, "sdk", 4, "unauthorized"),
    (Failure::InsufficientFunds, "sdk", 5, "insufficient funds"),
    (Failure::UnknownRequest, "sdk", 6, "unknown request"),
    (Failure::InvalidAddress, "sdk", 7, "invalid address"),
    (Failure::UnknownAddress, "sdk", 9, "unknown address"),
    (Failure::OutOfGas, "sdk", 11, "out of gas"),
    (Failure::InsufficientFee, "sdk", 13, "insufficient fee"),
    (Failure::InvalidRequest, "sdk", 18, "invalid request"),
    (Failure::MempoolFull, "sdk", 20, "mempool is full"),
    (Failure::TxTooLarge, "sdk", 21, "tx too large"),
    (Failure::KeyNotFound, "sdk", 22, "key not found"),
    (Failure::TxTimeoutHeight, "sdk", 30, "tx timeout height"),
    (Failure::WrongSequence, "sdk", 32, "incorrect account sequence"),
    (Failure::InvalidGasLimit, "sdk", 41, "invalid gas limit"),
    (Failure::InstantiateFailed, "wasm", 4, "instantiate wasm contract failed"),
    (Failure::ExecuteFailed, "wasm", 5, "execute wasm contract failed"),
    (Failure::QueryFailed, "wasm", 9, "query wasm contract failed"),
    (Failure::MigrateFailed, "wasm", 11, "migrate wasm contract failed"),
    (Failure::NoSuchContract, "wasm", 22, "no such contract"),
    (Failure::NoSuchCode, "wasm", 28, "no such code"),
];

/// What queries and simulations wrap errors in, which says nothing about them.
const WRAPPERS: [Failure; 2] = [Failure::UnknownRequest, Failure::InvalidRequest];

impl Failure {
    /// Codespace, code and registered text.
    pub(crate) fn registered(self) -> (&'static str, u32, &'static str) {
        // Every variant is in the table, which a test checks; an unregistered error is the SDK's code 1.
        REGISTERED
            .iter()
            .find(|(failure, ..)| *failure == self)
            .map_or(("undefined", 1, "internal"), |(_, codespace, code, words)| (codespace, *code, words))
    }

    /// The error of a code.
    pub(crate) fn of_code(codespace: &str, code: u32) -> Option<Self> {
        REGISTERED
            .iter()
            .find(|(_, space, number, _)| *space == codespace && *number == code)
            .map(|(failure, ..)| *failure)
    }

    /// The error that a text ends with. A contract's text comes before that of the chain around it, so the last
    /// registered text is the chain's.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        REGISTERED
            .iter()
            .filter(|(failure, ..)| !WRAPPERS.contains(failure))
            .filter_map(|(failure, _, _, words)| {
                Some((text.rfind(words)? + words.len(), words.len(), *failure))
            })
            .max_by_key(|(end, length, _)| (*end, *length))
            .map(|(.., failure)| failure)
    }

    /// The error of an answer: of its code, or, where a query has wrapped it, of its text.
    pub(crate) fn of(codespace: &str, code: u32, text: &str) -> Option<Self> {
        match Self::of_code(codespace, code) {
            Some(failure) if !WRAPPERS.contains(&failure) => Some(failure),
            wrapper => Self::of_text(text).or(wrapper),
        }
    }

    /// The text without the registered text at its end.
    pub(crate) fn strip(self, text: &str) -> &str {
        let (.., words) = self.registered();
        let head = text.rfind(words).and_then(|at| text.get(..at)).unwrap_or(text);
        head.trim_end().trim_end_matches(':').trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_known_by_its_code_and_by_its_words() {
        for (failure, codespace, code, words) in REGISTERED {
            assert_eq!(failure.registered(), (codespace, code, words));
            assert_eq!(Failure::of_code(codespace, code), Some(failure));
            let text = format!("something: {words} [keeper.go:1] with gas used: '7'");
            if !WRAPPERS.contains(&failure) {
                assert_eq!(Failure::of_text(&text), Some(failure));
            }
            assert_eq!(failure.strip(&text), "something");
        }
    }

    #[test]
    fn the_words_of_a_contract_do_not_pass_for_the_chains() {
        let text = "incorrect account sequence: out of gas: execute wasm contract failed: unknown request";
        assert_eq!(Failure::of_text(text), Some(Failure::ExecuteFailed));
        assert_eq!(Failure::of("sdk", 6, text), Some(Failure::ExecuteFailed));
        assert_eq!(Failure::ExecuteFailed.strip(text), "incorrect account sequence: out of gas");
    }

    #[test]
    fn a_code_counts_more_than_words() {
        assert_eq!(Failure::of("wasm", 5, "out of gas"), Some(Failure::ExecuteFailed));
        assert_eq!(Failure::of("module", 7, "nothing known"), None);
    }
}
