//! From images to jobs, and from their results to answers.

use std::sync::Arc;

use super::prepared::Prepared;
use super::{AGAIN, Desk, Next, ROUND, blocking, unknown};
use crate::clock::now;
use crate::images::{self, NoImages};
use crate::market::{Market, Permission, Progress, Trouble};
use crate::results;
use crate::study::{Stage, Study};

const DAY: u64 = 86_400_000;

impl Desk {
    pub(super) async fn permit(
        &self,
        study: &mut Study,
        prepared: &Arc<Prepared>,
        market: &mut impl Market,
    ) -> Result<Next, NoImages> {
        for (number, part) in study.parts.iter().enumerate() {
            let images = images::file(&self.spool, &study.study, number)?;
            match market.permission(&prepared.rule.name, &images).await {
                Permission::Given => {}
                Permission::Missing(reason) => {
                    study.reason = Some(format!("waits for a consent to the data {}: {reason}", part.digest));
                    return Ok(Next::Wait(AGAIN));
                }
                Permission::Revoked(reason) => return Err(NoImages::Study(reason)),
            }
        }
        study.go(Stage::Permitted, None, now());
        Ok(Next::On)
    }

    /// Whether the prices are within what the rule allows. What is held is recorded before anything is posted.
    pub(super) fn afford(&self, study: &mut Study, prepared: &Arc<Prepared>, market: &impl Market) -> Next {
        let rule = &prepared.rule.name;
        let Some(prices) = market.prices(rule) else { return unknown(study) };
        let day = now().checked_div(DAY).unwrap_or_default();
        let needed = prices.escrow.saturating_mul(study.parts.len() as u128);
        let on = |other: &&Study| other.rule.as_ref() == Some(rule);
        let held =
            self.studies.values().filter(on).map(|other| other.held_on(day)).fold(0, u128::saturating_add);
        let show = |amount| market.show(amount);
        if prices.escrow > prices.most_per_job || needed > prices.most_per_day {
            let reason = format!(
                "its {} jobs hold {}, {} each; most_price_per_job is {}, most_price_per_day {}",
                study.parts.len(),
                show(needed),
                show(prices.escrow),
                show(prices.most_per_job),
                show(prices.most_per_day)
            );
            study.go(Stage::Refused, Some(reason), now());
            return Next::On;
        }
        if held.saturating_add(needed) > prices.most_per_day {
            let reason = format!(
                "waits for the next day: jobs of today hold {}, these {}, and most_price_per_day is {}",
                show(held),
                show(needed),
                show(prices.most_per_day)
            );
            study.reason = Some(reason);
            return Next::Wait(AGAIN);
        }
        let before = study.held_on(day);
        study.held = Some((before.saturating_add(needed).to_string(), day));
        study.go(Stage::Posting, None, now());
        Next::On
    }

    pub(super) async fn post(
        &self,
        study: &mut Study,
        prepared: &Arc<Prepared>,
        market: &mut impl Market,
    ) -> Result<Next, NoImages> {
        let open = study.parts.iter().position(|part| part.job.is_none() && part.ended.is_none());
        let Some(number) = open else {
            study.go(Stage::Posted, None, now());
            return Ok(Next::On);
        };
        let images = images::file(&self.spool, &study.study, number)?;
        let (attempt, part) = (study.attempt.to_string(), number.to_string());
        let name = self.spool.pseudonym(&["job", study.study.as_str(), &attempt, &part]);
        let posted = market.post(&name, &prepared.rule.name, &images).await;
        let Some(part) = study.parts.get_mut(number) else { return Ok(Next::On) };
        match posted {
            Ok(job) => {
                part.job = Some(job);
                study.reason = None;
                self.monitor.jobs.inc();
                Ok(Next::On)
            }
            Err(Trouble::Later(reason)) => {
                study.reason = Some(format!("is not posted yet: {reason}"));
                Ok(Next::Wait(AGAIN))
            }
            Err(Trouble::Permission(Permission::Missing(reason))) => {
                study.reason = Some(format!("waits for a consent to the data {}: {reason}", part.digest));
                Ok(Next::Wait(AGAIN))
            }
            Err(Trouble::Permission(Permission::Given)) => Ok(Next::Wait(AGAIN)),
            Err(Trouble::Permission(Permission::Revoked(reason)) | Trouble::Never(reason)) => {
                part.ended = Some(reason);
                Ok(Next::On)
            }
        }
    }

    pub(super) async fn follow(&self, study: &mut Study, market: &mut impl Market) -> Result<Next, NoImages> {
        let mut waiting = Vec::new();
        for number in 0..study.parts.len() {
            let Some(part) = study.parts.get_mut(number) else { continue };
            let (Some(job), false, None) = (part.job, part.settled, &part.ended) else { continue };
            match market.follow(job).await {
                Progress::Waiting(where_it_is) => waiting.push(format!("job {job}: {where_it_is}")),
                Progress::Settled(settled) => {
                    results::keep(&self.spool, (&study.study, number), &settled)?;
                    part.settled = true;
                }
                Progress::Ended(reason) => part.ended = Some(format!("job {job}: {reason}")),
            }
        }
        if let Some(first) = waiting.first() {
            let more = waiting.len().saturating_sub(1);
            study.reason =
                Some(if more == 0 { first.clone() } else { format!("{first}; and {more} more jobs") });
            return Ok(Next::Wait(ROUND));
        }
        if let Some(reason) = study.parts.iter().find_map(|part| part.ended.clone()) {
            return Err(NoImages::Study(reason));
        }
        study.settled_at = Some(now());
        study.go(Stage::Settled, None, now());
        Ok(Next::On)
    }

    pub(super) async fn answer(
        &self,
        study: &mut Study,
        prepared: &Arc<Prepared>,
        market: &impl Market,
    ) -> Result<Next, NoImages> {
        let Some(model) = market.model(&prepared.rule.name).cloned() else { return Ok(unknown(study)) };
        let (spool, documents, outbox) = (self.spool.clone(), self.documents.clone(), self.outbox.clone());
        let (destinations, prepared, copy) = (self.destinations.clone(), prepared.clone(), study.clone());
        let made = move || {
            let made = results::make(&spool, &documents, &copy, &model)?;
            results::send(&spool, &outbox, &made, &destinations.of_rule(&prepared.rule))?;
            Ok(made)
        };
        let made = blocking(made).await?;
        self.monitor.answers.inc_by(made.count());
        study.go(Stage::Answered, None, now());
        Ok(Next::On)
    }
}
