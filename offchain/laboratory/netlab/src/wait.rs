//! How long to wait for something that is due.

use bithive_netsim::Nanos;
use rustix::event::Timespec;

/// From `now` to `next`; without end if there is none.
pub(crate) fn until(next: Option<Nanos>, now: Nanos) -> Option<Timespec> {
    let wait = next?.saturating_sub(now);
    Some(Timespec { tv_sec: (wait / 1_000_000_000) as _, tv_nsec: (wait % 1_000_000_000) as _ })
}
