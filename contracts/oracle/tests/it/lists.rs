//! Feeds, page by page.

use bithive_api::oracle::{ConfigResponse, FeedResponse, QueryMsg, limits};

use crate::world::World;

#[test]
fn feeds_are_listed_by_number_and_page_by_page() {
    let mut world = World::new();
    for _ in 0..34 {
        world.oracle.create(&mut world.suite, 3, 3);
    }
    let page = |start_after, limit| -> Vec<u64> {
        let feeds: Vec<FeedResponse> =
            world.suite.query(&world.oracle.address, &QueryMsg::Feeds { start_after, limit });
        feeds.into_iter().map(|feed| feed.id).collect()
    };
    assert_eq!(page(None, Some(3)), [1, 2, 3]);
    assert_eq!(page(None, Some(1_000)).len(), limits::MAX_PAGE as usize);
    assert_eq!(page(Some(30), None), [31, 32, 33, 34, 35]);
    assert_eq!(page(Some(35), None), [0; 0]);
}

#[test]
fn the_configuration_names_the_owner_and_the_next_one() {
    let mut world = World::new();
    let next = world.suite.account("next");
    world.set(&bithive_api::oracle::ExecuteMsg::TransferOwnership { new_owner: next.to_string() });
    let config: ConfigResponse = world.suite.query(&world.oracle.address, &QueryMsg::Config {});
    let expected =
        ConfigResponse { owner: Some(world.owner.clone()), pending_owner: Some(next), paused: false };
    assert_eq!(config, expected);
}
