//! Builders of the events named in `bithive_api::jobs::events`.

use cosmwasm_std::Event;

use crate::state::Job;

/// An event of a job; it carries the round once there is one.
pub(crate) fn of(kind: &str, job: &Job) -> Event {
    at(kind, job.id, job.round)
}

/// An event of a job that is known by its number only.
pub(crate) fn at(kind: &str, job_id: u64, round: u8) -> Event {
    let event = Event::new(kind).add_attribute("job_id", job_id.to_string());
    if round == 0 { event } else { event.add_attribute("round", round.to_string()) }
}
