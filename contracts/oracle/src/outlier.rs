//! What follows for reporters whose reports were far from the price that they counted for: a strike, and after some in succession a suspension.
//!
//! A report that somebody else leaves out is no strike, and one near the price ends the row; so only what a reporter itself has
//! signed can have it suspended. Nobody loses money here: whoever bonds reporters rules on what was signed.

use bithive_api::oracle::{Event, limits};
use bithive_economics::median::deviates;
use bithive_economics::trip::Seen;
use cosmwasm_std::{StdResult, Storage, Uint128};

use crate::report::Round;
use crate::state::{RECORDS, Record};

/// A report that counts.
pub(crate) struct Counted {
    /// The reporter's place in the feed.
    pub place: usize,
    pub seen: Seen,
}

/// Notes who was far from the new price, and says so.
pub(crate) fn note(
    storage: &mut dyn Storage,
    round: &Round<'_>,
    counted: &[Counted],
    price: Uint128,
    now: u64,
) -> StdResult<Vec<Event>> {
    let (feed, number) = (round.id, round.number);
    let (mut records, mut events) = (round.records.to_vec(), Vec::new());
    // Suspensions never leave fewer than can confirm a value: a feed of honest reporters always has an answer in the end.
    let mut active = records.iter().filter(|record| record.suspended_until <= now).count();
    for Counted { place, seen } in counted {
        let (Some(record), Some(key)) = (records.get_mut(*place), round.feed.reporters.get(*place)) else {
            continue;
        };
        if !deviates(seen.value, price.u128(), round.feed.most()) {
            record.strikes = 0;
            continue;
        }
        let (reporter, value) = (key.clone(), seen.value.into());
        events.push(Event::Outlier { feed, round: number, reporter: reporter.clone(), value, price });
        record.strikes = record.strikes.saturating_add(1).min(limits::STRIKES);
        if record.strikes == limits::STRIKES && active > usize::from(round.feed.confirming()) {
            let until = now.saturating_add(limits::SUSPENDED_SECONDS);
            *record = Record { strikes: 0, suspended_until: until };
            active = active.saturating_sub(1);
            events.push(Event::Suspended { feed, reporter, until });
        }
    }
    if records != round.records {
        RECORDS.save(storage, round.id, &records)?;
    }
    Ok(events)
}
