//! What follows after receiving: studies on their way to an answer, a step at a time.
//!
//! Each step is recorded once it is done, and gives the same when it is repeated: a process that is killed goes on where it was. What can
//! be done once only is a job. That it is being posted is recorded first, and the market is asked to post it once for a name that
//! follows from the study.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_deid::{Boxes, DeidKey, Profile};
use bithive_dicomnet::Uid;
use bithive_keystore::private;
use tokio::time::{Instant, sleep};

use crate::clock::now;
use crate::config::GatewayConfig;
use crate::documents::Documents;
use crate::error::{GatewayError, at};
use crate::images::{self, NoImages};
use crate::market::{Market, Permission, Progress, Trouble};
use crate::outbox::Outbox;
use crate::results::{self, Destinations};
use crate::rules::Rule;
use crate::spool::Spool;
use crate::study::{self, Stage, Study};
use crate::tally::GatewayMonitor;

/// How often studies are looked at.
const ROUND: Duration = Duration::from_millis(500);
/// How long until what can't go on is looked at again.
const AGAIN: Duration = Duration::from_secs(10);
const DAY: u64 = 86_400_000;
const MAX_KEY_BYTES: usize = 256;
const MAX_BOXES_BYTES: u64 = 1 << 20;

/// A rule with what it names, read once.
struct Prepared {
    rule: Rule,
    profile: Profile,
}

/// Whether something follows at once.
enum Next {
    On,
    Wait(Duration),
}

/// Takes studies from one stage to the next.
pub(crate) struct Desk {
    spool: Arc<Spool>,
    documents: Arc<Documents>,
    outbox: Arc<Outbox>,
    monitor: Arc<GatewayMonitor>,
    rules: Vec<Arc<Prepared>>,
    destinations: Destinations,
    key: Arc<DeidKey>,
    studies: BTreeMap<Uid, Study>,
    /// Objects that each study had when it was looked at, of the gateway's own, too.
    seen: BTreeMap<Uid, usize>,
    /// When a study is looked at again.
    later: BTreeMap<Uid, Instant>,
}

