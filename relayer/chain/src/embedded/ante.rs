//! What a transaction must pass before its messages run: sequence, signatures, fee.

use super::{decode::DecodedTx, storage::EmbeddedApp};
use crate::{Account, BECH32_PREFIX, ChainError, fee_for_gas};
use cosmrs::{
    AccountId,
    crypto::secp256k1::Signature,
    proto::{cosmos::tx::v1beta1::SignDoc, traits::Message as _},
};
use cosmwasm_std::{Addr, AllBalanceResponse, Api, BankMsg, BankQuery, Coin, Decimal, Storage, Uint128};
use cw_multi_test::Executor;
use sha2::{Digest, Sha256};

/// Greatest gas limit, as `max_gas` of a block. It bounds what simulations and queries may use, and with the cost of
/// an instance how deep contracts can call each other.
pub(super) const MAX_GAS: u64 = 100_000_000;

/// Account sequences live beside multi-test's own state, whose keys start with a length below 0xffff.
const SEQUENCES: &[u8] = b"\xff\xffsequence/";
/// So do their public keys, from the first transaction that an account signs.
const PUBLIC_KEYS: &[u8] = b"\xff\xffpublic_key/";

/// What this chain asks of every transaction.
pub(super) struct Rules {
    pub(super) chain_id: String,
    pub(super) fee_denom: String,
    pub(super) gas_price: Decimal,
}

/// Whether `signature` is `key`'s of `bytes`: ECDSA with secp256k1 over SHA-256, r then s. The SDK takes low-s signatures
/// only: the high twin would be the same transaction under another hash.
fn holds(api: &dyn Api, bytes: &[u8], signature: &[u8], key: &[u8]) -> bool {
    let low_s = Signature::from_slice(signature).is_ok_and(|signature| signature.normalize_s().is_none());
    low_s && api.secp256k1_verify(&Sha256::digest(bytes), signature, key).unwrap_or(false)
}

/// Where fees go: the address of the SDK's `fee_collector` module account.
pub(super) fn fee_collector() -> Result<Addr, ChainError> {
    module_address("fee_collector")
}

/// Address of a module account: the first 20 bytes of the SHA-256 of its name (ADR-028).
pub(super) fn module_address(name: &str) -> Result<Addr, ChainError> {
    let hash = Sha256::digest(name);
    let (address, _) = hash.split_at(20);
    AccountId::new(BECH32_PREFIX, address).map(|id| Addr::unchecked(id.as_ref())).map_err(|error| {
        ChainError::InvalidConfig { field: "bech32_prefix".into(), reason: error.to_string() }
    })
}

/// Number and sequence of an account that exists.
pub(super) fn account(app: &EmbeddedApp, address: &str) -> Result<Account, ChainError> {
    let sequence = stored_sequence(app.storage(), address);
    if sequence.is_none() && balances(app, address)?.is_empty() {
        return Err(ChainError::NoSuchAccount { address: address.into() });
    }
    Ok(Account { number: account_number(address), sequence: sequence.unwrap_or(0) })
}

/// The SDK numbers accounts as coins first reach them. Multi-test does not say when a contract's coins do, so the
/// number comes from the address: 48 bits, which every client's integers hold.
fn account_number(address: &str) -> u64 {
    let hash = Sha256::digest(address);
    hash.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn sequence_key(address: &str) -> Vec<u8> {
    [SEQUENCES, address.as_bytes()].concat()
}

fn public_key_key(address: &str) -> Vec<u8> {
    [PUBLIC_KEYS, address.as_bytes()].concat()
}

/// The key of an account that has signed a transaction: a compressed secp256k1 point. An account whose last transaction was
/// taken by an older version has none yet.
pub(super) fn public_key(app: &EmbeddedApp, address: &str) -> Option<Vec<u8>> {
    app.storage().get(&public_key_key(address))
}

fn stored_sequence(storage: &dyn Storage, address: &str) -> Option<u64> {
    storage.get(&sequence_key(address)).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes)
}

/// Everything that an address holds.
pub(super) fn balances(app: &EmbeddedApp, address: &str) -> Result<Vec<Coin>, ChainError> {
    // Deprecated for contracts, where the length of the answer costs gas; there is no other way to ask multi-test
    // whether an address holds anything.
    #[allow(deprecated)]
    let request = BankQuery::AllBalances { address: address.into() };
    let answer: AllBalanceResponse = app
        .wrap()
        .query(&request.into())
        .map_err(|error| ChainError::NodeDown { reason: error.to_string() })?;
    Ok(answer.amount)
}

pub(super) fn balance(app: &EmbeddedApp, address: &str, denom: &str) -> Result<Uint128, ChainError> {
    app.wrap()
        .query_balance(address, denom)
        .map(|coin| coin.amount)
        .map_err(|error| ChainError::NodeDown { reason: error.to_string() })
}

/// That `address` holds each of `coins`.
pub(super) fn check_funds(app: &EmbeddedApp, address: &str, coins: &[Coin]) -> Result<(), ChainError> {
    for coin in coins {
        let available = balance(app, address, &coin.denom)?;
        if available < coin.amount {
            return Err(ChainError::InsufficientFunds {
                address: address.into(),
                denom: coin.denom.clone(),
                required: coin.amount,
                available,
            });
        }
    }
    Ok(())
}

