//! From what arrives to images that a job can have.

use std::sync::Arc;
use std::time::Duration;

use super::prepared::Prepared;
use super::{AGAIN, Desk, Next, blocking, unknown};
use crate::clock::now;
use crate::error::GatewayError;
use crate::images::{self, NoImages};
use crate::market::Market;
use crate::study::{Stage, Study};

impl Desk {
    /// Objects came after a study was taken for whole.
    pub(super) fn late(&self, study: &mut Study) -> Result<(), GatewayError> {
        let arrived = images::arrived(&self.spool, &study.study);
        let rule = self.rules.iter().find(|prepared| Some(&prepared.rule.name) == study.rule.as_ref());
        let taken = |about: &&crate::About| rule.is_some_and(|prepared| prepared.rule.takes(about));
        let others = arrived.len().saturating_sub(study.objects.len());
        if arrived.iter().filter(taken).count() > study.objects.len() && study.stage < Stage::Posting {
            self.clear(study)?;
            let (attempt, held) = (study.attempt, study.held.take());
            *study = Study { attempt, held, ..Study::new(study.study.clone(), now()) };
        } else if others > study.left_out {
            let more = others.saturating_sub(study.left_out);
            study.left_out = others;
            let came = format!("{more} objects came after its images were taken, and are in no job");
            study.reason = Some(study.reason.take().map_or(came.clone(), |known| format!("{known}; {came}")));
        }
        Ok(())
    }

    /// Waits until nothing comes any more, and chooses the rule.
    pub(super) fn arriving(&self, study: &mut Study) -> Next {
        let arrived = images::arrived(&self.spool, &study.study);
        let takes = |prepared: &&Arc<Prepared>| arrived.iter().any(|about| prepared.rule.takes(about));
        let Some(prepared) = self.rules.iter().find(takes) else {
            let first = arrived.first();
            let modality = first.map_or("", |about| about.attribute("00080060"));
            let from = first.map_or("", |about| about.from.as_str());
            study.rule = None;
            study.reason = Some(format!("no rule takes it: modality {modality:?}, sent by {from:?}"));
            return Next::Wait(AGAIN);
        };
        let rule = &prepared.rule;
        (study.rule, study.reason) = (Some(rule.name.clone()), None);
        let last = arrived.iter().map(|about| about.received).max().unwrap_or_default();
        let quiet = u64::try_from(rule.quiet.as_millis()).unwrap_or(u64::MAX);
        let left = last.saturating_add(quiet).saturating_sub(now());
        if left > 0 {
            return Next::Wait(Duration::from_millis(left).min(AGAIN));
        }
        let objects = arrived.iter().filter(|about| rule.takes(about));
        study.objects = objects.map(|about| about.instance.clone()).collect();
        study.left_out = arrived.len().saturating_sub(study.objects.len());
        study.go(Stage::Quiet, None, now());
        Next::On
    }

    pub(super) async fn deidentify(
        &self,
        study: &mut Study,
        prepared: &Arc<Prepared>,
    ) -> Result<Next, NoImages> {
        let (spool, key, prepared) = (self.spool.clone(), self.key.clone(), prepared.clone());
        let objects = study.objects.clone();
        blocking(move || images::deidentify(&spool, &objects, &prepared.profile, &key)).await?;
        study.go(Stage::Deidentified, None, now());
        Ok(Next::On)
    }

    pub(super) async fn import(
        &self,
        study: &mut Study,
        prepared: &Arc<Prepared>,
        market: &impl Market,
    ) -> Result<Next, NoImages> {
        let rule = &prepared.rule.name;
        let Some(model) = market.model(rule) else { return Ok(unknown(study)) };
        let bounds = (model.answer.values(), model.most_values);
        let (spool, of, objects) = (self.spool.clone(), study.study.clone(), study.objects.clone());
        let parts = blocking(move || images::import(&spool, &of, &objects, bounds)).await?;
        let first = images::file(&self.spool, &study.study, 0)?;
        let images = bithive_tensor::Tensor::decode(&first).map_err(|error| error.to_string());
        let checked = images.and_then(|images| market.check(rule, &images));
        checked
            .map_err(|problem| NoImages::Study(format!("the model does not read its images: {problem}")))?;
        study.parts = parts;
        study.go(Stage::Imported, None, now());
        Ok(Next::On)
    }
}
