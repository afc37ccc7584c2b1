//! Who sent and who opened what, in an audit log without personal data.
//!
//! People are salted digests of who they are at their issuer, studies, patients and documents are salted digests, programs and AE titles are
//! what the configuration calls them. An entry is on disk before what it is about is answered; what can't be logged is not given out.
//! Of what strangers can repeat without an end, a minute has some entries, and then one with how many more there were.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bithive_audit::{Act, Digest, Event, Name, Outcome, Role};
use bithive_audit_log::{AuditLog, AuditLogError};
use tokio::time::Instant;

use crate::arrival::{About, Arrival, Refused};
use crate::auth::Caller;
use crate::config::AuditConfig;
use crate::error::GatewayError;
use crate::spool::{Spool, Stored};

/// How long entries of one kind are counted together, and how many of them are written one by one.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
const EACH: u32 = 10;
/// Most kinds that are counted at one time.
const MOST_KINDS: usize = 1_000;
/// Most studies of an association that have no entry of their end yet.
const MOST_STUDIES: usize = 100;

/// An event of which there may be many: who, what, how it ended, and why.
type Kind = (Name, Act, Outcome, &'static str);

struct Counted {
    kind: (Role, Kind),
    since: Instant,
    count: u32,
}

struct Inner {
    log: AuditLog,
    counted: Mutex<HashMap<Kind, Counted>>,
}

/// The audit log of a gateway, if it has one. Clones write into the same log.
#[derive(Clone, Default)]
pub struct Audit(Option<Arc<Inner>>);

/// What somebody did, before it is known who.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) act: Act,
    pub(crate) outcome: Outcome,
    pub(crate) code: &'static str,
    pub(crate) object: Option<Digest>,
    pub(crate) subject: Option<Digest>,
    pub(crate) count: Option<usize>,
}

impl Done {
    pub(crate) const fn new(act: Act, outcome: Outcome, code: &'static str) -> Self {
        Self { act, outcome, code, object: None, subject: None, count: None }
    }

    fn event(self, who: (Name, Role)) -> Event {
        let mut event =
            Event::new(who, self.act, self.outcome, crate::clock::now().min(bithive_audit::MAX_AT));
        event.code = self.code.parse().ok();
        (event.object, event.subject) = (self.object, self.subject);
        event.count = self.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        event
    }
}

impl Audit {
    /// Opens the log of a configuration, and notes whether that is another one than before. It waits for the disk.
    ///
    /// # Errors
    /// [`GatewayError::Audit`]: a gateway that can't log does not start.
    pub fn open(config: &AuditConfig, configuration: &str) -> Result<Self, GatewayError> {
        let audit = Self::read(config)?;
        if let Some(inner) = &audit.0 {
            inner.log.note_configuration(configuration.as_bytes())?;
        }
        Ok(audit)
    }

    /// Opens the log of a configuration to find out how it knows somebody.
    ///
    /// # Errors
    /// [`GatewayError::Audit`].
    pub fn read(config: &AuditConfig) -> Result<Self, GatewayError> {
        if !config.enabled {
            return Ok(Self(None));
        }
        let name = "gateway".parse().map_err(|_| GatewayError::Task("the name of the log".into()))?;
        let log = AuditLog::open(&config.log, (name, Role::Gateway))?;
        Ok(Self(Some(Arc::new(Inner { log, counted: Mutex::default() }))))
    }

    fn digest(&self, kind: &str, name: impl AsRef<[u8]>) -> Option<Digest> {
        self.0.as_ref().map(|inner| inner.log.object(kind, name))
    }

    /// How the log knows a study.
    #[must_use]
    pub fn study(&self, study: &str) -> Option<Digest> {
        self.digest("study", study)
    }

    /// How the log knows a patient of DICOM: by the number and who issued it.
    #[must_use]
    pub fn patient(&self, issuer: &str, id: &str) -> Option<Digest> {
        self.digest("patient", format!("{issuer}\0{id}"))
    }

    /// How the log knows a document of FHIR, like `Patient/p1`.
    #[must_use]
    pub fn document(&self, reference: &str) -> Option<Digest> {
        self.digest("document", reference)
    }

    /// How the log knows somebody whom an issuer vouches for.
    #[must_use]
    pub fn person(&self, issuer: &str, subject: &str) -> Option<Name> {
        let digest = self.digest("person", format!("{issuer}\0{subject}"))?.to_string();
        format!("person:{}", digest.get(..32)?).parse().ok()
    }

