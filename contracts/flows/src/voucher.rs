//! Whether a voucher has the signature of its flow's key.

use bithive_api::flows::{Key, SignedVoucher};
use bithive_signed::adr36;
use bithive_signed::voucher::Voucher;
use cosmwasm_std::{Addr, Api, Env};
use sha2::{Digest as _, Sha256};

use crate::ContractError;

/// Length of every signature, in bytes. A chain's machine ends the whole message at a longer one, and with it what others' vouchers would pay.
const SIGNATURE_BYTES: usize = 64;

/// Checks the signature over the voucher of this chain and contract.
pub(crate) fn check(
    api: &dyn Api,
    env: &Env,
    key: &Key,
    payer: &Addr,
    voucher: &SignedVoucher,
) -> Result<(), ContractError> {
    let SignedVoucher { id, cumulative, signature } = voucher;
    let text = Voucher {
        chain_id: &env.block.chain_id,
        contract: env.contract.address.as_str(),
        flow: *id,
        cumulative: cumulative.u128(),
    }
    .text();
    let signed = signature.len() == SIGNATURE_BYTES
        && match key {
            Key::Ed25519(key) => api.ed25519_verify(text.as_bytes(), signature, key),
            Key::Secp256k1(key) => api.secp256k1_verify(&Sha256::digest(text.as_bytes()), signature, key),
            Key::Wallet(key) => api.secp256k1_verify(&adr36::hash(payer.as_str(), &text), signature, key),
        }
        // What can't be read as a key or signature is none.
        .unwrap_or(false);
    if signed { Ok(()) } else { Err(ContractError::Signature { id: *id, cumulative: *cumulative }) }
}
