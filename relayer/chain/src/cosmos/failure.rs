//! From a failure as a chain reports it to a [`ChainError`].

use super::outline::Outline;
use crate::{
    ChainError,
    rpc::{cut, failure::Failure},
};
use cosmwasm_std::{Coin, Uint128};

/// Where a failure was reported.
#[derive(Clone, Copy)]
pub(super) struct Report<'a> {
    pub(super) codespace: &'a str,
    pub(super) code: u32,
    pub(super) log: &'a str,
    pub(super) chain_id: &'a str,
}

/// The error of a transaction.
pub(super) fn of_tx(report: Report<'_>, tx: &Outline) -> ChainError {
    let log = unwrap(cut(report.log));
    let (index, text) = split_index(log);
    let Some(failure) = Failure::of(report.codespace, report.code, log) else {
        let reason = format!("{text} ({} {})", cut(report.codespace), report.code);
        return other(index, &reason);
    };
    let words = failure.strip(text);
    let contract = || ChainError::Contract {
        message_index: index.unwrap_or(0),
        contract: tx.contract(index.unwrap_or(0)).into(),
        error: without_dispatch(words).into(),
    };
    match failure {
        Failure::WrongSequence => sequence(words, tx),
        Failure::OutOfGas => out_of_gas(words, tx),
        Failure::InsufficientFunds => {
            insufficient_funds(words, index, tx).unwrap_or_else(|| other(index, words))
        }
        Failure::InsufficientFee => insufficient_fee(words, tx).unwrap_or_else(|| other(index, words)),
        Failure::Unauthorized if text.contains("signature verification failed") => {
            ChainError::BadSignature { signer: tx.payer().into(), chain_id: report.chain_id.into() }
        }
        Failure::Unauthorized => {
            ChainError::Unauthorized { sender: tx.sender(index.unwrap_or(0)).into(), action: words.into() }
        }
        Failure::UnknownAddress => ChainError::NoSuchAccount { address: tx.payer().into() },
        Failure::TxTimeoutHeight => ChainError::TimedOut {
            height: number_after(words, "block height: ").unwrap_or(0),
            timeout_height: number_after(words, "timeout height: ").unwrap_or(0),
        },
        Failure::TxDecode => match text.split_once("unable to resolve type URL ") {
            Some((_, rest)) => ChainError::UnsupportedMessage {
                type_url: rest.split([':', ' ']).next().unwrap_or_default().into(),
            },
            None => ChainError::InvalidTx { field: "tx".into(), reason: words.into() },
        },
        Failure::InvalidGasLimit => ChainError::InvalidTx { field: "gas_limit".into(), reason: words.into() },
        Failure::TxTooLarge => ChainError::TxTooLarge { size: tx.size as u64, reason: words.into() },
        Failure::MempoolFull => ChainError::NodeDown { reason: cut(report.log).into() },
        Failure::NoSuchContract => ChainError::NoSuchContract {
            address: address_in(words).unwrap_or_else(|| tx.contract(index.unwrap_or(0))).into(),
        },
        Failure::NoSuchCode => no_such_code(index, tx),
        // How a migration reports it.
        Failure::InvalidRequest if words == "unknown code" => no_such_code(index, tx),
        Failure::ExecuteFailed | Failure::InstantiateFailed | Failure::MigrateFailed => contract(),
        Failure::QueryFailed
        | Failure::KeyNotFound
        | Failure::InvalidAddress
        | Failure::InvalidRequest
        | Failure::UnknownRequest => other(index, words),
    }
}

/// The error of a query to a contract.
pub(super) fn of_query(report: Report<'_>, contract: &str) -> ChainError {
    let log = unwrap(cut(report.log));
    match Failure::of(report.codespace, report.code, log) {
        Some(Failure::NoSuchContract) => ChainError::NoSuchContract { address: contract.into() },
        Some(Failure::OutOfGas) => ChainError::OutOfGas {
            limit: number_after(log, "gasWanted: ").unwrap_or(0),
            used: number_after(log, "gasUsed: ").unwrap_or(0),
        },
        failure => ChainError::Query {
            contract: contract.into(),
            error: failure.map_or(log, |failure| failure.strip(log)).into(),
        },
    }
}

fn other(index: Option<usize>, reason: &str) -> ChainError {
    match index {
        Some(message_index) => ChainError::Execution { message_index, reason: reason.into() },
        None => ChainError::InvalidTx { field: "tx".into(), reason: reason.into() },
    }
}

/// The text without the prefix that gRPC puts before it.
fn unwrap(log: &str) -> &str {
    match log.strip_prefix("rpc error: code = ").and_then(|rest| rest.split_once("desc = ")) {
        Some((_, text)) => text,
        None => log,
    }
}

