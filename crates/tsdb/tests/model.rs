//! Random actions on a store over a simulated file system, compared with a plain map after each.
#![cfg(test)]

mod common;

use common::{Action, World};
use proptest::prelude::*;

fn actions() -> impl Strategy<Value = Vec<Action>> {
    prop::collection::vec(common::action(), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_store_is_a_map(actions in actions(), seed in any::<u64>()) {
        let mut world = World::new(seed);
        for action in &actions {
            world.act(action);
            world.compare();
        }
        world.reopen();
        world.compare();
    }
}