    fn named(&self, kind: &str, name: &str) -> Option<Name> {
        let plain = format!("{kind}:{name}").parse().ok();
        plain.or_else(|| format!("{kind}:{}", self.digest(kind, name)?.to_string().get(..32)?).parse().ok())
    }

    /// Who the log says that an AE title is.
    pub(crate) fn peer(&self, title: &str) -> Option<(Name, Role)> {
        Some((self.named("ae", title)?, Role::Service))
    }

    /// Who the log says that a program is.
    pub(crate) fn program(&self, id: &str) -> Option<(Name, Role)> {
        Some((self.named("program", id)?, Role::Service))
    }

    /// Who the log says that somebody is who could not show who they are.
    pub(crate) fn stranger(&self) -> Option<(Name, Role)> {
        self.0.as_ref()?;
        Some(("stranger".parse().ok()?, Role::Service))
    }

    pub(crate) fn caller(&self, caller: &Caller) -> Option<(Name, Role)> {
        self.0.as_ref()?;
        match caller {
            Caller::Token => Some(("token".parse().ok()?, Role::Service)),
            Caller::Program { id, .. } => self.program(id),
            Caller::Person { issuer, subject, acts_as, .. } => {
                Some((self.person(issuer, subject)?, *acts_as))
            }
        }
    }

    /// Notes that a study is removed: before that, and, with the number of its objects, after it. It waits for the disk.
    ///
    /// # Errors
    /// [`GatewayError::Audit`]: it must not be removed.
    pub fn erased(&self, study: &str, removed: Option<usize>) -> Result<(), GatewayError> {
        let outcome = if removed.is_some() { Outcome::Success } else { Outcome::Begun };
        let done = Done::new(Act::Erased, outcome, "gateway-erase");
        let who = self.0.as_ref().map(|inner| inner.log.who().clone());
        Ok(self.record(who, Done { object: self.study(study), count: removed, ..done })?)
    }

    /// Logs what somebody did. It waits for the disk.
    ///
    /// # Errors
    /// [`AuditLogError`]: it must not be answered.
    pub(crate) fn record(&self, who: Option<(Name, Role)>, done: Done) -> Result<(), AuditLogError> {
        let (Some(inner), Some(who)) = (&self.0, who) else { return Ok(()) };
        inner.log.append(done.event(who)).map(drop)
    }

    /// As [`Audit::record`], for several events, where waiting would hold up others.
    pub(crate) async fn note(&self, who: Option<(Name, Role)>, done: Vec<Done>) -> Result<(), AuditLogError> {
        let audit = self.clone();
        let work = move || done.into_iter().try_for_each(|done| audit.record(who.clone(), done));
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the audit log ended badly");
            Err(AuditLogError::Write { folder: String::new(), problem: error.to_string() })
        })
    }

    /// Logs what can be repeated without an end: one by one at first, then counted. An entry that can't be written is said in the log for
    /// people, and holds nothing up.
    pub(crate) async fn count(
        &self,
        who: Option<(Name, Role)>,
        act: Act,
        outcome: Outcome,
        code: &'static str,
    ) {
        let (Some(inner), Some((name, role))) = (&self.0, who) else { return };
        let kind = (name.clone(), act, outcome, code);
        let is_one = {
            let mut counted = inner.counted.lock().unwrap_or_else(PoisonError::into_inner);
            if counted.len() >= MOST_KINDS && !counted.contains_key(&kind) {
                return;
            }
            let new = Counted { kind: (role, kind.clone()), since: Instant::now(), count: 0 };
            let counted = counted.entry(kind).or_insert(new);
            counted.count = counted.count.saturating_add(1);
            counted.count <= EACH
        };
        if is_one {
            self.written(Some((name, role)), Done::new(act, outcome, code)).await;
        }
    }

    async fn written(&self, who: Option<(Name, Role)>, done: Done) {
        if let Err(error) = self.note(who, vec![done]).await {
            tracing::error!(%error, "an entry of the audit log is missing");
        }
    }

    /// Writes how many more there were of what is counted: of minutes that are over, or of all.
    pub(crate) async fn flush(&self, is_last: bool) {
        let Some(inner) = &self.0 else { return };
        let over: Vec<Counted> = {
            let mut counted = inner.counted.lock().unwrap_or_else(PoisonError::into_inner);
            let over = |one: &Counted| is_last || one.since.elapsed() >= MINUTE;
            counted.extract_if(|_, one| over(one)).map(|(_, one)| one).collect()
        };
        for Counted { kind: (role, (name, act, outcome, code)), count, .. } in over {
            let more = count.saturating_sub(EACH);
            if more > 0 {
                let count = usize::try_from(more).ok();
                self.written(Some((name, role)), Done { count, ..Done::new(act, outcome, code) }).await;
            }
        }
    }
}

