//! Which studies become jobs, and how: the part of the configuration that turns what arrives into work.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bithive_deid::Options;
use serde::Deserialize;

use crate::arrival::About;
use crate::classes::is_stored;
use crate::destinations::{EhrConfig, PacsConfig, Wrong};
use crate::parts::{duration, is_title};

/// Most rules, and most destinations of a kind.
const MAX_RULES: usize = 1_000;
/// Most entries of a list of a rule.
const MAX_LIST: usize = 1_000;
/// Most characters of a name, and of other texts.
const MAX_NAME: usize = 40;
const MAX_TEXT: usize = 4_096;
/// Bounds of the time after the last object of a study.
const QUIET: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(86_400));
/// Bounds of the states of a job, which are the market's.
const WINDOW: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(86_400));

/// Who posts jobs, and under which key studies are de-identified.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobsConfig {
    /// Configuration of the requester whose account pays.
    pub requester: PathBuf,
    /// File with the password of its keystore.
    pub password: PathBuf,
    /// Key under which identifiers are replaced.
    pub deid_key: PathBuf,
}

/// Which studies become jobs, and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it is called in lists and in the log.
    pub name: String,
    /// Modalities of objects that it takes; any if there is none.
    #[serde(default)]
    pub modality: Vec<String>,
    /// AE titles whose objects it takes; any if there is none.
    #[serde(default)]
    pub callers: Vec<String>,
    /// SOP classes of objects that it takes; any if there is none.
    #[serde(default)]
    pub classes: Vec<String>,
    /// How long after its last object a study counts as whole.
    #[serde(default = "two_minutes", deserialize_with = "duration")]
    pub quiet: Duration,
    /// The ONNX model that reads the images.
    pub model: PathBuf,
    /// Its manifest, which names it in reports.
    pub manifest: PathBuf,
    /// Who may work on the jobs.
    pub policy: String,
    /// How many work on a job.
    #[serde(default = "three")]
    pub workers: u8,
    /// How many of them have to agree.
    #[serde(default = "two")]
    pub quorum: u8,
    /// Largest difference of two results that agree, in units of 1/65536.
    #[serde(default = "tolerance")]
    pub tolerance: u32,
    /// Most that one worker may ask, in BTT.
    pub price: String,
    /// Most that may be held for one job, in BTT.
    pub most_price_per_job: String,
    /// Most that may be held for all jobs of the rule that are posted on a day (UTC), in BTT.
    pub most_price_per_day: String,
    /// How long each state of a job may last.
    #[serde(default = "hour", deserialize_with = "duration")]
    pub window: Duration,
    /// What de-identification keeps beyond the basic profile.
    #[serde(default)]
    pub keep: Options,
    /// Where text stands in pictures.
    pub boxes: Option<PathBuf>,
    /// Destinations of answers, by name.
    #[serde(default)]
    pub send: Vec<String>,
    /// Consent without which nothing is posted; none is asked for without this part.
    pub consent: Option<ConsentRule>,
}

/// Which consents count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRule {
    /// What the images are used for.
    pub purpose: String,
    /// Accounts whose consents count.
    pub issuers: Vec<String>,
    /// Folder with signed receipts, and with signed lists of those that were withdrawn.
    pub receipts: PathBuf,
    /// Whether the chain has to know the consent as well.
    #[serde(default = "yes")]
    pub recorded: bool,
}

const fn two_minutes() -> Duration {
    Duration::from_secs(120)
}

const fn hour() -> Duration {
    Duration::from_secs(3_600)
}

const fn three() -> u8 {
    3
}

const fn two() -> u8 {
    2
}

const fn tolerance() -> u32 {
    64
}

const fn yes() -> bool {
    true
}

impl Rule {
    /// Whether an object is one that the rule is about.
    #[must_use]
    pub fn takes(&self, about: &About) -> bool {
        let any = |list: &[String], found: &str| list.is_empty() || list.iter().any(|one| one == found);
        any(&self.modality, about.attribute("00080060"))
            && any(&self.callers, &about.from)
            && any(&self.classes, about.class.as_str())
    }

