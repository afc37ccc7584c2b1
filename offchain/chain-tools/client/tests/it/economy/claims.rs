//! One list, and one claim.

use bithive_api::{emissions, jobs, registry, rewards, staking, vesting};
use bithive_chain::ChainError;
use bithive_client::{Claimable, Claimables, Later, MOST_MESSAGES, MOST_PAGES, NamedSchedule, Source, Token};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::economy::setup::{
    ALICE, APP, BOB, DAY, OWNER, STAKE_UNBONDING_SECONDS, UNBONDING_SECONDS, UNIT, World,
};

const MONTH: u64 = 30 * DAY;

fn of(list: &Claimables, source: Source) -> &Claimable {
    let mut found = list.entries.iter().filter(|entry| entry.source == source);
    let entry = found.next().unwrap_or_else(|| panic!("{source:?} in {list:?}"));
    assert!(found.next().is_none(), "{source:?} is listed twice");
    entry
}

async fn balances(world: &World, index: usize) -> [u128; 3] {
    let mut balances = [0; 3];
    for (balance, token) in balances.iter_mut().zip(Token::ALL) {
        *balance = world.client.balance(token, world.address(index)).await.unwrap();
    }
    balances
}

fn terms(now: u64) -> jobs::Terms {
    jobs::Terms {
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

/// Gives Alice something of every source but the emission's buckets; nothing of it is due yet but the refund.
async fn everything(world: &World) {
    let (alice, bob) = (world.account(ALICE), world.account(BOB));
    world.account(OWNER).transfer(Token::Btt, alice.address(), 2 * UNIT).await.unwrap();
    let market = world.market(ALICE).await;
    market.register_requester([7; 32], UNIT).await.unwrap();
    let job = market.post_job(&[1], terms(world.now().await), 7).await.unwrap();
    let posted = |event: jobs::Event| event.job_id();
    let (job_id, _) =
        job.announced(market.client().deployment().jobs(), jobs::events::POSTED, posted).unwrap();
    market.jobs(&jobs::ExecuteMsg::Cancel { job_id }).await.unwrap();
    world.advance(DAY).await;
    // BTK come from the application's bucket.
    world.account(APP).claim_all().await.unwrap();
    for index in [ALICE, BOB] {
        world.account(APP).transfer(Token::Btk, world.address(index), 1_000 * UNIT).await.unwrap();
    }
    bob.stake(400 * UNIT, &staking::Hook::Register { tera: 4, commission_bps: 1_000 }).await.unwrap();
    let node = bob.address().to_owned();
    alice.stake(400 * UNIT, &staking::Hook::Delegate { node: node.clone() }).await.unwrap();
    let credit = emissions::ExecuteMsg::Credit { contributor: alice.address().into(), units: 10 };
    world.credit(&credit).await;
    let schedule = NamedSchedule::Team.message(world.now().await).unwrap();
    let locked = (Token::Sky, 2_000 * UNIT);
    world.account(OWNER).lock(locked, alice.address(), schedule, false).await.unwrap();
    market.registry(&registry::ExecuteMsg::Unbond {}).await.unwrap();
    let unbond = staking::ExecuteMsg::Unbond { node: node.clone(), shares: Some((100 * UNIT).into()) };
    alice.staking(&unbond).await.unwrap();
    world.account(APP).stake(70 * UNIT, &staking::Hook::Reward { node }).await.unwrap();
}

#[tokio::test]
async fn what_is_not_due_is_listed_with_its_time() {
    let world = World::new().await;
    everything(&world).await;
    let now = world.now().await;
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    assert!(list.complete);
    let later = |source| {
        let entry = of(&list, source);
        assert_eq!(entry.amount, 0, "{source:?}");
        entry.later.unwrap()
    };
    let bond = later(Source::RegistryBond);
    assert_eq!(bond.amount, UNIT);
    assert!(bond.at > now && bond.at <= now + UNBONDING_SECONDS);
    let stake = later(Source::StakingUnbonded);
    assert_eq!(stake.amount, 100 * UNIT);
    assert!(stake.at > now && stake.at <= now + STAKE_UNBONDING_SECONDS);
    let position = later(Source::Vesting);
    assert_eq!(position.amount, 2_000 * UNIT);
    assert!(position.at > now && position.at <= now + MONTH);
    assert_eq!(of(&list, Source::JobMarket).amount, 7);
    assert!(!list.entries.iter().any(|entry| entry.source == Source::StakingRewards), "due over seven days");
    assert!(!list.entries.iter().any(|entry| entry.source == Source::Emissions), "the day has not ended");

    world.advance(DAY).await;
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    let work = of(&list, Source::Emissions);
    // 20 % at once, the rest in 180 daily parts.
    let Later { amount, at } = work.later.unwrap();
    assert_eq!(work.amount, (work.amount + amount) / 5);
    assert!(at > world.now().await && at <= world.now().await + DAY);
    let earlier = world.now().await;
    world.advance(at - earlier).await;
    let more = world.client.claimables(world.address(ALICE)).await.unwrap();
    assert!(of(&more, Source::Emissions).amount > work.amount, "more is due when it says so");
    world.advance(7 * DAY).await;
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    // A tenth of 70 is the operator's commission; of 700 BTK at stake Alice has 300, and rounding is against her.
    assert_eq!(of(&list, Source::StakingRewards).amount, 27 * UNIT - 1);
    assert_eq!(of(&list, Source::StakingRewards).what.as_deref(), Some(world.address(BOB)));
}

#[tokio::test]
async fn everything_due_is_taken_in_one_transaction_and_a_second_claim_does_nothing() {
    let world = World::new().await;
    everything(&world).await;
    world.advance(MONTH).await;
    let alice = world.account(ALICE);
    let list = world.client.claimables(alice.address()).await.unwrap();
    let due: Vec<_> = list.entries.iter().filter(|entry| entry.is_due()).collect();
    let sources: Vec<_> = due.iter().map(|entry| entry.source).collect();
    let expected = [
        Source::JobMarket,
        Source::RegistryBond,
        Source::Vesting,
        Source::Emissions,
        Source::StakingRewards,
        Source::StakingUnbonded,
    ];
    assert_eq!(sources, expected);
    let (before, height) = (balances(&world, ALICE).await, world.height().await);
    let claims = alice.claim_all().await.unwrap();
    assert_eq!(world.height().await, height + 1);
    assert_eq!(claims.transactions.len(), 1);
    assert_eq!(claims.refused, []);
    assert_eq!(claims.taken.len(), due.len());
    for (taken, entry) in claims.taken.iter().zip(due) {
        assert_eq!((taken.source, &taken.what, taken.amount), (entry.source, &entry.what, entry.amount));
    }
    let after = balances(&world, ALICE).await;
    for ((token, before), after) in Token::ALL.into_iter().zip(before).zip(after) {
        assert_eq!(claims.received[token.symbol()], after - before, "{token}");
        let named = claims.taken.iter().filter(|taken| taken.token == token.symbol());
        assert_eq!(named.map(|taken| taken.amount).sum::<u128>(), after - before, "{token}");
    }
    let again = alice.claim_all().await.unwrap();
    assert_eq!(again, bithive_client::Claims::default());
    assert_eq!(world.height().await, height + 1, "nothing due is no transaction");
    assert_eq!(world.client.client().requester(alice.address()).await.unwrap(), None, "the bond is out");
}

#[tokio::test]
async fn the_recipients_of_the_emission_and_the_operator_s_commission_are_in_the_list() {
    let world = World::new().await;
    everything(&world).await;
    world.advance(2 * MONTH).await;
    let list = world.client.claimables(world.address(APP)).await.unwrap();
    for source in [Source::EmissionsApplication, Source::EmissionsFoundation] {
        assert!(of(&list, source).amount > 0, "{source:?}");
    }
    assert!(!list.entries.iter().any(|entry| entry.source == Source::EmissionsInfrastructure));
    let Later { amount, at } = of(&list, Source::EmissionsApplication).later.unwrap();
    let now = world.now().await;
    assert!(at > now && at <= now + DAY, "a part of the rest is due each day: {now} {at}");
    assert!(amount > of(&list, Source::EmissionsApplication).amount, "most of two months is locked");
    let owner = world.client.claimables(world.address(OWNER)).await.unwrap();
    assert!(of(&owner, Source::EmissionsInfrastructure).amount > 0);
    let bob = world.client.claimables(world.address(BOB)).await.unwrap();
    assert_eq!(of(&bob, Source::StakingRewards).amount, (7 + 36) * UNIT - 1, "7 are its commission");
    let before = balances(&world, APP).await;
    let claims = world.account(APP).claim_all().await.unwrap();
    assert_eq!(claims.taken.len(), 2);
    let received = claims.received["BTK"];
    assert_eq!(balances(&world, APP).await[1] - before[1], received);
    assert_eq!(claims.taken.iter().map(|taken| taken.amount).sum::<u128>(), received);
}

#[tokio::test]
async fn a_bucket_that_is_locked_says_when_more_of_it_is_released() {
    let world = World::new().await;
    world.advance(5 * DAY).await;
    for month in 0..4 {
        let list = world.client.claimables(world.address(APP)).await.unwrap();
        let before = of(&list, Source::EmissionsFoundation);
        let Later { amount, at } = before.later.unwrap();
        let now = world.now().await;
        // Nothing is released before the first part's month has ended and it was locked for another.
        assert!(at > now && at <= now + if month == 0 { 2 * MONTH } else { MONTH }, "{now} {at}");
        world.advance(at - 1 - now).await;
        let list = world.client.claimables(world.address(APP)).await.unwrap();
        assert_eq!(of(&list, Source::EmissionsFoundation).amount, before.amount, "not before");
        world.advance(1).await;
        let list = world.client.claimables(world.address(APP)).await.unwrap();
        let after = of(&list, Source::EmissionsFoundation).amount;
        assert!(after > before.amount, "month {month}");
        assert!(amount > 0);
    }
}

#[tokio::test]
async fn what_is_refused_holds_up_nothing_else_and_is_told() {
    let world = World::without_minter().await;
    let app = world.account(APP);
    let schedule = NamedSchedule::Ecology.message(world.now().await).unwrap();
    world.account(OWNER).lock((Token::Sky, 1_000), app.address(), schedule, false).await.unwrap();
    world.advance(DAY).await;
    let before = balances(&world, APP).await;
    let claims = app.claim_all().await.unwrap();
    assert_eq!(claims.taken.len(), 1);
    assert_eq!((claims.taken[0].source, claims.taken[0].amount), (Source::Vesting, 500));
    assert_eq!(claims.refused.len(), 1);
    assert_eq!(claims.refused[0].source, Source::EmissionsApplication);
    assert!(claims.refused[0].error.contains("mint"), "{}", claims.refused[0].error);
    assert_eq!(balances(&world, APP).await, [before[0], before[1], before[2] + 500]);
    assert_eq!(claims.received.into_iter().collect::<Vec<_>>(), [("SKY".into(), 500)]);
}

#[tokio::test]
async fn tokens_that_anybody_made_are_listed_and_left_alone() {
    let world = World::new().await;
    let token = world.made_up_token().await;
    let schedule = NamedSchedule::Ecology.message(world.now().await).unwrap();
    let lock = world.lock(&token, 1_000, world.address(ALICE), schedule);
    world.wallet(OWNER).execute_many(&[lock]).await.unwrap();
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    let entry = of(&list, Source::Vesting);
    assert_eq!((entry.token.as_str(), entry.amount, entry.is_due()), (token.as_str(), 500, false));
    let height = world.height().await;
    assert_eq!(world.account(ALICE).claim_all().await.unwrap(), bithive_client::Claims::default());
    assert_eq!(world.height().await, height);
}

#[tokio::test]
async fn a_list_that_others_filled_is_read_in_part_and_taken_in_several_transactions() {
    let world = World::new().await;
    let most = MOST_PAGES * 30;
    let schedule = NamedSchedule::Ecology.message(world.now().await).unwrap();
    let sky = world.client.token(Token::Sky).to_owned();
    let locks = vec![world.lock(&sky, 10, world.address(ALICE), schedule); most + 1];
    for batch in locks.chunks(100) {
        world.wallet(OWNER).execute_many(batch).await.unwrap();
    }
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    assert_eq!((list.entries.len(), list.complete), (most, false));
    let claims = world.account(ALICE).claim_all().await.unwrap();
    assert_eq!(claims.transactions.len(), most.div_ceil(MOST_MESSAGES));
    assert_eq!(claims.taken.len(), most);
    assert_eq!(claims.received["SKY"], 5 * most as u128);
    assert_eq!(world.client.balance(Token::Sky, world.address(ALICE)).await.unwrap(), 5 * most as u128);
}

#[tokio::test]
async fn whatever_was_locked_a_claim_takes_what_the_list_says() {
    let world = World::new().await;
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for _ in 0..25 {
        let token = Token::ALL[rng.next_u32() as usize % 3];
        let holds_none = world.client.balance(token, world.address(OWNER)).await.unwrap() < UNIT;
        let token = if holds_none { Token::Sky } else { token };
        let schedule = vesting::Schedule {
            start: world.now().await - 5 + u64::from(rng.next_u32() % 100),
            immediate_bps: (rng.next_u32() % 10_001) as u16,
            cliff_seconds: u64::from(rng.next_u32() % 200),
            step_seconds: 1 + u64::from(rng.next_u32() % 50),
            steps: 1 + rng.next_u32() % 9,
        };
        let amount = 1 + u128::from(rng.next_u32() % 1_000);
        world.account(OWNER).lock((token, amount), world.address(ALICE), schedule, false).await.unwrap();
        world.advance(1 + u64::from(rng.next_u32() % 60)).await;
        let list = world.client.claimables(world.address(ALICE)).await.unwrap();
        let before = balances(&world, ALICE).await;
        // In a claim, a block of a second may make a step due that the list has under `later`.
        let claims = world.account(ALICE).claim_all().await.unwrap();
        let after = balances(&world, ALICE).await;
        let listed: u128 = list.entries.iter().map(|entry| entry.amount).sum();
        let later: u128 = list.entries.iter().filter_map(|entry| entry.later).map(|later| later.amount).sum();
        let taken: u128 = claims.taken.iter().map(|taken| taken.amount).sum();
        let grown: u128 = after.iter().sum::<u128>() - before.iter().sum::<u128>();
        assert_eq!((taken, claims.received.values().sum::<u128>()), (grown, grown));
        assert!(taken >= listed && taken <= listed + later, "{listed} <= {taken} <= {listed} + {later}");
        assert_eq!(claims.refused, []);
    }
}

#[tokio::test]
async fn who_has_nothing_and_who_is_nobody_has_an_empty_list_or_an_error() {
    let world = World::new().await;
    let list = world.client.claimables(world.address(BOB)).await.unwrap();
    assert_eq!((list.entries, list.complete), (vec![], true));
    assert!(matches!(world.client.claimables("nobody").await, Err(ChainError::Query { .. })));
}

#[tokio::test]
async fn a_patient_is_paid_at_once_so_that_nothing_is_listed() {
    let world = World::new().await;
    let owner = world.account(OWNER);
    owner.fund_rewards(1_000 * UNIT).await.unwrap();
    for (index, role) in [(APP, rewards::Role::Clinician), (BOB, rewards::Role::Insurer)] {
        let party = rewards::ExecuteMsg::SetParty { address: world.address(index).into(), role: Some(role) };
        owner.rewards(&party).await.unwrap();
        assert_eq!(world.client.party(world.address(index)).await.unwrap(), Some(role));
    }
    let propose = rewards::ExecuteMsg::Propose {
        patient: world.address(ALICE).into(),
        activity: rewards::Activity::CheckUp,
        inputs: rewards::Inputs {
            value: (300 * UNIT).into(),
            completion: 10_000,
            history: 0u128.into(),
            time: 0,
            adjustment: 0,
        },
        evidence: (&[5; 32]).into(),
    };
    world.account(APP).rewards(&propose).await.unwrap();
    let waiting = world.client.proposals().await.unwrap();
    assert_eq!((waiting.entries.len(), waiting.complete), (1, true));
    let id = waiting.entries[0].id;
    assert_eq!(world.client.proposal(id).await.unwrap().as_ref(), waiting.entries.first());
    world.account(BOB).rewards(&rewards::ExecuteMsg::Approve { id }).await.unwrap();
    assert_eq!(world.client.balance(Token::Btt, world.address(ALICE)).await.unwrap(), 300 * UNIT);
    assert_eq!(world.client.patient(world.address(ALICE)).await.unwrap().count, 1);
    assert_eq!(world.client.budget().await.unwrap().paid.u128(), 300 * UNIT);
    assert_eq!(world.client.claimables(world.address(ALICE)).await.unwrap().entries, []);
    assert_eq!(world.client.credits(world.address(ALICE)).await.unwrap(), 0);
}
