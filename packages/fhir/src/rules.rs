//! The rules of the specification about several elements of one ("invariants"), by the keys that it gives them.
//!
//! The expressions are in `data/invariants.tsv`. A test compares the two lists. Rules about a whole document (contained resources,
//! references, narratives) are in the check itself; [`ELSEWHERE`] lists them.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::date::When;
use crate::decimal::Decimal;
use crate::json::{Json, Object};

/// A rule about an element.
pub(crate) struct Rule {
    /// The data type, or the path of the element.
    pub(crate) holder: &'static str,
    /// Its key in the specification.
    pub(crate) key: &'static str,
    /// What it asks for.
    pub(crate) says: &'static str,
    pub(crate) holds: fn(&Object) -> bool,
}

/// Rules that the check of documents holds itself.
#[cfg(test)]
pub(crate) const ELSEWHERE: [(&str, &str); 7] = [
    ("DomainResource", "dom-2"),
    ("DomainResource", "dom-3"),
    ("DomainResource", "dom-4"),
    ("DomainResource", "dom-5"),
    ("Narrative.div", "txt-1"),
    ("Narrative.div", "txt-2"),
    ("Reference", "ref-1"),
];

const UCUM: &str = "http://unitsofmeasure.org";

macro_rules! rules {
    ($($holder:literal $key:literal $says:literal $holds:expr;)*) => {
        /// The rules of the specification that are checked here.
        pub(crate) const RULES: &[Rule] = &[$(Rule { holder: $holder, key: $key, says: $says, holds: $holds }),*];
    };
}