/// What became of the objects of a study.
#[derive(Default)]
struct Study {
    patient: Option<Digest>,
    stored: usize,
    /// By the code of the refusal.
    refused: BTreeMap<&'static str, usize>,
}

/// Objects that somebody sends: an entry before the first one of a study is stored, and one with their number when it ends. An entry for each
/// object would hold up whoever sends thousands.
pub(crate) struct Receiving {
    audit: Audit,
    who: Option<(Name, Role)>,
    way: &'static str,
    /// By the digest of the study; none for objects that don't say it.
    studies: Mutex<BTreeMap<Option<Digest>, Study>>,
}

impl Receiving {
    pub(crate) const fn new(audit: Audit, who: Option<(Name, Role)>, way: &'static str) -> Self {
        Self { audit, who, way, studies: Mutex::new(BTreeMap::new()) }
    }

    /// Stores an object. It waits for the disk, for the log at the first one of a study.
    ///
    /// # Errors
    /// [`Refused`]; [`Refused::Disk`] where it can't be logged.
    pub(crate) fn store(&self, spool: &Spool, arrival: Arrival) -> Result<Stored, Refused> {
        let study = arrival.about.study.clone();
        let stored = self.begin(&arrival.about).and_then(|()| spool.store(arrival));
        self.end(Some(study.as_str()), stored.as_ref().err());
        stored
    }

    fn begin(&self, about: &About) -> Result<(), Refused> {
        let (Some(_), Some(_)) = (&self.audit.0, &self.who) else { return Ok(()) };
        let study = self.audit.study(about.study.as_str());
        let (issuer, id) = about.patient();
        let patient = self.audit.patient(issuer, id);
        let failed = |error: AuditLogError| {
            tracing::error!(%error, "an object is not stored, because that can't be logged");
            Refused::Disk
        };
        let mut studies = self.studies.lock().unwrap_or_else(PoisonError::into_inner);
        if studies.contains_key(&study) {
            return Ok(());
        }
        if studies.len() >= MOST_STUDIES {
            self.close_all(std::mem::take(&mut *studies)).map_err(failed)?;
        }
        let begun = Done::new(Act::Received, Outcome::Begun, self.way);
        self.audit
            .record(self.who.clone(), Done { object: study, subject: patient, ..begun })
            .map_err(failed)?;
        studies.insert(study, Study { patient, ..Study::default() });
        Ok(())
    }

    /// Counts an object that was stored or refused.
    pub(crate) fn end(&self, study: Option<&str>, refused: Option<&Refused>) {
        let Some(_) = &self.audit.0 else { return };
        let mut studies = self.studies.lock().unwrap_or_else(PoisonError::into_inner);
        let study = studies.entry(study.and_then(|study| self.audit.study(study))).or_default();
        let count = match refused {
            None => &mut study.stored,
            Some(refused) => study.refused.entry(refused.code()).or_default(),
        };
        *count = count.saturating_add(1);
    }

    /// Writes what became of all objects. It waits for the disk.
    ///
    /// # Errors
    /// [`AuditLogError`].
    pub(crate) fn close(&self) -> Result<(), AuditLogError> {
        let studies = std::mem::take(&mut *self.studies.lock().unwrap_or_else(PoisonError::into_inner));
        self.close_all(studies)
    }

    fn close_all(&self, studies: BTreeMap<Option<Digest>, Study>) -> Result<(), AuditLogError> {
        for (object, Study { patient: subject, stored, refused }) in studies {
            let ended = |outcome, code, count| {
                let done = Done::new(Act::Received, outcome, code);
                self.audit.record(self.who.clone(), Done { object, subject, count: Some(count), ..done })
            };
            if stored > 0 {
                ended(Outcome::Success, self.way, stored)?;
            }
            for (code, count) in refused {
                ended(Outcome::Refused, code, count)?;
            }
        }
        Ok(())
    }
}
