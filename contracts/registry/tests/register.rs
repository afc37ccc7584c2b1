//! Registration of nodes and requesters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_test_kit::Suite;
use bithive_test_kit::registry::NODE_BOND;

#[test]
fn a_registered_node_is_eligible_and_its_bond_is_in_custody() {
    let mut suite = Suite::new();
    suite.register_node("alice", 7, NODE_BOND).unwrap();
    let node = suite.node("alice").unwrap();
    assert_eq!(node.registration, suite.registration("alice", 7));
    assert_eq!((node.bond.u128(), node.eligible, node.unbonding_until), (NODE_BOND, true, None));
    suite.custody();
    suite.conservation();
}