rules! {
    "Age" "age-1" "an age has a unit of UCUM and is above 0" |one| coded(one) && one_of(one, "system", &[UCUM]) && above_zero(one);
    "Age" "qty-3" "a coded unit names its code system" |one| needs(one, "code", &["system"]);
    "Attachment" "att-1" "data has a contentType" |one| needs(one, "data", &["contentType"]);
    "AuditEvent.entity" "sev-1" "an entity has a name or a query, not both" |one| !(has(one, "name") && has(one, "query"));
    "Bundle" "bdl-1" "only a searchset or a history has a total" |one| !has(one, "total") || of_type(one, &["searchset", "history"]);
    "Bundle" "bdl-2" "only entries of a searchset have search" |one| of_type(one, &["searchset"]) || none(one, "search");
    "Bundle" "bdl-3" "each entry of a batch, transaction or history has a request, and no other has" |one| {
        all_or_none(one, "request", &["batch", "transaction", "history"])
    };
    "Bundle" "bdl-4" "each entry of an answer to a batch or transaction, or of a history, has a response, and no other has" |one| {
        all_or_none(one, "response", &["batch-response", "transaction-response", "history"])
    };
    "Bundle" "bdl-7" "no two entries have the same fullUrl and version" |one| of_type(one, &["history"]) || distinct_urls(one);
    "Bundle" "bdl-9" "a document has an identifier with system and value" |one| {
        !of_type(one, &["document"]) || object(one, "identifier").is_some_and(|id| has(id, "system") && has(id, "value"))
    };
    "Bundle" "bdl-10" "a document has a timestamp" |one| !of_type(one, &["document"]) || has(one, "timestamp");
    "Bundle" "bdl-11" "the first entry of a document is a Composition" |one| !of_type(one, &["document"]) || first_is(one, "Composition");
    "Bundle" "bdl-12" "the first entry of a message is a MessageHeader" |one| !of_type(one, &["message"]) || first_is(one, "MessageHeader");
    "Bundle.entry" "bdl-5" "an entry has a resource, a request or a response" |one| any(one, &["resource", "request", "response"]);
    "Bundle.entry" "bdl-8" "a fullUrl names no version" |one| !one.text("fullUrl").is_some_and(|url| url.contains("/_history/"));
    "Consent" "ppc-1" "a consent has a policy or a policyRule" |one| any(one, &["policy", "policyRule"]);
    "Consent" "ppc-2" "a consent to privacy rules names its patient" |one| patient_for(one, "patient-privacy");
    "Consent" "ppc-3" "a consent to research names its patient" |one| patient_for(one, "research");
    "Consent" "ppc-4" "an advance directive names its patient" |one| patient_for(one, "adr");
    "Consent" "ppc-5" "a consent to treatment names its patient" |one| patient_for(one, "treatment");
    "ContactPoint" "cpt-2" "a value names its system, such as phone" |one| needs(one, "value", &["system"]);
    "Count" "cnt-3" "a count is a whole number with the unit 1 of UCUM" |one| {
        coded(one) && one_of(one, "system", &[UCUM]) && one_of(one, "code", &["1"]) && !number(one, "value").is_some_and(|value| value.as_str().contains('.'))
    };
    "Count" "qty-3" "a coded unit names its code system" |one| needs(one, "code", &["system"]);
    "DataRequirement.codeFilter" "drq-1" "a filter has either a path or a searchParam" |one| has(one, "path") != has(one, "searchParam");
    "DataRequirement.dateFilter" "drq-2" "a filter has either a path or a searchParam" |one| has(one, "path") != has(one, "searchParam");
    "Distance" "dis-1" "a distance has a unit of UCUM" |one| coded(one) && one_of(one, "system", &[UCUM]);
    "Distance" "qty-3" "a coded unit names its code system" |one| needs(one, "code", &["system"]);
    "Duration" "drt-1" "a duration has a value and a unit of UCUM" |one| {
        !has(one, "code") || (one.text("system") == Some(UCUM) && has(one, "value"))
    };
    "Duration" "qty-3" "a coded unit names its code system" |one| needs(one, "code", &["system"]);
    "Expression" "exp-1" "an expression has its text or a reference to it" |one| any(one, &["expression", "reference"]);
    "Observation" "obs-6" "an observation has a value or the reason why it has none, not both" |one| {
        !(has(one, "dataAbsentReason") && has_value(one))
    };
    "Observation" "obs-7" "no component has the code of an observation that has a value itself" |one| !has_value(one) || other_codes(one);
    "Observation.referenceRange" "obs-3" "a reference range has a low, a high or a text" |one| any(one, &["low", "high", "text"]);
    "Organization" "org-1" "an organization has a name or an identifier" |one| any(one, &["identifier", "name"]);
    "Organization.address" "org-2" "an organization has no home address" |one| one.text("use") != Some("home");
    "Organization.telecom" "org-3" "an organization has no home number" |one| one.text("use") != Some("home");
    "Patient.contact" "pat-1" "a contact has a name, a telecom, an address or an organization" |one| {
        any(one, &["name", "telecom", "address", "organization"])
    };
    "Period" "per-1" "a period ends after it starts" in_order;
    "Quantity" "qty-3" "a coded unit names its code system" |one| needs(one, "code", &["system"]);
    "Range" "rng-2" "low is not above high" |one| low_to_high(one);
    "Ratio" "rat-1" "a ratio has both numerator and denominator, or an extension" |one| {
        has(one, "numerator") == has(one, "denominator") && any(one, &["numerator", "extension"])
    };
    "Timing.repeat" "tim-1" "a duration has a unit" |one| needs(one, "duration", &["durationUnit"]);
    "Timing.repeat" "tim-2" "a period has a unit" |one| needs(one, "period", &["periodUnit"]);
    "Timing.repeat" "tim-4" "a duration is not negative" |one| !number(one, "duration").is_some_and(negative);
    "Timing.repeat" "tim-5" "a period is not negative" |one| !number(one, "period").is_some_and(negative);
    "Timing.repeat" "tim-6" "a longest period has a period" |one| needs(one, "periodMax", &["period"]);
    "Timing.repeat" "tim-7" "a longest duration has a duration" |one| needs(one, "durationMax", &["duration"]);
    "Timing.repeat" "tim-8" "a highest count has a count" |one| needs(one, "countMax", &["count"]);
    "Timing.repeat" "tim-9" "an offset belongs to an event, and not to a meal" |one| {
        !has(one, "offset") || (has(one, "when") && texts(one, "when").all(|when| !["C", "CM", "CD", "CV"].contains(&when)))
    };
    "Timing.repeat" "tim-10" "there is a time of day or an event, not both" |one| !(has(one, "timeOfDay") && has(one, "when"));
    "TriggerDefinition" "trd-1" "a trigger has data or a timing, not both" |one| !(has(one, "data") && starts(one, "timing"));
    "TriggerDefinition" "trd-2" "a condition has data" |one| needs(one, "condition", &["data"]);
    "TriggerDefinition" "trd-3" "a named event has a name, a periodic one a timing, one of data data" |one| match one.text("type") {
        Some("named-event") => has(one, "name"),
        Some("periodic") => starts(one, "timing"),
        Some(kind) if kind.starts_with("data-") => has(one, "data"),
        _ => true,
    };
}

fn has(object: &Object, name: &str) -> bool {
    object.get(name).is_some()
}

fn any(object: &Object, names: &[&str]) -> bool {
    names.iter().any(|name| has(object, name))
}

/// If `name` is there, all others are.
fn needs(object: &Object, name: &str, others: &[&str]) -> bool {
    !has(object, name) || others.iter().all(|other| has(object, other))
}

/// Whether a choice is there, in any type.
fn starts(object: &Object, stem: &str) -> bool {
    object.iter().any(|(name, _)| {
        name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
    })
}

fn has_value(object: &Object) -> bool {
    starts(object, "value")
}

fn object<'a>(object: &'a Object, name: &str) -> Option<&'a Object> {
    object.get(name)?.object()
}

