//! What follows after receiving: studies on their way to an answer, a step at a time.
//!
//! Each step is recorded once it is done, and gives the same when it is repeated: a process that is killed goes on where it was. What can
//! be done once only is a job. That it is being posted is recorded first, and the market is asked to post it once for a name that
//! follows from the study.

mod intake;
mod jobs;
mod prepared;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_deid::DeidKey;
use bithive_dicomnet::Uid;
use bithive_keystore::private;
use tokio::time::{Instant, sleep};

use self::prepared::Prepared;
use crate::clock::now;
use crate::config::GatewayConfig;
use crate::documents::Documents;
use crate::error::GatewayError;
use crate::images::{self, NoImages};
use crate::market::Market;
use crate::outbox::Outbox;
use crate::results::Destinations;
use crate::spool::Spool;
use crate::study::{self, Stage, Study};
use crate::tally::GatewayMonitor;

/// How often studies are looked at.
const ROUND: Duration = Duration::from_millis(500);
/// How long until what can't go on is looked at again.
const AGAIN: Duration = Duration::from_secs(10);
const MAX_KEY_BYTES: usize = 256;

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
            rules.push(Arc::new(Prepared::read(rule)?));
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
