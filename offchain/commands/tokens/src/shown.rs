//! What a transaction in a file does, in words.

use std::collections::BTreeMap;
use std::fmt;

use bithive_chain::{Content, Message, TxFile};
use bithive_client::amount::show_in;
use bithive_client::{Deployment, Token};
use bithive_command_kit::printable;
use cosmwasm_std::{Binary, Coin, HexBinary};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Names of contracts by their addresses.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, &'static str>);

impl Names {
    /// Those of a network.
    pub(super) fn of(deployment: &Deployment) -> Self {
        Self(
            deployment.contracts().map(|(contract, address)| (address.to_owned(), contract.name())).collect(),
        )
    }

    fn get(&self, address: &str) -> Option<&'static str> {
        self.0.get(address).copied()
    }

    /// The name with the address, or the address alone.
    fn named(&self, address: &str) -> String {
        self.get(address).map_or_else(|| address.to_owned(), |name| format!("{name} ({address})"))
    }
}

/// A transaction in a file, to be shown.
#[derive(Serialize)]
pub(super) struct Shown {
    chain_id: String,
    sender: String,
    account_number: u64,
    sequence: u64,
    messages: Vec<Action>,
    gas_limit: u64,
    /// None where gas costs nothing.
    fee: Option<Coin>,
    memo: String,
    /// None if any block may include it.
    timeout_height: Option<u64>,
    signature: Signature,
    /// Hash of the signed transaction.
    transaction: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    Missing,
    Valid,
    Invalid,
}

/// What a message does.
#[derive(Serialize)]
#[serde(tag = "does", rename_all = "snake_case")]
enum Action {
    CallContract {
        contract: String,
        /// Name of the contract, where the network is known.
        name: Option<&'static str>,
        /// The same in words, for transfers of known tokens.
        words: Option<String>,
        /// The message as it is signed, JSON.
        message: String,
        /// What the receiver of tokens is told with them, JSON.
        enclosed: Option<String>,
        funds: Vec<Coin>,
    },
    CreateContract {
        code_id: u64,
        label: String,
        admin: Option<String>,
        message: String,
        funds: Vec<Coin>,
    },
    MigrateContract {
        contract: String,
        name: Option<&'static str>,
        code_id: u64,
        message: String,
    },
    StoreCode {
        bytes: usize,
        /// SHA-256 of the code as it is sent.
        sha256: HexBinary,
    },
    SendToChain {
        channel: String,
        coin: Coin,
        receiver: String,
        /// When it expires, in Unix seconds.
        timeout: u64,
    },
    SendCoins {
        to: String,
        funds: Vec<Coin>,
    },
    /// Nobody can tell from the bytes alone.
    Unknown {
        type_url: String,
        value: HexBinary,
    },
}

/// Messages with which a cw20 token is moved; other messages and other fields are of no interest here.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Moves {
    Send { contract: String, amount: cosmwasm_std::Uint128, msg: Binary },
    Transfer { recipient: String, amount: cosmwasm_std::Uint128 },
}

impl Shown {
    /// What the file says; nothing is asked of a chain.
    pub(super) fn of(tx: &TxFile, names: &Names) -> Self {
        let signed = tx.signed();
        let signature = match (tx.is_signed(), &signed) {
            (false, _) => Signature::Missing,
            (true, Ok(_)) => Signature::Valid,
            (true, Err(_)) => Signature::Invalid,
        };
        Self {
            chain_id: tx.chain_id().into(),
            sender: tx.sender().address().into(),
            account_number: tx.account().number,
            sequence: tx.account().sequence,
            messages: tx.messages().map(|content| Action::of(content, names)).collect(),
            gas_limit: tx.gas_limit(),
            fee: tx.fee().cloned(),
            memo: tx.memo().into(),
            timeout_height: Some(tx.timeout_height()).filter(|height| *height > 0),
            signature,
            transaction: signed.ok().map(|tx| tx.hash.to_string()),
        }
    }

