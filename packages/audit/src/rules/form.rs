//! The file of rules.

use std::collections::BTreeSet;

use bithive_signed::Name;
use serde::Deserialize;

use super::{Rule, Rules, Severity, TEMPLATE, Trigger};
use crate::event::Act;

/// Most bytes of a file of rules.
const MAX_BYTES: usize = 64 << 10;
/// Most rules in a file.
const MAX_RULES: usize = 64;
/// Longest time of a rule, in minutes: two years.
const MAX_MINUTES: u32 = 1_051_200;
/// Most records or failures of a rule: as many are remembered of each actor.
const MAX_NUMBER: u32 = 100_000;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTE: u64 = 60_000;
const DAY: u64 = 1_440 * MINUTE;

/// Why a file holds no rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It is too long.
    #[error("it has {0} bytes; expected at most {MAX_BYTES}")]
    TooLong(usize),
    /// It is no TOML, or has fields that no rule has.
    #[error("{0}")]
    Form(String),
    /// A value is out of bounds.
    #[error("rule {rule:?}: {field} is {found}; expected {expected}")]
    Field {
        /// Name of the rule.
        rule: String,
        /// Name of the field in the file.
        field: &'static str,
        /// What it says.
        found: String,
        /// What it may say.
        expected: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    severity: Severity,
    #[serde(default)]
    acts: Vec<String>,
    when: When,
    more_than: Option<u32>,
    minutes: Option<u32>,
    from: Option<String>,
    to: Option<String>,
    utc_offset_minutes: Option<i32>,
    days: Option<Days>,
    learn_days: Option<u32>,
    again_minutes: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum When {
    Bulk,
    OffHours,
    NewReader,
    Failures,
    Every,
}

/// Days of the week, or a number of days.
#[derive(Deserialize)]
#[serde(untagged)]
enum Days {
    Of(Vec<String>),
    Number(u32),
}

impl Default for Rules {
    /// Those of [`TEMPLATE`].
    fn default() -> Self {
        // A test reads the template: none is what a broken one would give.
        Self::read(TEMPLATE.as_bytes()).unwrap_or(Self(Vec::new()))
    }
}

impl Rules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// [`RuleError`], naming the rule and the field.
    pub fn read(bytes: &[u8]) -> Result<Self, RuleError> {
        if bytes.len() > MAX_BYTES {
            return Err(RuleError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| RuleError::Form(error.to_string()))?;
        let File { rule: written } =
            toml::from_str(text).map_err(|error| RuleError::Form(error.to_string()))?;
        if !(1..=MAX_RULES).contains(&written.len()) {
            let problem = format!("there are {} rules; expected 1 to {MAX_RULES} [[rule]]", written.len());
            return Err(RuleError::Form(problem));
        }
        let rules = written.into_iter().map(rule).collect::<Result<Vec<_>, _>>()?;
        let names: BTreeSet<&Name> = rules.iter().map(|rule| &rule.name).collect();
        if names.len() != rules.len() {
            return Err(RuleError::Form("two rules have the same name; expected a name for each".into()));
        }
        Ok(Self(rules))
    }

    /// The rules, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }
}

/// A rule under construction, for errors that name it.
struct Check<'a>(&'a str);

impl Check<'_> {
    fn field(&self, field: &'static str, found: impl ToString, expected: impl Into<String>) -> RuleError {
        RuleError::Field { rule: self.0.into(), field, found: found.to_string(), expected: expected.into() }
    }

    fn number(&self, field: &'static str, found: Option<u32>, most: u32) -> Result<u64, RuleError> {
        let number = found.ok_or_else(|| self.field(field, "not there", format!("1 to {most}")))?;
        if (1..=most).contains(&number) {
            return Ok(number.into());
        }
        Err(self.field(field, number, format!("1 to {most}")))
    }

    /// Minutes of a day, of a text like 07:30.
    fn time(&self, field: &'static str, found: Option<&str>) -> Result<u32, RuleError> {
        let bad =
            || self.field(field, found.unwrap_or("not there"), "a time from 00:00 to 24:00, like \"07:30\"");
        let (hours, minutes) = found.and_then(|text| text.split_once(':')).ok_or_else(bad)?;
        let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hours) || !digits(minutes) {
            return Err(bad());
        }
        let (hours, minutes): (u32, u32) =
            (hours.parse().map_err(|_| bad())?, minutes.parse().map_err(|_| bad())?);
        let all = hours.saturating_mul(60).saturating_add(minutes);
        if minutes < 60 && all <= 1_440 { Ok(all) } else { Err(bad()) }
    }

    fn weekdays(&self, found: Option<&Days>) -> Result<[bool; 7], RuleError> {
        let bad = |found: &str| self.field("days", found, format!("days of the week: {}", DAYS.join(", ")));
        let Some(Days::Of(names)) = found else {
            return Err(bad(if found.is_none() { "not there" } else { "a number" }));
        };
        let mut days = [false; 7];
        for name in names {
            let (_, day) = DAYS
                .iter()
                .zip(&mut days)
                .find(|(known, _)| **known == name.as_str())
                .ok_or_else(|| bad(name))?;
            *day = true;
        }
        Ok(days)
    }
}

