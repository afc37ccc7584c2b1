//! What the virtual machine of a chain does and the one of tests does not: it ends a message that hands its cryptography a signature of more than
//! 64 bytes, or a key of more than 65 (secp256k1) or 32 (Ed25519), because it reads no larger regions of memory.

use core::marker::PhantomData;

use bithive_api::flows::{ExecuteMsg, InstantiateMsg, Key, SignedVoucher, Terms};
use bithive_flows::contract::{execute, instantiate};
use bithive_test_kit::flows::{NOTICE, opening};
use cosmwasm_std::testing::{MockApi, MockQuerier, MockStorage, message_info, mock_env};
use cosmwasm_std::{
    Addr, Api, CanonicalAddr, Empty, OwnedDeps, RecoverPubkeyError, StdResult, VerificationError, coins,
};

struct Machine(MockApi);

fn expect_lengths(signature: &[u8], key: &[u8], longest_key: usize) {
    assert!(signature.len() <= 64 && key.len() <= longest_key, "the machine ends the message");
}

impl Api for Machine {
    fn addr_validate(&self, human: &str) -> StdResult<Addr> {
        self.0.addr_validate(human)
    }

    fn addr_canonicalize(&self, human: &str) -> StdResult<CanonicalAddr> {
        self.0.addr_canonicalize(human)
    }

    fn addr_humanize(&self, canonical: &CanonicalAddr) -> StdResult<Addr> {
        self.0.addr_humanize(canonical)
    }

    fn secp256k1_verify(&self, hash: &[u8], signature: &[u8], key: &[u8]) -> Result<bool, VerificationError> {
        expect_lengths(signature, key, 65);
        self.0.secp256k1_verify(hash, signature, key)
    }

    fn secp256k1_recover_pubkey(&self, _: &[u8], _: &[u8], _: u8) -> Result<Vec<u8>, RecoverPubkeyError> {
        panic!("no message needs it")
    }

    fn ed25519_verify(
        &self,
        message: &[u8],
        signature: &[u8],
        key: &[u8],
    ) -> Result<bool, VerificationError> {
        expect_lengths(signature, key, 32);
        self.0.ed25519_verify(message, signature, key)
    }

    fn ed25519_batch_verify(&self, _: &[&[u8]], _: &[&[u8]], _: &[&[u8]]) -> Result<bool, VerificationError> {
        panic!("no message needs it")
    }

    fn debug(&self, _: &str) {}
}

#[test]
fn a_signature_of_another_length_is_skipped_before_the_machine_ends_the_message() {
    let api = Machine(MockApi::default());
    let [payer, payee] = ["payer", "payee"].map(|name| api.0.addr_make(name));
    let mut deps = OwnedDeps {
        storage: MockStorage::default(),
        api,
        querier: MockQuerier::default(),
        custom_query_type: PhantomData::<Empty>,
    };
    let (env, info) = (mock_env(), message_info(&payer, &[]));
    instantiate(deps.as_mut(), env.clone(), info.clone(), InstantiateMsg {}).unwrap();
    let ends = env.block.time.seconds() + NOTICE;
    for key in [Key::Ed25519([1; 32].into()), Key::Secp256k1([2; 33].into()), Key::Wallet([2; 33].into())] {
        let open = opening(&payee, Terms::Vouchers { key, notice: NOTICE, ends });
        let paying = message_info(&payer, &coins(9, "unit"));
        execute(deps.as_mut(), env.clone(), paying, ExecuteMsg::Open(open)).unwrap();
    }
    for id in 1..=3 {
        for bytes in [0, 63, 65, 1_000] {
            let voucher = SignedVoucher { id, cumulative: 9u128.into(), signature: vec![1; bytes].into() };
            let redeem = ExecuteMsg::Redeem { vouchers: vec![voucher] };
            let error = execute(deps.as_mut(), env.clone(), info.clone(), redeem).unwrap_err();
            assert!(error.to_string().contains("signature"), "{error}");
        }
    }
}