impl Rules {
    /// Everything a simulation checks too.
    pub(super) fn check_order(&self, app: &EmbeddedApp, tx: &DecodedTx) -> Result<(), ChainError> {
        let height = app.block_info().height;
        if tx.timeout_height != 0 && height > tx.timeout_height {
            return Err(ChainError::TimedOut { timeout_height: tx.timeout_height, height });
        }
        if tx.gas_limit > MAX_GAS {
            let reason = format!("{}, expected at most {MAX_GAS}", tx.gas_limit);
            return Err(ChainError::InvalidTx { field: "gas_limit".into(), reason });
        }
        for signer in &tx.signers {
            let expected = account(app, &signer.address)?.sequence;
            if signer.sequence != expected {
                return Err(ChainError::SequenceMismatch { expected, got: signer.sequence });
            }
        }
        Ok(())
    }

    pub(super) fn check_signatures(&self, app: &EmbeddedApp, tx: &DecodedTx) -> Result<(), ChainError> {
        for signer in &tx.signers {
            if !signer.direct {
                let reason = "expected one signature in SIGN_MODE_DIRECT".into();
                return Err(ChainError::InvalidTx { field: "mode_info".into(), reason });
            }
            let Some(public_key) = &signer.public_key else {
                let reason = "missing".into();
                return Err(ChainError::InvalidTx { field: "public_key".into(), reason });
            };
            let sign_doc = SignDoc {
                body_bytes: tx.body_bytes.clone(),
                auth_info_bytes: tx.auth_info_bytes.clone(),
                chain_id: self.chain_id.clone(),
                account_number: account_number(&signer.address),
            };
            if !holds(app.api(), &sign_doc.encode_to_vec(), &signer.signature, public_key) {
                let chain_id = self.chain_id.clone();
                return Err(ChainError::BadSignature { signer: signer.address.clone(), chain_id });
            }
        }
        Ok(())
    }

    pub(super) fn check_fee(&self, app: &EmbeddedApp, tx: &DecodedTx) -> Result<(), ChainError> {
        if let Some(other) = tx.fee.iter().find(|coin| coin.denom != self.fee_denom) {
            return Err(ChainError::WrongFeeDenom {
                expected: self.fee_denom.clone(),
                got: other.denom.clone(),
            });
        }
        let got = tx.fee.first().map_or(Uint128::zero(), |coin| coin.amount);
        if let Some(required) = fee_for_gas(tx.gas_limit, self.gas_price, &self.fee_denom)?
            && got < required.amount
        {
            return Err(ChainError::InsufficientFee { required, got });
        }
        match tx.signers.first() {
            Some(payer) => check_funds(app, &payer.address, &tx.fee),
            None => Ok(()),
        }
    }

    /// Takes the fee, uses up the sequences and keeps the public keys; what stays even when the messages fail.
    pub(super) fn take(&self, app: &mut EmbeddedApp, tx: &DecodedTx) -> Result<(), ChainError> {
        if let (Some(payer), false) = (tx.signers.first(), tx.fee.is_empty()) {
            let transfer = BankMsg::Send { to_address: fee_collector()?.into(), amount: tx.fee.clone() };
            app.execute(Addr::unchecked(&payer.address), transfer.into())
                .map_err(|error| ChainError::InvalidTx { field: "fee".into(), reason: error.to_string() })?;
        }
        for signer in &tx.signers {
            let next = signer.sequence.checked_add(1).ok_or_else(|| ChainError::InvalidTx {
                field: "sequence".into(),
                reason: "the account has used up all sequences".into(),
            })?;
            app.storage_mut().set(&sequence_key(&signer.address), &next.to_be_bytes());
            // An address is the hash of its key, so that there is only one.
            if let (None, Some(key)) = (public_key(app, &signer.address), &signer.public_key) {
                app.storage_mut().set(&public_key_key(&signer.address), key);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bithive_vectors::cases;
    use cosmwasm_std::testing::MockApi;

    use super::*;

    /// Half of the order of the group.
    const HALF: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

    /// Keys are compressed in transactions. What Wycheproof says is valid with a high s is refused, as the SDK does.
    #[test]
    fn signatures_are_wycheproofs_with_a_low_s() {
        let mut counts = [0; 3];
        for case in cases(include_str!("../../../../testing/vectors/ecdsa_secp256k1_sha256.json")) {
            let (uncompressed, signature) = (case.bytes("key"), case.bytes("sig"));
            let key = [&[2 + (uncompressed[64] & 1)], &uncompressed[1..33]].concat();
            let low = signature.len() == 64 && signature[32..] <= hex::decode(HALF).unwrap()[..];
            let held = holds(&MockApi::default(), &case.bytes("msg"), &signature, &key);
            assert_eq!(held, case.is_valid() && low, "{case:?}");
            counts[if !case.is_valid() { 2 } else { usize::from(!low) }] += 1;
        }
        assert_eq!(counts, [36, 29, 48]);
    }
}
