//! Members of an elected committee: seats, absence, and keys that only others could merge.

use bithive_api::registry::Election;
use bithive_chain::Chain as _;
use bithive_committee::Attendance;

use crate::world::{DAY, World};

const ELECTION: Election = Election { seats: 3, threshold: 2, max_terms: 9 };

/// To a second of the day after this one, with as many blocks as anybody has for a duty.
async fn next_day(world: &World, second: u64) {
    let passed = world.chain.info().await.unwrap().time.seconds() % DAY;
    wait(world, DAY - passed + second).await;
}

async fn wait(world: &World, seconds: u64) {
    const BLOCKS: u64 = bithive_economics::absence::BLOCKS + 1;
    for _ in 0..BLOCKS {
        world.chain.advance_time(seconds / BLOCKS).await.unwrap();
    }
    world.chain.advance_time(seconds % BLOCKS).await.unwrap();
}

fn addresses(world: &World, seats: &[usize]) -> Vec<String> {
    let mut addresses: Vec<_> = seats.iter().map(|seat| world.address(*seat)).collect();
    addresses.sort();
    addresses
}

async fn serving(world: &World, epoch: u64) -> Vec<String> {
    let committee = world.client.committee_at(epoch).await.unwrap();
    let mut addresses: Vec<_> = committee.members.into_iter().map(|member| member.address.into()).collect();
    addresses.sort();
    addresses
}

#[tokio::test]
async fn members_elect_take_seats_and_replace_who_is_absent() {
    let (mut world, founders) = World::agreed().await;
    world.elections(ELECTION).await;
    let mut seats = Vec::new();
    for _ in 0..4 {
        seats.push(world.candidate().await);
    }
    let [a, b, c, d] = seats.try_into().unwrap();
    next_day(&world, 0).await;
    let epoch = world.epoch().await + 1;
    let elected = founders[0].attend().await.unwrap();
    assert_eq!(elected, Attendance { elected: Some(epoch), ..Attendance::default() });
    assert_eq!(founders[1].attend().await.unwrap(), Attendance::default());
    assert_eq!(serving(&world, epoch).await, addresses(&world, &[a, b, c]));
    // C does not run.
    let (first, second) = (world.start(a).await, world.start(b).await);
    for member in [&first, &second] {
        let seated = Attendance { seat: Some(epoch), ..Attendance::default() };
        assert_eq!(member.attend().await.unwrap(), seated);
        assert_eq!(member.attend().await.unwrap(), Attendance::default());
    }
    wait(&world, DAY / 4).await;
    let reported = Attendance { reported: vec![world.address(c)], ..Attendance::default() };
    assert_eq!(first.attend().await.unwrap(), reported);
    assert_eq!(serving(&world, epoch).await, addresses(&world, &[a, b, d]));
    let third = world.start(d).await;
    assert_eq!(third.attend().await.unwrap().seat, Some(epoch));
    world.post(&[first.clone(), second.clone(), third.clone()], epoch).await;
    next_day(&world, 0).await;
    assert_eq!(serving(&world, epoch).await, addresses(&world, &[a, b, d]));

    // The next day's keys: nobody talks to d, which posts what the others have posted, and keeps its bond.
    let epoch = epoch + 1;
    world.post(&[first.clone(), second.clone()], epoch).await;
    for seat in [a, b] {
        world.stop(seat);
    }
    assert!(third.post_share_keys(epoch).await.is_err());
    next_day(&world, DAY / 4).await;
    assert_eq!(third.attend().await.unwrap().endorsed, Some(epoch));
    let posted = world.client.share_keys(epoch).await.unwrap();
    assert!(posted.len() == 3 && posted.iter().all(|post| post.digest == posted[0].digest));
    assert_eq!(first.attend().await.unwrap().reported, Vec::<String>::new());
}