    /// Paths of the rule, to be taken relative to the configuration.
    pub(crate) fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let receipts = self.consent.as_mut().map(|consent| &mut consent.receipts);
        [&mut self.model, &mut self.manifest].into_iter().chain(self.boxes.as_mut()).chain(receipts)
    }

    /// Files of the rule, with their fields.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let boxes = self.boxes.iter().map(|boxes| ("rule.boxes", boxes));
        [("rule.model", &self.model), ("rule.manifest", &self.manifest)].into_iter().chain(boxes)
    }

    fn check(&self, destinations: &[&str]) -> Result<(), Wrong> {
        let rule = &self.name;
        if let Some(wrong) = self.modality.iter().find(|code| !is_code(code)) {
            let expected = format!("rule {rule}: a code in capital letters, like CT");
            return Err(("rule.modality", wrong.clone(), expected));
        }
        if let Some(wrong) = self.callers.iter().find(|title| !is_title(title)) {
            let expected = format!("rule {rule}: an AE title: 1 to 16 characters of ASCII, no backslash");
            return Err(("rule.callers", wrong.clone(), expected));
        }
        if let Some(wrong) = self.classes.iter().find(|class| !is_stored(class)) {
            let expected = format!("rule {rule}: a storage SOP class, like 1.2.840.10008.5.1.4.1.1.2 for CT");
            return Err(("rule.classes", wrong.clone(), expected));
        }
        for (field, list) in [
            ("rule.modality", &self.modality),
            ("rule.callers", &self.callers),
            ("rule.classes", &self.classes),
            ("rule.send", &self.send),
        ] {
            if list.len() > MAX_LIST {
                return Err((field, format!("{} entries", list.len()), format!("at most {MAX_LIST}")));
            }
        }
        for (field, time, (least, most)) in
            [("rule.quiet", self.quiet, QUIET), ("rule.window", self.window, WINDOW)]
        {
            if !(least..=most).contains(&time) {
                let shown = humantime::format_duration;
                let expected = format!("rule {rule}: {} to {}", shown(least), shown(most));
                return Err((field, shown(time).to_string(), expected));
            }
        }
        if self.keep.uids {
            let expected = format!("rule {rule}: false; with its UIDs, workers could tell whose study it is");
            return Err(("rule.keep.uids", "true".into(), expected));
        }
        if self.policy.len() > MAX_TEXT || self.policy.trim().is_empty() {
            let expected = format!("rule {rule}: a policy, like \"vram >= 16 and region in (eu, ch)\"");
            return Err(("rule.policy", self.policy.chars().take(MAX_NAME).collect(), expected));
        }
        if let Some(unknown) = self.send.iter().find(|name| !destinations.contains(&name.as_str())) {
            let expected = format!("rule {rule}: the name of a [[pacs]] or [[ehr]]");
            return Err(("rule.send", unknown.clone(), expected));
        }
        let Some(consent) = &self.consent else { return Ok(()) };
        if consent.purpose.trim().is_empty() {
            let expected = format!("rule {rule}: a code of HL7 v3 PurposeOfUse, like TREAT");
            return Err(("rule.consent.purpose", consent.purpose.clone(), expected));
        }
        if !(1..=MAX_LIST).contains(&consent.issuers.len()) {
            let expected = format!("rule {rule}: 1 to {MAX_LIST} accounts; without one, no consent counts");
            return Err(("rule.consent.issuers", format!("{} accounts", consent.issuers.len()), expected));
        }
        Ok(())
    }
}

fn is_code(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'_'))
}

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

/// Checks names, rules and destinations together.
pub(crate) fn check(
    jobs: Option<&JobsConfig>,
    rules: &[Rule],
    pacs: &[PacsConfig],
    ehr: &[EhrConfig],
) -> Result<(), Wrong> {
    if jobs.is_none() && !rules.is_empty() {
        let expected = "a part [jobs] that says who posts jobs, or no [[rule]]";
        return Err(("rule", format!("{} rules", rules.len()), expected.into()));
    }
    for (field, count) in [("rule", rules.len()), ("pacs", pacs.len()), ("ehr", ehr.len())] {
        if count > MAX_RULES {
            return Err((field, format!("{count} entries"), format!("at most {MAX_RULES}")));
        }
    }
    let destinations: Vec<&str> = pacs
        .iter()
        .map(|peer| peer.name.as_str())
        .chain(ehr.iter().map(|server| server.name.as_str()))
        .collect();
    let named: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    for (field, names) in [("rule.name", &named), ("pacs.name or ehr.name", &destinations)] {
        if let Some(wrong) = names.iter().find(|name| !is_name(name)) {
            let expected = format!("1 to {MAX_NAME} of a-z 0-9 - _");
            return Err((field, (*wrong).to_owned(), expected));
        }
        let twice =
            names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|one| one == *name));
        if let Some((_, name)) = twice {
            return Err((field, (*name).to_owned(), "a name that nothing else has".into()));
        }
    }
    pacs.iter().try_for_each(PacsConfig::check)?;
    ehr.iter().try_for_each(EhrConfig::check)?;
    rules.iter().try_for_each(|rule| rule.check(&destinations))
}

/// Takes the paths of a configuration's part relative to its folder.
pub(crate) fn settle(
    folder: &Path,
    (jobs, rules): (&mut Option<JobsConfig>, &mut [Rule]),
    (pacs, ehr): (&mut [PacsConfig], &mut [EhrConfig]),
) {
    let jobs = jobs.iter_mut().flat_map(|jobs| [&mut jobs.requester, &mut jobs.password, &mut jobs.deid_key]);
    let peers = pacs.iter_mut().flat_map(PacsConfig::paths);
    let servers = ehr.iter_mut().flat_map(EhrConfig::paths);
    for path in jobs.chain(rules.iter_mut().flat_map(Rule::paths)).chain(peers).chain(servers) {
        *path = folder.join(&*path);
    }
}

/// Files that a configuration's part names, with their fields and what makes them.
pub(crate) fn files<'a>(
    jobs: Option<&'a JobsConfig>,
    rules: &'a [Rule],
    (pacs, ehr): (&'a [PacsConfig], &'a [EhrConfig]),
) -> impl Iterator<Item = (&'static str, &'a PathBuf, &'static str)> {
    let jobs = jobs.into_iter().flat_map(|jobs| {
        [
            ("jobs.requester", &jobs.requester, "`bithive setup requester` makes it"),
            ("jobs.password", &jobs.password, "write the password of the requester's keys into it"),
            ("jobs.deid_key", &jobs.deid_key, "`bithive dicom key FILE` makes it"),
        ]
    });
    let rules = rules.iter().flat_map(Rule::files).map(|(field, file)| (field, file, "correct the path"));
    let peers = pacs.iter().flat_map(PacsConfig::files);
    jobs.chain(rules).chain(peers).chain(ehr.iter().flat_map(EhrConfig::files))
}