    /// Whether it has a signature that is not the sender's of what the file says.
    pub(super) fn is_forged(&self) -> bool {
        self.signature == Signature::Invalid
    }
}

impl Action {
    fn of(content: Content, names: &Names) -> Self {
        let message = match content {
            Content::Known(message) => message,
            Content::Unknown { type_url, value } => return Self::Unknown { type_url, value: value.into() },
        };
        match message {
            Message::Execute { contract, msg, funds } => {
                let moves = serde_json::from_slice::<Moves>(&msg).ok();
                let words = moves.as_ref().and_then(|moves| moves.words(&contract, names));
                let enclosed = match moves {
                    Some(Moves::Send { msg, .. }) => Some(json_text(&msg)),
                    _ => None,
                };
                let (name, message) = (names.get(&contract), json_text(&msg));
                Self::CallContract { contract, name, words, message, enclosed, funds }
            }
            Message::Instantiate { code_id, msg, label, admin, funds } => {
                Self::CreateContract { code_id, label, admin, message: json_text(&msg), funds }
            }
            Message::Migrate { contract, code_id, msg } => {
                let (name, message) = (names.get(&contract), json_text(&msg));
                Self::MigrateContract { contract, name, code_id, message }
            }
            Message::StoreCode { wasm } => {
                Self::StoreCode { bytes: wasm.len(), sha256: HexBinary::from(Sha256::digest(&wasm).to_vec()) }
            }
            Message::Transfer { channel, coin, receiver, timeout } => {
                Self::SendToChain { channel, coin, receiver, timeout: timeout / 1_000_000_000 }
            }
            Message::Send { to, funds } => Self::SendCoins { to, funds },
        }
    }
}

impl Moves {
    /// What is moved to whom, if the token is one of the network's.
    fn words(&self, token: &str, names: &Names) -> Option<String> {
        let token = match names.get(token)? {
            "token" => Token::Btt,
            "btk" => Token::Btk,
            "sky" => Token::Sky,
            _ => return None,
        };
        let (amount, to) = match self {
            Self::Send { contract, amount, .. } => (amount, contract),
            Self::Transfer { recipient, amount } => (amount, recipient),
        };
        Some(format!("moves {} to {}", show_in(amount.u128(), token.symbol()), names.named(to)))
    }
}

/// JSON as it is signed, on one line; the bytes in hex if it is none.
fn json_text(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).ok();
    let json = text.filter(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok());
    match json {
        // Between the parts of JSON a line break is a blank; within them there is none.
        Some(json) => json.replace(['\n', '\r', '\t'], " "),
        None => format!("no JSON, the bytes {}", HexBinary::from(bytes)),
    }
}

fn coins(coins: &[Coin]) -> String {
    let coins: Vec<_> = coins.iter().map(ToString::to_string).collect();
    if coins.is_empty() { "no coins".into() } else { coins.join(", ") }
}

/// Lines for people. Whatever came with the file is on one line each, so that it can't pass for another.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |text: String| writeln!(f, "{}", printable(&text.replace(['\n', '\r'], " ")));
        line(format!("chain      {}", self.chain_id))?;
        line(format!(
            "account    {}, number {}, sequence {}",
            self.sender, self.account_number, self.sequence
        ))?;
        for (action, index) in self.messages.iter().zip(1..) {
            for (text, first) in
                action.lines().into_iter().zip(std::iter::once(true).chain(std::iter::repeat(false)))
            {
                let start = if first { format!("{index}.") } else { String::new() };
                line(format!("{start:<11}{text}"))?;
            }
        }
        let fee = self.fee.as_ref().map_or_else(|| "none".into(), ToString::to_string);
        line(format!("fee        {fee}, for at most {} gas", self.gas_limit))?;
        if !self.memo.is_empty() {
            line(format!("memo       {:?}, which everybody sees", self.memo))?;
        }
        match self.timeout_height {
            Some(height) => line(format!("valid      until block {height}"))?,
            None => line("valid      until the account sends another transaction".into())?,
        }
        line(match (self.signature, &self.transaction) {
            (Signature::Valid, Some(hash)) => format!("signature  the account's; transaction {hash}"),
            (Signature::Invalid, _) => {
                "signature  NOT the account's of what the file says: it was changed after it was signed"
                    .into()
            }
            _ => "signature  none yet".into(),
        })
    }
}

