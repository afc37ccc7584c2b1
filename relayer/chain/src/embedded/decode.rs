//! A transaction from its bytes to messages that can run.

use crate::{BECH32_PREFIX, ChainError, TxHash, validate_address};
use cosmrs::{
    Any,
    crypto::PublicKey,
    proto::{
        cosmos::{
            bank::v1beta1::MsgSend,
            base::v1beta1::Coin as ProtoCoin,
            tx::v1beta1::{AuthInfo, SignerInfo, TxBody, TxRaw, mode_info::Sum},
        },
        cosmwasm::wasm::v1::{MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract},
        traits::{Message as Protobuf, Name},
    },
};
use cosmwasm_std::{BankMsg, Coin, CosmosMsg, WasmMsg};

/// Default `max_tx_bytes` of a CometBFT mempool.
const MAX_TX_BYTES: usize = 1 << 20;
/// Bound on a contract's label, as in wasmd.
const MAX_LABEL_BYTES: usize = 128;
/// Codes of SIGN_MODE_UNSPECIFIED and SIGN_MODE_DIRECT.
const SIGN_MODE_UNSPECIFIED: i32 = 0;
const SIGN_MODE_DIRECT: i32 = 1;

/// One message and who must sign for it.
pub(super) struct SignedMessage {
    pub(super) sender: String,
    pub(super) type_url: String,
    pub(super) msg: CosmosMsg,
}

/// One signature and what it claims.
pub(super) struct Signer {
    pub(super) address: String,
    /// Compressed secp256k1 point. Simulations may leave it out.
    pub(super) public_key: Option<Vec<u8>>,
    pub(super) sequence: u64,
    pub(super) signature: Vec<u8>,
    /// Whether it signs in SIGN_MODE_DIRECT. Simulations have no signature and may leave the mode unspecified.
    pub(super) direct: bool,
}

/// A well-formed transaction; nothing of it is checked against the chain yet.
pub(super) struct DecodedTx {
    pub(super) hash: TxHash,
    pub(super) size: usize,
    pub(super) messages: Vec<SignedMessage>,
    /// Exactly the senders of the messages, in the order of their first message.
    pub(super) signers: Vec<Signer>,
    pub(super) fee: Vec<Coin>,
    pub(super) gas_limit: u64,
    /// 0 when the transaction does not time out.
    pub(super) timeout_height: u64,
    pub(super) body_bytes: Vec<u8>,
    pub(super) auth_info_bytes: Vec<u8>,
}

fn invalid(field: &str, reason: impl ToString) -> ChainError {
    ChainError::InvalidTx { field: field.into(), reason: reason.to_string() }
}

fn parse<M: Protobuf + Default>(field: &str, bytes: &[u8]) -> Result<M, ChainError> {
    M::decode(bytes).map_err(|error| invalid(field, error))
}

impl DecodedTx {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, ChainError> {
        if bytes.len() > MAX_TX_BYTES {
            let reason = format!("expected at most {MAX_TX_BYTES}");
            return Err(ChainError::TxTooLarge { size: bytes.len() as u64, reason });
        }
        let raw: TxRaw = parse("tx", bytes)?;
        let body: TxBody = parse("body", &raw.body_bytes)?;
        let auth: AuthInfo = parse("auth_info", &raw.auth_info_bytes)?;
        if !body.extension_options.is_empty() {
            return Err(invalid("extension_options", "not supported, expected none"));
        }
        let messages: Vec<SignedMessage> =
            body.messages.iter().map(decode_message).collect::<Result<_, _>>()?;
        let fee = auth.fee.ok_or_else(|| invalid("fee", "missing"))?;
        let signers = decode_signers(&messages, &auth.signer_infos, raw.signatures)?;
        let first = signers.first().map(|signer| signer.address.as_str()).unwrap_or_default();
        if !fee.granter.is_empty() || !(fee.payer.is_empty() || fee.payer == first) {
            return Err(invalid("fee", "another payer than the first signer is not supported"));
        }
        Ok(Self {
            hash: TxHash::of(bytes),
            size: bytes.len(),
            messages,
            signers,
            fee: decode_coins("fee", &fee.amount)?,
            gas_limit: fee.gas_limit,
            timeout_height: body.timeout_height,
            body_bytes: raw.body_bytes,
            auth_info_bytes: raw.auth_info_bytes,
        })
    }
}

fn decode_signers(
    messages: &[SignedMessage],
    infos: &[SignerInfo],
    signatures: Vec<Vec<u8>>,
) -> Result<Vec<Signer>, ChainError> {
    let mut senders: Vec<&str> = Vec::new();
    for message in messages {
        if !senders.contains(&message.sender.as_str()) {
            senders.push(&message.sender);
        }
    }
    if senders.is_empty() {
        return Err(invalid("messages", "none, expected 1 or more"));
    }
    if infos.len() != senders.len() || signatures.len() != senders.len() {
        return Err(invalid(
            "signatures",
            format!(
                "{} of {} signer infos, expected {} of each",
                signatures.len(),
                infos.len(),
                senders.len()
            ),
        ));
    }
    let signed = senders.into_iter().zip(infos).zip(signatures);
    signed.map(|((sender, info), signature)| decode_signer(sender, info, signature)).collect()
}

