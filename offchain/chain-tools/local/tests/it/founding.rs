//! What is founded on an embedded chain, and chains that were made when there was less.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_chain::{Chain, Embedded, Wallet};
use bithive_deploy::{Codes, Contract, Record, Role, deploy};
use bithive_dgkbe::Crs;
use bithive_local::{Founders, ceremony, deploy_economy, open_chain, terms};
use cosmwasm_std::coin;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const SLOTS: u16 = 2;

fn founders() -> (Founders, Crs) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    (Founders::generate(&mut rng).unwrap(), ceremony(SLOTS, &mut rng).unwrap())
}

/// A stored chain with the codes of the market alone.
fn older(folder: &Path, founders: &Founders) -> Embedded {
    let mut builder = Embedded::builder()
        .fee_denom("ubee")
        .block_time(Duration::from_secs(1))
        .directory(folder)
        .genesis_balance(founders.operator.address(), [coin(1_000_000_000_000, "ubee")]);
    for code in Role::Market.codes() {
        builder = builder.code(code.name(), move || bithive_native::code(code));
    }
    let committee = founders.committee.iter().map(|member| &member.account);
    for account in committee.chain([&founders.treasury, &founders.incentive_pool]) {
        builder = builder.genesis_balance(account.address(), [coin(1, "ubee")]);
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn an_economy_is_founded_around_the_market_that_a_market_alone_is() {
    let (founders, crs) = founders();
    let alone: Arc<dyn Chain> = Arc::new(open_chain(None, &founders).unwrap());
    let alone = bithive_local::deploy(alone, &founders, &crs, 1).await.unwrap();
    assert_eq!(alone.treasury, founders.treasury.address());
    let chain: Arc<dyn Chain> = Arc::new(open_chain(None, &founders).unwrap());
    let whole = deploy_economy(chain, &founders, &crs, 1).await.unwrap();
    assert_eq!((&whole.chain_id, whole.token()), (&alone.chain_id, alone.token()));
    assert_eq!(whole.check(Role::Economy), Ok(()));
    assert_eq!(Some(whole.treasury.as_str()), whole.get(Contract::Treasury));
    assert_eq!(alone.incentive_pool, founders.incentive_pool.address());
    assert_eq!(Some(whole.incentive_pool.as_str()), whole.get(Contract::Rewards));
}

#[tokio::test]
async fn a_chain_that_was_made_with_the_market_s_codes_alone_becomes_an_economy() {
    let (founders, crs) = founders();
    let folder = tempfile::tempdir().unwrap();
    let terms = terms(&founders, &crs, 1).unwrap();
    let mut record = Record::default();
    let mut save = |last: &Record| {
        record = last.clone();
        Ok(())
    };
    let market = {
        let chain: Arc<dyn Chain> = Arc::new(older(folder.path(), &founders));
        let operator = Wallet::connect(chain, founders.operator.clone()).await.unwrap();
        deploy(&operator, Codes::Native, &terms, Record::default(), &mut save)
            .await
            .unwrap()
            .deployment
            .unwrap()
    };
    let chain: Arc<dyn Chain> = Arc::new(open_chain(Some(folder.path()), &founders).unwrap());
    let operator = Wallet::connect(chain, founders.operator.clone()).await.unwrap();
    let terms = terms.with_role(Role::Economy).unwrap();
    let outcome = deploy(&operator, Codes::Native, &terms, record, &mut |_| Ok(())).await.unwrap();
    let whole = outcome.deployment.unwrap();
    assert_eq!(whole.check(Role::Economy), Ok(()));
    for (contract, address) in market.contracts() {
        assert_eq!(whole.get(contract), Some(address), "the market stays as it was made");
    }
}
