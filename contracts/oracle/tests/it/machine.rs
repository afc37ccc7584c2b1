//! What the virtual machine of a chain does and the one of tests does not: it ends a message that hands its cryptography a signature of more than
//! 64 bytes or a key of more than 32, because it reads no larger regions of memory.

use core::marker::PhantomData;

use bithive_api::oracle::{ExecuteMsg, InstantiateMsg, Report};
use bithive_oracle::contract::{execute, instantiate};
use bithive_test_kit::oracle::{INTERVAL, key, reporters, terms};
use cosmwasm_std::testing::{MockApi, MockQuerier, MockStorage, message_info, mock_env};
use cosmwasm_std::{
    Addr, Api, CanonicalAddr, Empty, HexBinary, OwnedDeps, RecoverPubkeyError, StdResult, VerificationError,
};

struct Machine(MockApi);

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

    fn secp256k1_verify(&self, _: &[u8], _: &[u8], _: &[u8]) -> Result<bool, VerificationError> {
        panic!("no message needs it")
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
        assert!(signature.len() <= 64 && key.len() <= 32, "the machine ends the message");
        self.0.ed25519_verify(message, signature, key)
    }

    fn ed25519_batch_verify(&self, _: &[&[u8]], _: &[&[u8]], _: &[&[u8]]) -> Result<bool, VerificationError> {
        panic!("no message needs it")
    }

    fn debug(&self, _: &str) {}
}

#[test]
fn keys_and_signatures_of_other_lengths_are_refused_before_the_machine_ends_the_message() {
    let api = Machine(MockApi::default());
    let owner = api.0.addr_make("owner");
    let mut deps = OwnedDeps {
        storage: MockStorage::default(),
        api,
        querier: MockQuerier::default(),
        custom_query_type: PhantomData::<Empty>,
    };
    let (env, info) = (mock_env(), message_info(&owner, &[]));
    let message = InstantiateMsg { owner: owner.to_string() };
    instantiate(deps.as_mut(), env.clone(), info.clone(), message).unwrap();
    let mut create = |reporters| {
        let message = ExecuteMsg::CreateFeed { terms: terms(), reporters, quorum: 3 };
        execute(deps.as_mut(), env.clone(), info.clone(), message).map(drop)
    };
    for bytes in [0, 31, 33, 1_000] {
        assert!(create(vec![key(1), key(2), vec![1; bytes].into()]).is_err());
    }
    create(reporters(3)).unwrap();
    let time = env.block.time.seconds();
    for bytes in [0, 63, 65, 1_000] {
        for reporter in [key(1), vec![1; bytes].into()] {
            let signature = HexBinary::from(vec![1; bytes]);
            let report = Report { reporter, value: 1u128.into(), time, signature };
            let submit = ExecuteMsg::Submit { feed: 1, round: time / INTERVAL, reports: vec![report] };
            let error = execute(deps.as_mut(), env.clone(), info.clone(), submit).unwrap_err();
            assert!(error.to_string().contains("0 reports count"), "{error}");
        }
    }
}