impl Desk {
    /// Reads what the rules name, and the records of studies.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub(crate) fn open(
        config: &GatewayConfig,
        (spool, documents, outbox, monitor): (Arc<Spool>, Arc<Documents>, Arc<Outbox>, Arc<GatewayMonitor>),
    ) -> Result<Option<Self>, GatewayError> {
        let Some(jobs) = &config.jobs else { return Ok(None) };
        let bytes = private::read(&jobs.deid_key, MAX_KEY_BYTES)?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let wrong = |_| GatewayError::Key { path: jobs.deid_key.clone() };
        let key = Arc::new(DeidKey::from_hex(text).map_err(wrong)?);
        let mut rules = Vec::with_capacity(config.rule.len());
        for rule in &config.rule {
            rules.push(Arc::new(Prepared { profile: profile(rule)?, rule: rule.clone() }));
        }
        let studies = study::all(&spool)?.into_iter().map(|study| (study.study.clone(), study)).collect();
        let (seen, later) = (BTreeMap::new(), BTreeMap::new());
        let destinations = Destinations::of(config);
        Ok(Some(Self { spool, documents, outbox, monitor, rules, destinations, key, studies, seen, later }))
    }

    /// Works until it is dropped. What goes wrong is logged and tried again.
    pub(crate) async fn run(mut self, market: &mut impl Market) {
        loop {
            for study in self.spool.studies() {
                if self.later.get(&study).is_some_and(|later| Instant::now() < *later) {
                    continue;
                }
                self.advance(study, market).await;
            }
            self.monitor.stages(self.studies.values().map(|study| study.stage));
            sleep(ROUND).await;
        }
    }

    /// Takes one study as far as it goes now.
    async fn advance(&mut self, of: Uid, market: &mut impl Market) {
        let mut study = self.studies.get(&of).cloned().unwrap_or_else(|| Study::new(of.clone(), now()));
        loop {
            let before = study.clone();
            let next = self.look(&mut study, market).await;
            let next = match next {
                Ok(next) if study == before && self.studies.contains_key(&of) => Ok(next),
                Ok(next) => study::put(&self.spool, &study).map(|()| next),
                Err(error) => Err(error),
            };
            let next = match next {
                // Once its end is on disk: until then its answers may have to be made again.
                Ok(next) if study.stage.is_end() && !before.stage.is_end() => {
                    self.clear(&study).map(|()| next)
                }
                next => next,
            };
            match next {
                Ok(next) => {
                    if study.stage != before.stage {
                        let (stage, rule) = (study.stage.name(), study.rule.as_deref().unwrap_or_default());
                        tracing::info!(stage, rule, reason = study.reason.as_deref(), "a study goes on");
                    }
                    self.studies.insert(of.clone(), study.clone());
                    let Next::Wait(wait) = next else { continue };
                    let until = Instant::now().checked_add(wait);
                    self.later.insert(of, until.unwrap_or_else(Instant::now));
                }
                Err(error) => {
                    // Nothing is recorded of it: it begins with what the disk has.
                    tracing::error!(%error, "a study can't go on; it is tried again");
                    self.later.insert(of, Instant::now().checked_add(AGAIN).unwrap_or_else(Instant::now));
                }
            }
            return;
        }
    }

    async fn look(&mut self, study: &mut Study, market: &mut impl Market) -> Result<Next, GatewayError> {
        let count = self.spool.count(&study.study);
        let known = self.seen.insert(study.study.clone(), count);
        if known != Some(count) && study.stage > Stage::Arriving {
            self.late(study)?;
        }
        if study.stage.is_end() {
            if known.is_none() {
                // The process may have been killed between the record and this.
                self.clear(study)?;
            }
            return Ok(Next::Wait(ROUND));
        }
        if study.stage == Stage::Arriving {
            return Ok(self.arriving(study));
        }
        let named = self.rules.iter().find(|prepared| Some(&prepared.rule.name) == study.rule.as_ref());
        let Some(prepared) = named.cloned() else {
            study.reason = Some("its rule is not in the configuration any more".into());
            return Ok(Next::Wait(AGAIN));
        };
        let step = match study.stage {
            Stage::Quiet => self.deidentify(study, &prepared).await,
            Stage::Deidentified => self.import(study, &prepared, market).await,
            Stage::Imported => self.permit(study, &prepared, market).await,
            Stage::Permitted => Ok(self.afford(study, &prepared, market)),
            Stage::Posting => self.post(study, &prepared, market).await,
            Stage::Posted => self.follow(study, market).await,
            _ => self.answer(study, &prepared, market).await,
        };
        match step {
            Ok(next) => Ok(next),
            Err(NoImages::Spool(error)) => Err(error),
            Err(NoImages::Study(reason)) => {
                study.go(Stage::Refused, Some(reason), now());
                Ok(Next::On)
            }
        }
    }

    fn clear(&self, study: &Study) -> Result<(), GatewayError> {
        images::clear(&self.spool, &study.study, &study.objects, study.parts.len())
    }

    /// Objects came after a study was taken for whole.
    fn late(&self, study: &mut Study) -> Result<(), GatewayError> {
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
    fn arriving(&self, study: &mut Study) -> Next {
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

    async fn deidentify(&self, study: &mut Study, prepared: &Arc<Prepared>) -> Result<Next, NoImages> {
        let (spool, key, prepared) = (self.spool.clone(), self.key.clone(), prepared.clone());
        let objects = study.objects.clone();
        blocking(move || images::deidentify(&spool, &objects, &prepared.profile, &key)).await?;
        study.go(Stage::Deidentified, None, now());
        Ok(Next::On)
    }

    async fn import(
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

    async fn permit(
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
    fn afford(&self, study: &mut Study, prepared: &Arc<Prepared>, market: &impl Market) -> Next {
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

    async fn post(
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

    async fn follow(&self, study: &mut Study, market: &mut impl Market) -> Result<Next, NoImages> {
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

    async fn answer(
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

/// Nobody knows the model of a rule: the market was made for other rules.
fn unknown(study: &mut Study) -> Next {
    study.reason = Some("its rule has no model here".into());
    Next::Wait(AGAIN)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NoImages> + Send + 'static,
) -> Result<T, NoImages> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| NoImages::Spool(GatewayError::Task(error.to_string())))?
}

fn profile(rule: &Rule) -> Result<Profile, GatewayError> {
    let Some(path) = &rule.boxes else { return Ok(Profile { options: rule.keep, boxes: Boxes::default() }) };
    let wrong = |problem: String| GatewayError::Rule { path: path.clone(), problem };
    let length = std::fs::metadata(path).map_err(at(path))?.len();
    if length > MAX_BOXES_BYTES {
        return Err(wrong(format!("{length} bytes; at most {MAX_BOXES_BYTES} are read")));
    }
    let text = std::fs::read(path).map_err(at(path))?;
    let boxes: Boxes = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    boxes.check().map_err(|error| wrong(error.to_string()))?;
    Ok(Profile { options: rule.keep, boxes })
}