impl Action {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::CallContract { contract, name, words, message, enclosed, funds } => {
                let named = name.map(|name| format!("{name} ")).unwrap_or_default();
                let mut lines = vec![format!("calls contract {named}{contract}, with {}", coins(funds))];
                lines.extend(words.clone());
                lines.push(message.clone());
                lines.extend(enclosed.as_ref().map(|enclosed| format!("enclosed: {enclosed}")));
                lines
            }
            Self::CreateContract { code_id, label, admin, message, funds } => vec![
                format!("creates a contract of code {code_id}, called {label:?}, with {}", coins(funds)),
                match admin {
                    Some(admin) => format!("{admin} may replace its code"),
                    None => "nobody may replace its code".into(),
                },
                message.clone(),
            ],
            Self::MigrateContract { contract, name, code_id, message } => {
                let named = name.map(|name| format!("{name} ")).unwrap_or_default();
                vec![format!("replaces the code of {named}{contract} by code {code_id}"), message.clone()]
            }
            Self::StoreCode { bytes, sha256 } => {
                vec![format!("stores code of {bytes} bytes, SHA-256 {}", sha256.to_hex())]
            }
            Self::SendToChain { channel, coin, receiver, timeout } => vec![format!(
                "sends {coin} over {channel} to {receiver:?} on another chain; it comes back after {timeout} (Unix seconds)"
            )],
            Self::SendCoins { to, funds } => vec![format!("sends {} to {to}", coins(funds))],
            Self::Unknown { type_url, value } => vec![
                format!(
                    "WARNING: a message of type {type_url}; this program can't tell what it does, or for whom"
                ),
                format!("its bytes: {}", value.to_hex()),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(msg: &str) -> Action {
        let names = Names([("t".to_owned(), "btk"), ("s".to_owned(), "staking")].into());
        let message = Message::Execute { contract: "t".into(), msg: msg.into(), funds: vec![] };
        Action::of(Content::Known(message), &names)
    }

    #[test]
    fn moved_tokens_are_told_in_words_and_what_is_enclosed_is_shown() {
        let hook = Binary::from(br#"{"delegate":{"node":"n"}}"#);
        let lines =
            call(&format!(r#"{{"send":{{"contract":"s","amount":"50500000","msg":"{hook}"}}}}"#)).lines();
        assert_eq!(lines[0], "calls contract btk t, with no coins");
        assert_eq!(lines[1], "moves 50.5 BTK to staking (s)");
        assert_eq!(lines[3], r#"enclosed: {"delegate":{"node":"n"}}"#);
        let lines = call(r#"{"transfer":{"recipient":"r","amount":"1"}}"#).lines();
        assert_eq!(lines[1], "moves 0.000001 BTK to r");
        assert_eq!(call(r#"{"burn":{"amount":"1"}}"#).lines().len(), 2);
    }

    #[test]
    fn what_is_no_json_and_what_would_begin_a_line_of_its_own_is_told() {
        assert_eq!(json_text(b"{}x"), "no JSON, the bytes 7b7d78");
        assert_eq!(json_text(b"\xff"), "no JSON, the bytes ff");
        assert_eq!(json_text(b"{\n\"a\":1}"), "{ \"a\":1}");
        // Not the last of two values: both are shown.
        assert_eq!(json_text(br#"{"a":1,"a":2}"#), r#"{"a":1,"a":2}"#);
    }
}
