#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
//! Chains seen through the `Chain` trait. What is true of every chain is tested on an embedded one and, by
//! [`on_both`], over RPC as well.

/// A test for each kind of access: `async fn name(at: Access)` becomes `name::embedded` and `name::over_rpc`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            use crate::setup::Access;

            #[tokio::test(flavor = "multi_thread")]
            async fn embedded() {
                super::$name(Access::Embedded).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn over_rpc() {
                super::$name(Access::Rpc).await;
            }
        }
    )*};
}

mod blocks;
mod browser;
mod crowd;
mod failover;
mod fees;
mod gas;
mod hostile;
mod kill;
mod live;
mod methods;
mod node;
mod persistence;
mod probe;
mod serving;
mod setup;
mod transactions;
mod tx_file;
mod wallet;
