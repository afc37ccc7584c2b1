//! What reports come to: a price, a trip, or nothing.

use bithive_api::oracle::{Event, PendingResponse, PointResponse, Report, limits};
use bithive_contract_kit::input::count;
use bithive_economics::trip::{Pending, Refused, Seen, Verdict};
use cosmwasm_std::{Deps, DepsMut, Env, Response};

use crate::ContractError;
use crate::outlier::{self, Counted};
use crate::report::Round;
use crate::state::{PRICES, Price, feed, price};

pub(crate) fn submit(
    deps: DepsMut<'_>,
    env: &Env,
    (id, number): (u64, u64),
    reports: &[Report],
) -> Result<Response, ContractError> {
    let feed = feed(deps.storage, id)?;
    if feed.is_stopped(deps.storage)? {
        return Err(ContractError::Stopped { feed: id });
    }
    count("reports", reports.len(), 1..=limits::MAX_REPORTERS)?;
    let before = price(deps.storage, id)?;
    if let Some(newest) = before.newest().filter(|newest| number <= *newest) {
        return Err(ContractError::OldRound { found: number, newest });
    }
    let records = feed.records(deps.storage, id)?;
    let round = Round { env, feed: &feed, id, number, records: &records };
    let Sifted { counted, skipped, first } = sift(deps.as_ref(), &round, reports);
    let seen: Vec<Seen> = counted.iter().map(|counted| counted.seen).collect();
    let (now, last) = (env.block.time.seconds(), before.last.map(|last| last.value.u128()));
    let pending = before.pending.map(|pending| Pending { value: pending.value.u128(), until: pending.until });
    let verdict = feed.rules().judge(last, pending, now, &seen).map_err(|refused| refusal(refused, first))?;
    let response = Response::new().add_events(skipped);
    match verdict {
        Verdict::Price(Seen { value, time }, reports) => {
            // The clocks of reporters may be ahead of the chain's.
            let time = time.min(now);
            let point = PointResponse { value: value.into(), time, round: number };
            PRICES.save(deps.storage, id, &Price { last: Some(point), pending: None })?;
            let (value, reports) = (value.into(), reports as u64);
            let updated = Event::Updated { feed: id, round: number, value, time, reports };
            let outliers = outlier::note(deps.storage, &round, &counted, value, now)?;
            Ok(response.add_event(updated).add_events(outliers))
        }
        Verdict::Trip(Seen { value, .. }) => {
            let until = now.saturating_add(feed.terms.cooldown);
            let pending = Some(PendingResponse { value: value.into(), round: number, until });
            PRICES.save(deps.storage, id, &Price { pending, ..before })?;
            let (value, last) = (value.into(), last.unwrap_or_default().into());
            Ok(response.add_event(Event::Tripped { feed: id, round: number, value, last, until }))
        }
    }
}

/// Reports that hold, events for those that do not, and why the first of these does not.
struct Sifted {
    counted: Vec<Counted>,
    skipped: Vec<Event>,
    first: Option<ContractError>,
}

fn sift(deps: Deps<'_>, round: &Round<'_>, reports: &[Report]) -> Sifted {
    let mut sifted = Sifted { counted: Vec::new(), skipped: Vec::new(), first: None };
    let mut taken = vec![false; round.feed.reporters.len()];
    for report in reports {
        match round.check(deps, report, &taken) {
            Ok(place) => {
                if let Some(taken) = taken.get_mut(place) {
                    *taken = true;
                }
                let seen = Seen { value: report.value.u128(), time: report.time };
                sifted.counted.push(Counted { place, seen });
            }
            Err(error) => {
                let (reporter, reason) = (report.reporter.clone(), error.to_string());
                let (feed, round) = (round.id, round.number);
                sifted.skipped.push(Event::Skipped { feed, round, reporter, reason });
                sifted.first.get_or_insert(error);
            }
        }
    }
    sifted
}

fn refusal(refused: Refused, first: Option<ContractError>) -> ContractError {
    match refused {
        Refused::Early { until } => ContractError::Early { until },
        Refused::TooFew { found, expected } => {
            ContractError::TooFew { found, expected, first: first.map(|error| error.to_string()) }
        }
    }
}
