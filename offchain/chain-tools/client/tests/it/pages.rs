//! Lists that are longer than one page.

use bithive_api::jobs::{Terms, limits};
use bithive_chain::{Chain, ChainError, SigningKey};
use bithive_exchange::LocalNetwork;
use bithive_local::{BTT_GENESIS, Groups, Local, REQUESTER_BOND};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

async fn local(rng: &mut ChaCha20Rng) -> Local {
    Local::in_memory(Groups::new(1, 4).unwrap(), LocalNetwork::in_memory(), rng).await.unwrap()
}

fn terms(now: u64) -> Terms {
    Terms {
        workers: 1,
        quorum: 1,
        tolerance: 0,
        dimensions: 1,
        price: 7u128.into(),
        assign_by: now + 60,
        commit_seconds: 60,
        reveal_seconds: 60,
        finalize_seconds: 60,
        model: (&[1; 32]).into(),
        model_owner: None,
        data_owner: None,
    }
}

#[tokio::test]
async fn all_jobs_are_listed_once_and_in_order() {
    let local = local(&mut ChaCha20Rng::seed_from_u64(1)).await;
    assert!(local.client.all_jobs().await.unwrap().is_empty());
    local.operator.register_requester([9; 32], REQUESTER_BOND).await.unwrap();
    let count = u64::from(limits::MAX_PAGE) * 2 + 1;
    for _ in 0..count {
        let now = local.chain.info().await.unwrap().time.seconds();
        local.operator.post_job(&[1], terms(now), 7).await.unwrap();
    }
    let jobs = local.client.all_jobs().await.unwrap();
    assert!(jobs.iter().map(|job| job.job_id).eq(1..=count));
    assert_eq!(local.client.vault(1).await.unwrap(), [1]);
    assert_eq!(local.client.totals().await.unwrap().escrowed.u128(), u128::from(count) * 7);
}

#[tokio::test]
async fn all_balances_are_listed_and_sum_up_to_the_supply() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let local = local(&mut rng).await;
    for amount in 1..=40 {
        let address = SigningKey::generate(&mut rng).address().to_owned();
        local.operator.transfer(&address, amount).await.unwrap();
        assert_eq!(local.client.balance(&address).await.unwrap(), amount);
    }
    let balances = local.client.balances().await.unwrap();
    assert!(balances.len() > 40);
    assert!(balances.is_sorted_by(|a, b| a.0 < b.0), "once each");
    assert_eq!(balances.iter().map(|(_, balance)| balance).sum::<u128>(), BTT_GENESIS);
}

#[tokio::test]
async fn what_is_not_there_is_an_error_or_none_in_the_contracts_words() {
    let local = local(&mut ChaCha20Rng::seed_from_u64(3)).await;
    let client = &local.client;
    let address = local.operator.address();
    assert!(matches!(client.job(1).await, Err(ChainError::Query { .. })));
    assert!(matches!(client.vault(1).await, Err(ChainError::Query { .. })));
    assert_eq!(client.node(address).await.unwrap(), None);
    assert_eq!(client.requester(address).await.unwrap(), None);
    assert_eq!(client.identity([9; 32]).await.unwrap(), None);
    assert_eq!(client.nodes_at(vec![1, 2]).await.unwrap(), [None, None]);
    assert!(client.nodes().await.unwrap().is_empty());
    assert!(client.share_keys(1).await.unwrap().is_empty());
    assert_eq!(client.claimable(address).await.unwrap(), 0);
}