fn objects<'a>(object: &'a Object, name: &str) -> impl Iterator<Item = &'a Object> {
    object.items(name).iter().filter_map(Json::object)
}

fn texts<'a>(object: &'a Object, name: &str) -> impl Iterator<Item = &'a str> {
    object.items(name).iter().filter_map(Json::text)
}

fn number(object: &Object, name: &str) -> Option<Decimal> {
    if let Some(Json::Number(digits)) = object.get(name) { Decimal::parse(digits) } else { None }
}

fn negative(value: Decimal) -> bool {
    value.compare(&Decimal::ZERO) == Ordering::Less
}

fn above_zero(quantity: &Object) -> bool {
    number(quantity, "value").is_none_or(|value| value.compare(&Decimal::ZERO) == Ordering::Greater)
}

/// Whether a value has a code.
fn coded(quantity: &Object) -> bool {
    has(quantity, "code") || !has(quantity, "value")
}

/// Whether a text is absent or one of these.
fn one_of(object: &Object, name: &str, allowed: &[&str]) -> bool {
    object.text(name).is_none_or(|text| allowed.contains(&text))
}

fn of_type(bundle: &Object, types: &[&str]) -> bool {
    bundle.text("type").is_some_and(|own| types.contains(&own))
}

fn none(bundle: &Object, name: &str) -> bool {
    objects(bundle, "entry").all(|entry| !has(entry, name))
}

fn all_or_none(bundle: &Object, name: &str, types: &[&str]) -> bool {
    let expected = of_type(bundle, types);
    objects(bundle, "entry").all(|entry| has(entry, name) == expected)
}

fn first_is(bundle: &Object, kind: &str) -> bool {
    let resource = objects(bundle, "entry").next().and_then(|entry| object(entry, "resource"));
    resource.is_some_and(|resource| resource.text("resourceType") == Some(kind))
}

fn distinct_urls(bundle: &Object) -> bool {
    let mut seen = HashSet::new();
    objects(bundle, "entry").all(|entry| {
        let meta = object(entry, "resource").and_then(|resource| object(resource, "meta"));
        let version = meta.and_then(|meta| meta.text("versionId")).unwrap_or_default();
        entry.text("fullUrl").is_none_or(|url| seen.insert((url, version)))
    })
}

/// The specification's expression asks for the system 'something', which a note there says is to be read as that of scopes; tools take
/// it literally, and so does this.
fn patient_for(consent: &Object, scope: &str) -> bool {
    let scopes = object(consent, "scope").into_iter().flat_map(|found| objects(found, "coding"));
    let mut of_scope = scopes
        .filter(|coding| coding.text("system") == Some("something") && coding.text("code") == Some(scope));
    has(consent, "patient") || of_scope.next().is_none()
}

fn codings(holder: &Object) -> HashSet<(Option<&str>, Option<&str>)> {
    let code = object(holder, "code").into_iter().flat_map(|code| objects(code, "coding"));
    code.map(|coding| (coding.text("system"), coding.text("code"))).collect()
}

fn other_codes(observation: &Object) -> bool {
    let own = codings(observation);
    objects(observation, "component").all(|component| codings(component).is_disjoint(&own))
}

/// Dates that are known to different precision have an order only where what both say differs: the expression is not true otherwise.
fn in_order(period: &Object) -> bool {
    let (Some(start), Some(end)) = (period.text("start"), period.text("end")) else { return true };
    match (When::parse(start), When::parse(end)) {
        (Some(first), Some(last)) => match (first.exact(), last.exact()) {
            (Some(first), Some(last)) => first <= last,
            _ if first.precision() == last.precision() => start <= end,
            _ => {
                let day = |text: &'_ str| text.split('T').next().unwrap_or_default().to_owned();
                let (start, end) = (day(start), day(end));
                let both = start.len().min(end.len());
                start.get(..both) < end.get(..both)
            }
        },
        // What has no date has no order; its form is checked where it stands.
        _ => true,
    }
}

fn low_to_high(range: &Object) -> bool {
    let (Some(low), Some(high)) = (object(range, "low"), object(range, "high")) else { return true };
    let unit =
        |quantity: &Object| ["system", "code", "unit"].map(|name| quantity.text(name).map(str::to_owned));
    match (number(low, "value"), number(high, "value")) {
        (Some(least), Some(most)) if unit(low) == unit(high) => least.compare(&most) != Ordering::Greater,
        // Other units have no order without a conversion.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_the_specification_is_checked() {
        let listed: HashSet<(&str, &str)> = include_str!("../data/invariants.tsv")
            .lines()
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, cells.next()?))
            })
            .collect();
        let checked: HashSet<(&str, &str)> =
            RULES.iter().map(|rule| (rule.holder, rule.key)).chain(ELSEWHERE).collect();
        assert_eq!(checked.difference(&listed).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
        assert_eq!(listed.difference(&checked).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
    }
}