fn decode_signer(sender: &str, info: &SignerInfo, signature: Vec<u8>) -> Result<Signer, ChainError> {
    let mode = match info.mode_info.as_ref().and_then(|mode| mode.sum.as_ref()) {
        Some(Sum::Single(single)) => Some(single.mode),
        _ => None,
    };
    let direct = mode == Some(SIGN_MODE_DIRECT);
    if !direct && mode != Some(SIGN_MODE_UNSPECIFIED) {
        return Err(invalid("mode_info", "expected one signature in SIGN_MODE_DIRECT"));
    }
    let public_key = info.public_key.as_ref().map(|key| decode_key(sender, key)).transpose()?;
    Ok(Signer { address: sender.into(), public_key, sequence: info.sequence, signature, direct })
}

/// The key of `sender`, as a compressed point.
fn decode_key(sender: &str, key: &Any) -> Result<Vec<u8>, ChainError> {
    let key = PublicKey::try_from(key).map_err(|error| invalid("public_key", error))?;
    let owner =
        key.account_id(BECH32_PREFIX).map_err(|_| invalid("public_key", "expected a secp256k1 key"))?;
    if owner.as_ref() != sender {
        return Err(invalid("public_key", format!("belongs to {owner}, the message is from {sender}")));
    }
    Ok(key.to_bytes())
}

fn decode_message(any: &Any) -> Result<SignedMessage, ChainError> {
    let (sender, msg) = match any.type_url.as_str() {
        url if url == MsgSend::type_url() => send(parse("MsgSend", &any.value)?)?,
        url if url == MsgExecuteContract::type_url() => execute(parse("MsgExecuteContract", &any.value)?)?,
        url if url == MsgInstantiateContract::type_url() => {
            instantiate(parse("MsgInstantiateContract", &any.value)?)?
        }
        url if url == MsgMigrateContract::type_url() => migrate(parse("MsgMigrateContract", &any.value)?)?,
        url => return Err(ChainError::UnsupportedMessage { type_url: url.chars().take(128).collect() }),
    };
    validate_address(&sender)?;
    Ok(SignedMessage { sender, type_url: any.type_url.clone(), msg })
}

fn send(msg: MsgSend) -> Result<(String, CosmosMsg), ChainError> {
    validate_address(&msg.to_address)?;
    let amount = decode_coins("amount", &msg.amount)?;
    if amount.is_empty() {
        return Err(invalid("amount", "no coins, expected some"));
    }
    Ok((msg.from_address, BankMsg::Send { to_address: msg.to_address, amount }.into()))
}

fn execute(msg: MsgExecuteContract) -> Result<(String, CosmosMsg), ChainError> {
    validate_address(&msg.contract)?;
    let funds = decode_coins("funds", &msg.funds)?;
    Ok((msg.sender, WasmMsg::Execute { contract_addr: msg.contract, msg: msg.msg.into(), funds }.into()))
}

fn instantiate(msg: MsgInstantiateContract) -> Result<(String, CosmosMsg), ChainError> {
    if msg.label.is_empty() || msg.label.len() > MAX_LABEL_BYTES {
        return Err(invalid("label", format!("{} bytes, expected 1 to {MAX_LABEL_BYTES}", msg.label.len())));
    }
    let admin = (!msg.admin.is_empty()).then_some(msg.admin);
    admin.as_deref().map(validate_address).transpose()?;
    let funds = decode_coins("funds", &msg.funds)?;
    let wasm =
        WasmMsg::Instantiate { admin, code_id: msg.code_id, msg: msg.msg.into(), funds, label: msg.label };
    Ok((msg.sender, wasm.into()))
}

fn migrate(msg: MsgMigrateContract) -> Result<(String, CosmosMsg), ChainError> {
    validate_address(&msg.contract)?;
    let wasm =
        WasmMsg::Migrate { contract_addr: msg.contract, new_code_id: msg.code_id, msg: msg.msg.into() };
    Ok((msg.sender, wasm.into()))
}

/// Coins as the SDK takes them: positive and in strictly ascending order of denomination.
fn decode_coins(field: &str, coins: &[ProtoCoin]) -> Result<Vec<Coin>, ChainError> {
    if !coins.is_sorted_by(|a, b| a.denom < b.denom) {
        return Err(invalid(field, "coins are not in ascending order of denomination, each once"));
    }
    coins
        .iter()
        .map(|coin| {
            let valid = cosmrs::Coin::try_from(coin).map_err(|error| invalid(field, error))?;
            match valid.amount {
                0 => Err(invalid(field, format!("amount of {:?} is 0, expected more", coin.denom))),
                amount => Ok(Coin { denom: coin.denom.clone(), amount: amount.into() }),
            }
        })
        .collect()
}
