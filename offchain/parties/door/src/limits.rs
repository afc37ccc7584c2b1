//! Bounds of a door.

use std::time::Duration;

/// Most bytes of a request's body: the model's input.
pub const MAX_BODY: usize = 4 << 20;
/// Time for a body to arrive.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest run of the model for one request.
pub(crate) const RUN_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections at one time.
pub(crate) const CONNECTIONS: usize = 256;
/// Flows that are known at one time. A further one takes the place of one that owes nothing and was used least recently.
pub const MOST_FLOWS: usize = 4_096;
/// Numbers of flows that are not there, which the chain is not asked about again at once.
pub(crate) const MOST_MISSING: usize = 4_096;
/// Questions to the chain at one time that requests bring.
pub(crate) const QUESTIONS: usize = 8;
/// Longest wait for a turn to ask the chain.
pub(crate) const QUESTION: Duration = Duration::from_secs(5);
/// Replies to requests with a payment on the chain that are kept: the newest. An older request is answered by another run of the model.
pub(crate) const SOLD_KEPT: u64 = 1_024;
/// How often the chain's blocks are read, and so how late the end of a flow is noticed. A payer's notice is an hour at least.
pub const POLL: Duration = Duration::from_secs(2);
/// How often a flow in use is read again, whatever the blocks say.
pub const REREAD: Duration = Duration::from_secs(10);
/// A chain that has not answered for so long is not relied on: nothing is sold.
pub const STALE: Duration = Duration::from_secs(60);
/// Blocks that are read one by one after a gap; beyond that all flows are read again.
pub(crate) const MOST_BLOCKS: u64 = 256;
/// Seconds before the end of a flow in which it pays for nothing more, and its vouchers are redeemed: half of the shortest notice.
pub const CLOSING_SECONDS: u64 = 1_800;
/// How often it is looked whether vouchers are due to be redeemed, beside when that is known.
pub(crate) const LOOK: Duration = Duration::from_secs(10);
/// Wait after a redemption that failed, first and longest.
pub(crate) const BACKOFF: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(120)];
/// Time that redeeming may take when a door stops.
pub(crate) const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// Rows that are written to disk together.
pub(crate) const MOST_TOGETHER: usize = 256;