/// "failed to execute message; message index: 2: text" to 2 and text.
fn split_index(log: &str) -> (Option<usize>, &str) {
    log.split_once("message index: ")
        .and_then(|(_, rest)| rest.split_once(": "))
        .and_then(|(index, text)| Some((Some(index.parse().ok()?), text)))
        .unwrap_or((None, log))
}

/// The text without the prefixes that a submessage's error collects on its way up.
fn without_dispatch(mut words: &str) -> &str {
    while let Some(rest) = words.strip_prefix("dispatch: ").or_else(|| words.strip_prefix("submessages: ")) {
        words = rest;
    }
    words
}

fn number_after(text: &str, label: &str) -> Option<u64> {
    // The last one: "timeout height" contains nothing of "block height", but labels could repeat in a prefix.
    let rest = text.get(text.rfind(label)? + label.len()..)?;
    let rest = rest.trim_start_matches([' ', ':']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest.get(..digits)?.parse().ok()
}

fn address_in(text: &str) -> Option<&str> {
    let rest = text.get(text.rfind("address ")? + "address ".len()..)?;
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
    rest.get(..end).filter(|address| !address.is_empty())
}

fn no_such_code(index: Option<usize>, tx: &Outline) -> ChainError {
    ChainError::NoSuchCode { code_id: tx.code_id(index.unwrap_or(0)), last: None }
}

fn sequence(words: &str, tx: &Outline) -> ChainError {
    ChainError::SequenceMismatch {
        expected: number_after(words, "expected ").unwrap_or(0),
        got: number_after(words, "got ").unwrap_or(tx.sequence),
    }
}

fn out_of_gas(words: &str, tx: &Outline) -> ChainError {
    let limit = number_after(words, "gasWanted: ").unwrap_or(tx.gas_limit);
    ChainError::OutOfGas { limit, used: number_after(words, "gasUsed: ").unwrap_or(limit) }
}

/// "spendable balance 5ubee is smaller than 7ubee"
fn insufficient_funds(words: &str, index: Option<usize>, tx: &Outline) -> Option<ChainError> {
    let (_, rest) = words.split_once("spendable balance ")?;
    let (available, required) = rest.split_once(" is smaller than ")?;
    let (required, denom) = read_coin(required)?;
    let available = read_coin(available).map_or(Uint128::zero(), |(amount, _)| amount);
    let payer = match index {
        // A contract that pays out of its own account.
        Some(index) if words.starts_with("dispatch: ") => tx.contract(index),
        Some(index) => tx.sender(index),
        None => tx.payer(),
    };
    Some(ChainError::InsufficientFunds { address: payer.into(), denom, required, available })
}

/// "insufficient fees; got: 5ubee required: 7ubee"
fn insufficient_fee(words: &str, tx: &Outline) -> Option<ChainError> {
    let (got, required) = words.split_once("got: ")?.1.split_once(" required: ")?;
    let (amount, denom) = read_coin(required)?;
    let got = read_coin(got).or_else(|| tx.fee.clone());
    match got {
        Some((_, got)) if got != denom => Some(ChainError::WrongFeeDenom { expected: denom, got }),
        got => Some(ChainError::InsufficientFee {
            required: Coin { amount, denom },
            got: got.map_or(Uint128::zero(), |(amount, _)| amount),
        }),
    }
}

/// The first coin of a list.
fn read_coin(text: &str) -> Option<(Uint128, String)> {
    let coin = text.split([',', ':', ' ']).next()?;
    let digits = coin.bytes().take_while(u8::is_ascii_digit).count();
    let (amount, denom) = coin.split_at_checked(digits)?;
    Some((amount.parse().ok()?, denom.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TxHash;
    use crate::cosmos::outline::MessageOutline;
    use cosmwasm_std::coin;
    use proptest::prelude::*;

    fn tx() -> Outline {
        let message = |sender: &str, contract: &str| MessageOutline {
            sender: sender.into(),
            contract: contract.into(),
            code_id: 7,
        };
        Outline {
            hash: TxHash::of(b"tx"),
            size: 300,
            signers: vec!["payer".into(), "other".into()],
            messages: vec![message("payer", "first"), message("other", "second")],
            gas_limit: 100,
            sequence: 4,
            fee: Some((5u128.into(), "ubee".into())),
        }
    }

    fn read(codespace: &str, code: u32, log: &str) -> ChainError {
        of_tx(Report { codespace, code, log, chain_id: "chain-1" }, &tx())
    }

    fn contract(message_index: usize, contract: &str, error: &str) -> ChainError {
        ChainError::Contract { message_index, contract: contract.into(), error: error.into() }
    }

    #[test]
    fn refusals_of_the_sdk_are_read() {
        for (code, log, expected) in [
            (
                32,
                "account sequence mismatch, expected 5, got 4: incorrect account sequence",
                ChainError::SequenceMismatch { expected: 5, got: 4 },
            ),
            (
                11,
                "out of gas in location: ReadFlat; gasWanted: 100, gasUsed: 1060: out of gas",
                ChainError::OutOfGas { limit: 100, used: 1060 },
            ),
            (
                13,
                "insufficient fees; got: 1ubee required: 2500ubee: insufficient fee",
                ChainError::InsufficientFee { required: coin(2500, "ubee"), got: 1u128.into() },
            ),
            (
                13,
                "insufficient fees; got: 9uusd required: 2500ubee: insufficient fee",
                ChainError::WrongFeeDenom { expected: "ubee".into(), got: "uusd".into() },
            ),
            (
                13,
                "insufficient fees; got:  required: 2500ubee: insufficient fee",
                ChainError::InsufficientFee { required: coin(2500, "ubee"), got: 5u128.into() },
            ),
            (
                5,
                "spendable balance 7ubee is smaller than 2500ubee: insufficient funds",
                ChainError::InsufficientFunds {
                    address: "payer".into(),
                    denom: "ubee".into(),
                    required: 2500u128.into(),
                    available: 7u128.into(),
                },
            ),
            (
                4,
                "signature verification failed; please verify account number (3), sequence (4) and chain-id \
                 (chain-2): (unable to verify single signer signature): unauthorized",
                ChainError::BadSignature { signer: "payer".into(), chain_id: "chain-1".into() },
            ),
            (
                9,
                "fee payer address: payer does not exist: unknown address",
                ChainError::NoSuchAccount { address: "payer".into() },
            ),
            (
                30,
                "block height: 9, timeout height: 8: tx timeout height",
                ChainError::TimedOut { timeout_height: 8, height: 9 },
            ),
            (
                2,
                "unable to resolve type URL /a.b.MsgC: tx parse error",
                ChainError::UnsupportedMessage { type_url: "/a.b.MsgC".into() },
            ),
        ] {
            assert_eq!(read("sdk", code, log), expected, "{log}");
        }
    }

    #[test]
    fn failures_of_messages_name_message_and_contract() {
        let prefix = "failed to execute message; message index: 1: ";
        for (codespace, code, text, expected) in [
            ("wasm", 5, "No money: execute wasm contract failed", contract(1, "second", "No money")),
            ("wasm", 11, "Too old: migrate wasm contract failed", contract(1, "second", "Too old")),
            (
                "wasm",
                5,
                "dispatch: submessages: Not yours: execute wasm contract failed",
                contract(1, "second", "Not yours"),
            ),
            (
                "sdk",
                5,
                "dispatch: submessages: spendable balance 0ubee is smaller than 3ubee: insufficient funds",
                ChainError::InsufficientFunds {
                    address: "second".into(),
                    denom: "ubee".into(),
                    required: 3u128.into(),
                    available: 0u128.into(),
                },
            ),
            (
                "wasm",
                22,
                "address abc1: no such contract",
                ChainError::NoSuchContract { address: "abc1".into() },
            ),
            ("wasm", 28, "code id 7: no such code", ChainError::NoSuchCode { code_id: 7, last: None }),
            ("sdk", 18, "unknown code: invalid request", ChainError::NoSuchCode { code_id: 7, last: None }),
            (
                "sdk",
                4,
                "can not migrate: unauthorized",
                ChainError::Unauthorized { sender: "other".into(), action: "can not migrate".into() },
            ),
            (
                "gov",
                3,
                "inactive proposal",
                ChainError::Execution { message_index: 1, reason: "inactive proposal (gov 3)".into() },
            ),
        ] {
            assert_eq!(read(codespace, code, &format!("{prefix}{text}")), expected, "{text}");
        }
    }

    #[test]
    fn a_simulation_wraps_the_same_words() {
        let log = "rpc error: code = Unknown desc = failed to execute message; message index: 0: out of gas: \
                   execute wasm contract failed [CosmWasm/wasmd@v0.61.14/x/wasm/keeper/keeper.go:431] \
                   with gas used: '104000': unknown request";
        assert_eq!(read("sdk", 6, log), contract(0, "first", "out of gas"));
    }

    proptest! {
        #[test]
        fn any_text_is_an_error_of_bounded_length(
            codespace in "(sdk|wasm|.{0,9})",
            code in 0u32..50,
            log in "(failed to execute message; message index: |got: |expected |address |.{0,5}){0,5}[^a]{0,3000}",
        ) {
            let error = read(&codespace, code, &log);
            prop_assert!(error.to_string().len() < 3 * crate::rpc::MAX_TEXT);
            of_query(Report { codespace: &codespace, code, log: &log, chain_id: "" }, "contract");
        }
    }
}