fn rule(written: Written) -> Result<Rule, RuleError> {
    let check = Check(&written.name);
    let name: Name =
        written.name.parse().map_err(|_| check.field("name", &written.name, "a name without spaces"))?;
    let acts = written.acts.iter().map(|act| act.parse::<Act>());
    let acts: BTreeSet<Act> =
        acts.collect::<Result<_, _>>().map_err(|error| check.field("acts", error, "acts of the log"))?;
    if acts.is_empty() {
        return Err(check.field("acts", "empty", "at least one act"));
    }
    let minutes = || -> Result<u64, RuleError> {
        Ok(check.number("minutes", written.minutes, MAX_MINUTES)?.saturating_mul(MINUTE))
    };
    let days = |field, found| -> Result<u64, RuleError> {
        Ok(check.number(field, found, MAX_MINUTES / 1_440)?.saturating_mul(DAY))
    };
    let number = || check.number("more_than", written.more_than, MAX_NUMBER);
    // Settings that mean nothing for the kind would look as if they did.
    let unused = |fields: &[(&'static str, bool)]| {
        let found = fields.iter().find(|(_, there)| *there);
        found.map_or(Ok(()), |(field, _)| {
            Err(check.field(field, "set", "nothing: this kind of rule has no such setting"))
        })
    };
    let counts = [("more_than", written.more_than.is_some()), ("minutes", written.minutes.is_some())];
    let hours = [
        ("from", written.from.is_some()),
        ("to", written.to.is_some()),
        ("utc_offset_minutes", written.utc_offset_minutes.is_some()),
    ];
    let (learn, span) = ([("learn_days", written.learn_days.is_some())], [("days", written.days.is_some())]);
    let trigger = match written.when {
        When::Bulk | When::Failures => {
            unused(&hours)?;
            unused(&learn)?;
            unused(&span)?;
            let (more_than, within) = (number()?, minutes()?);
            match written.when {
                When::Bulk => Trigger::Bulk { more_than, within },
                _ => Trigger::Failures { more_than, within },
            }
        }
        When::OffHours => {
            unused(&counts)?;
            unused(&learn)?;
            let offset = written.utc_offset_minutes.unwrap_or(0);
            if !(-840..=840).contains(&offset) {
                return Err(check.field("utc_offset_minutes", offset, "-840 to 840"));
            }
            let hours =
                (check.time("from", written.from.as_deref())?, check.time("to", written.to.as_deref())?);
            Trigger::OffHours { hours, offset, days: check.weekdays(written.days.as_ref())? }
        }
        When::NewReader => {
            unused(&counts)?;
            unused(&hours)?;
            let after = match written.days {
                Some(Days::Number(number)) => Some(number),
                Some(Days::Of(_)) => return Err(check.field("days", "a list", "a number of days")),
                None => None,
            };
            let learn = written
                .learn_days
                .map_or(Ok(0), |found| if found == 0 { Ok(0) } else { days("learn_days", Some(found)) })?;
            Trigger::NewReader { after: days("days", after)?, learn }
        }
        When::Every => {
            unused(&counts)?;
            unused(&hours)?;
            unused(&learn)?;
            unused(&span)?;
            Trigger::Every
        }
    };
    let again = written.again_minutes.unwrap_or(60);
    if again > MAX_MINUTES {
        return Err(check.field("again_minutes", again, format!("0 to {MAX_MINUTES}")));
    }
    Ok(Rule {
        name,
        severity: written.severity,
        acts,
        trigger,
        again: u64::from(again).saturating_mul(MINUTE),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl Fn(&str) -> String) -> String {
        Rules::read(change(TEMPLATE).as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn the_template_is_rules_of_every_kind() {
        let rules = Rules::default();
        assert_eq!(rules.0.len(), 6);
        let has = |is: fn(&Trigger) -> bool| rules.iter().any(|rule| is(&rule.trigger));
        assert!(has(|of| matches!(of, Trigger::Bulk { more_than: 200, within: 3_600_000 })));
        assert!(has(|of| matches!(
            of,
            Trigger::OffHours { hours: (420, 1_140), offset: 60, days: [_, _, _, _, true, false, false] }
        )));
        assert!(has(|of| matches!(of, Trigger::NewReader { .. })));
        assert!(has(|of| matches!(of, Trigger::Failures { .. })));
        assert!(has(|of| matches!(of, Trigger::Every)));
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_rule() {
        let error = refused(|text| text.replace("more_than = 200", "more_than = 0"));
        assert!(error.contains("bulk-access") && error.contains("more_than is 0"), "{error}");
        assert!(refused(|text| text.replace("07:00", "7 o'clock")).contains("07:30"));
        assert!(refused(|text| text.replace("\"19:00\"", "\"24:01\"")).contains("off-hours"));
        assert!(refused(|text| text.replace("\"mon\"", "\"monday\"")).contains("mon, tue"));
        assert!(
            refused(|text| text.replace("\"break-glass\"]", "\"break-window\"]")).contains("break-window")
        );
        assert!(refused(|text| text.replace("learn_days = 7", "minutes = 7")).contains("no such setting"));
        assert!(
            refused(|text| text.replace("name = \"off-hours\"", "name = \"bulk-access\""))
                .contains("same name")
        );
        assert!(refused(|text| text.replace("when = \"bulk\"", "when = \"mass\"")).contains("mass"));
        assert!(refused(|_| String::new()).contains("0 rules"));
        assert!(matches!(Rules::read(&[b' '; MAX_BYTES + 1]), Err(RuleError::TooLong(_))));
    }
}
