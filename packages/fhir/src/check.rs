//! Checks a document against R4: names, numbers of occurrences, types, forms, required codes, rules, references, contained resources.

use std::collections::HashMap;

use crate::contained;
use crate::issue::{Fault, Issue};
use crate::json::{Json, Object, is_type_name};
use crate::limits::MAX_ISSUES;
use crate::narrative;
use crate::path::{Path, quoted};
use crate::primitive::{self, Expected};
use crate::reference::{Target, target};
use crate::rules::RULES;
use crate::table::{Definitions, Element, Type, definitions};

/// Types of resources that are checked whole.
pub const RESOURCES: [&str; 11] = [
    "AuditEvent",
    "Bundle",
    "Consent",
    "Device",
    "DiagnosticReport",
    "ImagingStudy",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "Provenance",
];
const RESOURCE_TYPES: &str = "http://hl7.org/fhir/resource-types";

/// What a check of a document found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is wrong, in the order of the document; empty for a valid one.
    pub issues: Vec<Issue>,
    /// Where there are resources of types that are not checked: only for modifiers. They are kept as they are.
    pub unchecked: Vec<String>,
}

/// Checks a document: a resource of one of [`RESOURCES`], with all that is in it.
#[must_use]
pub fn check(document: &Object) -> Checked {
    let mut checker = Checker { definitions: definitions(), found: Checked::default() };
    let named = document.text("resourceType").filter(|name| is_type_name(name));
    let path = Path::root(named.unwrap_or("$this"));
    match document.text("resourceType") {
        None => checker.fault(&path, Fault::NoType),
        Some(name) if RESOURCES.contains(&name) => {
            let none = HashMap::new();
            let around = Around { container: name, contained: &none, entries: &none };
            checker.resource(document, &path, Place { kind: Kind::Whole, around });
        }
        Some(name) => {
            checker.fault(&path, Fault::OtherType { found: quoted(name), expected: RESOURCES.join(", ") });
        }
    }
    checker.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A document, or in a Bundle.
    Whole,
    Contained,
}

/// Where a resource is.
#[derive(Clone, Copy)]
struct Place<'a> {
    kind: Kind,
    around: Around<'a>,
}

/// What references within a resource can lead to.
#[derive(Clone, Copy)]
struct Around<'a> {
    /// Type of the resource around contained ones.
    container: &'a str,
    /// Types of its contained resources, by id.
    contained: &'a HashMap<&'a str, &'a str>,
    /// Types of the resources of the Bundle around it, by fullUrl.
    entries: &'a HashMap<&'a str, &'a str>,
}

struct Checker {
    definitions: &'static Definitions,
    found: Checked,
}

impl Checker {
    fn fault(&mut self, path: &Path<'_>, fault: Fault) {
        let shown = self.found.issues.len();
        match shown.cmp(&MAX_ISSUES) {
            std::cmp::Ordering::Less => self.found.issues.push(Issue { path: path.to_string(), fault }),
            std::cmp::Ordering::Equal => {
                self.found.issues.push(Issue { path: path.to_string(), fault: Fault::More { shown } });
            }
            std::cmp::Ordering::Greater => {}
        }
    }

    fn is_full(&self) -> bool {
        self.found.issues.len() > MAX_ISSUES
    }

    fn resource<'a>(&mut self, object: &'a Object, path: &Path<'_>, place: Place<'a>) {
        let Some(name) = object.text("resourceType") else { return self.fault(path, Fault::NoType) };
        let Some(known) = RESOURCES.into_iter().find(|known| *known == name) else {
            return self.unchecked(object, path, name);
        };
        if known == "Bundle" {
            let entries = types_of_entries(object);
            let around = Around { container: known, contained: &HashMap::new(), entries: &entries };
            self.fields(known, object, path, around);
            return self.full_urls(object, path);
        }
        if place.kind == Kind::Contained {
            if object.get("contained").is_some() {
                let rule = "a contained resource contains no other";
                self.fault(&path.child("contained"), Fault::Rule { key: "dom-2", rule });
            }
            // Its references are to its siblings and to the resource around them.
            return self.fields(known, object, path, place.around);
        }
        let mine = contained::types(object);
        for (index, fault) in contained::faults(object) {
            self.fault(&path.child("contained").item(index), fault);
        }
        let entries = place.around.entries;
        self.fields(known, object, path, Around { container: known, contained: &mine, entries });
    }

    /// The identity of each resource of a Bundle: an absolute URL that agrees with its type and id.
    fn full_urls(&mut self, bundle: &Object, path: &Path<'_>) {
        const OPTIONAL: [&str; 4] = ["transaction", "transaction-response", "batch", "batch-response"];
        let optional = bundle.text("type").is_some_and(|kind| OPTIONAL.contains(&kind));
        let entries = path.child("entry");
        for (index, entry) in bundle.items("entry").iter().enumerate() {
            let (Some(entry), at) = (entry.object(), entries.item(index)) else { continue };
            let at = at.child("fullUrl");
            let Some(resource) = entry.get("resource").and_then(Json::object) else { continue };
            let Some(url) = entry.text("fullUrl") else {
                if !optional {
                    let expected = "the absolute URL of the resource: its place on a server, or urn:uuid: with a UUID of its own";
                    self.fault(&at, Fault::Missing { expected: expected.into() });
                }
                continue;
            };
            if !url.contains(':') {
                let expected =
                    "an absolute URL: the resource's place on a server, or urn:uuid: with a UUID of its own";
                self.fault(&at, Fault::Form { found: quoted(url), kind: "uri", expected });
            } else if let (Target::Typed(_), Some(kind), Some(id)) =
                (target(url), resource.text("resourceType"), resource.text("id"))
                && !url.ends_with(&format!("/{kind}/{id}"))
            {
                let expected = "the place of this resource, which ends with its type and id";
                self.fault(&at, Fault::Form { found: quoted(url), kind: "fullUrl", expected });
            }
        }
    }

    /// A resource of another type: kept, if nothing in it asks to be understood.
    fn unchecked(&mut self, object: &Object, path: &Path<'_>, name: &str) {
        if self.definitions.has_code(RESOURCE_TYPES, name) != Some(true) {
            let expected = "the types of R4".to_owned();
            return self.fault(path, Fault::OtherType { found: quoted(name), expected });
        }
        if self.found.unchecked.len() < MAX_ISSUES {
            self.found.unchecked.push(format!("{path} ({name})"));
        }
        self.modifiers(object, path);
    }

    fn modifiers(&mut self, object: &Object, path: &Path<'_>) {
        for (name, value) in object.iter() {
            let at = path.child(name);
            if !self.modifier(name, value, &at) {
                match value {
                    Json::Object(object) => self.modifiers(object, &at),
                    Json::List(items) => {
                        for (index, item) in items.iter().enumerate() {
                            if let Json::Object(object) = item {
                                self.modifiers(object, &at.item(index));
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// Refuses what changes the meaning of everything around it. Whether it does.
    fn modifier(&mut self, name: &str, value: &Json, path: &Path<'_>) -> bool {
        match name {
            "modifierExtension" => {
                let url = value.items().first().and_then(Json::object).and_then(|one| one.text("url"));
                self.fault(path, Fault::Modifier { url: quoted(url.unwrap_or_default()) });
            }
            "implicitRules" => {
                self.fault(path, Fault::ImplicitRules { uri: quoted(value.text().unwrap_or_default()) });
            }
            _ => return false,
        }
        true
    }

    /// The members of an element or resource, by the definitions of its type.
    fn fields<'a>(&mut self, kind: &'static str, object: &'a Object, path: &Path<'_>, around: Around<'a>) {
        let definitions = self.definitions;
        let Some(elements) = definitions.elements(kind) else { return };
        let is_resource = definitions.is_resource(kind);
        // The name by which each element is there.
        let mut seen: Vec<Option<&str>> = vec![None; elements.len()];
        for (name, value) in object.iter() {
            if self.is_full() {
                return;
            }
            if is_resource && name == "resourceType" {
                continue;
            }
            let at = path.child(name);
            let (bare, is_shadow) = name.strip_prefix('_').map_or((name, false), |bare| (bare, true));
            let found =
                elements.iter().enumerate().find_map(|(index, one)| Some((index, one, type_of(one, bare)?)));
            let Some((index, element, kind_of)) =
                found.filter(|(_, _, found)| !is_shadow || found.is_primitive())
            else {
                self.fault(&at, Fault::Unknown);
                continue;
            };
            if let Some(slot) = seen.get_mut(index) {
                if let Some(other) = slot.filter(|other| *other != bare) {
                    self.fault(&at, Fault::Choice { other: quoted(other) });
                }
                *slot = Some(bare);
            }
            if self.modifier(name, value, &at) {
                continue;
            }
            if !is_shadow {
                let shadow = if kind_of.is_primitive() { object.get(&format!("_{name}")) } else { None };
                self.value((kind, element), kind_of, (Some(value), shadow), &at, around);
            } else if object.get(bare).is_none() {
                self.value((kind, element), kind_of, (None, Some(value)), &at, around);
            }
        }
        for (element, seen) in elements.iter().zip(&seen) {
            if element.required && seen.is_none() {
                self.fault(&path.child(element.name), Fault::Missing { expected: expected(element) });
            }
        }
        for rule in RULES.iter().filter(|rule| rule.holder == kind) {
            self.rule(rule, object, path);
        }
    }

    fn rule(&mut self, rule: &crate::rules::Rule, object: &Object, path: &Path<'_>) {
        if !(rule.holds)(object) {
            self.fault(path, Fault::Rule { key: rule.key, rule: rule.says });
        }
    }

    /// An element with its occurrences: the value, and for a primitive what stands beside it under `_name`.
    fn value<'a>(
        &mut self,
        of: (&'static str, &'static Element),
        kind: Type,
        (value, shadow): (Option<&'a Json>, Option<&'a Json>),
        path: &Path<'_>,
        around: Around<'a>,
    ) {
        if !of.1.list {
            for one in [value, shadow].into_iter().flatten() {
                if let Json::List(_) = one {
                    let expected = format!("one value, {}", expected(of.1));
                    return self.fault(path, Fault::Kind { found: one.kind(), expected });
                }
            }
            return self.item(of, kind, (value, shadow), path, around);
        }
        let mut lengths = [0, 0];
        for (length, one) in lengths.iter_mut().zip([value, shadow]) {
            match one {
                None => {}
                Some(Json::List(items)) if items.is_empty() => {
                    return self.fault(path, Fault::Empty { found: "a list" });
                }
                Some(Json::List(items)) => *length = items.len(),
                Some(other) => {
                    let expected = format!("a list, of {}", expected(of.1));
                    return self.fault(path, Fault::Kind { found: other.kind(), expected });
                }
            }
        }
        let [values, shadows] = lengths;
        for index in 0..values.max(shadows) {
            if self.is_full() {
                return;
            }
            let item = |list: Option<&'a Json>| list.and_then(|list| list.items().get(index));
            self.item(of, kind, (item(value), item(shadow)), &path.item(index), around);
        }
    }

    fn item<'a>(
        &mut self,
        of: (&'static str, &'static Element),
        kind: Type,
        (value, shadow): (Option<&'a Json>, Option<&'a Json>),
        path: &Path<'_>,
        around: Around<'a>,
    ) {
        if kind.is_primitive() {
            return self.primitive(of.1, kind, (value, shadow), path, around);
        }
        match value {
            None | Some(Json::Null) => self.fault(path, Fault::Null),
            Some(Json::Object(object)) => self.complex(of, kind, object, path, around),
            Some(other) => {
                self.fault(
                    path,
                    Fault::Kind { found: other.kind(), expected: format!("an object, {}", expected(of.1)) },
                );
            }
        }
    }

    fn primitive<'a>(
        &mut self,
        element: &'static Element,
        kind: Type,
        (value, shadow): (Option<&'a Json>, Option<&'a Json>),
        path: &Path<'_>,
        around: Around<'a>,
    ) {
        let mut extended = false;
        match shadow {
            None | Some(Json::Null) => {}
            Some(Json::Object(object)) => {
                extended = object.get("extension").is_some();
                if object.is_empty() {
                    self.fault(path, Fault::Empty { found: "an object" });
                }
                self.fields("Element", object, path, around);
            }
            Some(other) => {
                let expected = "an object with id or extension".to_owned();
                self.fault(path, Fault::Kind { found: other.kind(), expected });
            }
        }
        let value = match value {
            // A code that decides what its element means can't be left to an extension.
            None | Some(Json::Null) if extended && element.binding.is_none() => return,
            None | Some(Json::Null) => return self.fault(path, Fault::Null),
            Some(value) => value,
        };
        if kind.name == "xhtml" {
            return match value {
                Json::Text(text) => {
                    if let Err(reason) = narrative::check(text) {
                        self.fault(path, Fault::Narrative { reason });
                    }
                }
                other => self.fault(path, Fault::Kind { found: other.kind(), expected: "a string".into() }),
            };
        }
        match primitive::check(kind.name, value) {
            Err(Expected::Kind(expected)) => {
                return self.fault(path, Fault::Kind { found: value.kind(), expected: expected.to_owned() });
            }
            Err(Expected::Form(expected)) => {
                let found = match value {
                    Json::Text(text) | Json::Number(text) => quoted(text),
                    _ => String::new(),
                };
                return self.fault(path, Fault::Form { found, kind: kind.name, expected });
            }
            Ok(()) => {}
        }
        if let (Some(value_set), Some(code)) = (element.binding, value.text())
            && self.definitions.allows(value_set, None, code) == Some(false)
        {
            self.fault(path, Fault::Code { found: quoted(code), value_set });
        }
    }

    fn complex<'a>(
        &mut self,
        (parent, element): (&'static str, &'static Element),
        kind: Type,
        object: &'a Object,
        path: &Path<'_>,
        around: Around<'a>,
    ) {
        if kind.name == "Resource" {
            let within = if parent.starts_with("Bundle") { Kind::Whole } else { Kind::Contained };
            return self.resource(object, path, Place { kind: within, around });
        }
        if object.is_empty() {
            return self.fault(path, Fault::Empty { found: "an object" });
        }
        self.fields(kind.name, object, path, around);
        for rule in RULES {
            let place = rule.holder.strip_prefix(parent).and_then(|rest| rest.strip_prefix('.'));
            // One that is defined in place has had its rules by its path.
            if place == Some(element.name) && rule.holder != kind.name {
                self.rule(rule, object, path);
            }
        }
        match kind.name {
            "Extension" => self.extension(object, path),
            "Coding" => self.coding(object, path),
            "CodeableConcept" => self.concept(element, object, path),
            "Reference" => self.reference(kind, object, path, around),
            "Identifier" => self.identifier(object, path),
            _ => {}
        }
    }

    fn extension(&mut self, object: &Object, path: &Path<'_>) {
        if let Some(url) = object.text("url").filter(|url| !url.contains(':')) {
            let expected = "an absolute URL: an extension of an extension that has its own is named in full";
            // Within another extension a name is enough.
            if !path.is_within_extension() {
                self.fault(&path.child("url"), Fault::Form { found: quoted(url), kind: "uri", expected });
            }
        }
        let value = object.iter().any(|(name, _)| name.trim_start_matches('_').starts_with("value"));
        if value == object.get("extension").is_some() {
            let rule = "an extension has a value or extensions, and not both";
            self.fault(path, Fault::Rule { key: "ext-1", rule });
        }
    }

    fn identifier(&mut self, object: &Object, path: &Path<'_>) {
        let Some(system) = object.text("system") else { return };
        if !system.contains(':') {
            let expected = "a whole URI, such as urn:oid:1.2.3 or a URL";
            self.fault(&path.child("system"), Fault::Form { found: quoted(system), kind: "uri", expected });
        }
        if let Some(value) =
            object.text("value").filter(|value| system == "urn:ietf:rfc:3986" && !value.contains(':'))
        {
            let expected = "a whole URI, because its system is urn:ietf:rfc:3986";
            self.fault(&path.child("value"), Fault::Form { found: quoted(value), kind: "uri", expected });
        }
    }

    fn coding(&mut self, object: &Object, path: &Path<'_>) {
        let Some(system) = object.text("system") else { return };
        if !system.contains(':') {
            let expected = "a whole URI, such as http://loinc.org";
            return self
                .fault(&path.child("system"), Fault::Form { found: quoted(system), kind: "uri", expected });
        }
        if let Some(code) = object.text("code")
            && self.definitions.has_code(system, code) == Some(false)
        {
            self.fault(
                &path.child("code"),
                Fault::CodeOfSystem { found: quoted(code), system: quoted(system) },
            );
        }
    }

    fn concept(&mut self, element: &'static Element, object: &Object, path: &Path<'_>) {
        let Some(value_set) = element.binding else { return };
        let codings: Vec<&Object> = object.items("coding").iter().filter_map(Json::object).collect();
        let allowed = codings.iter().any(|coding| {
            let code = coding.text("code").unwrap_or_default();
            self.definitions.allows(value_set, Some(coding.text("system").unwrap_or_default()), code)
                != Some(false)
        });
        if !allowed {
            let found = codings.first().and_then(|coding| coding.text("code")).unwrap_or_default();
            self.fault(path, Fault::Code { found: quoted(found), value_set });
        }
    }

    fn reference(&mut self, kind: Type, object: &Object, path: &Path<'_>, around: Around<'_>) {
        let Some(written) = object.text("reference") else { return };
        let at = path.child("reference");
        let stated = object.text("type");
        let found = match target(written) {
            Target::Contained(id) => match around.contained.get(id) {
                Some(found) => *found,
                None => {
                    let rule = "a reference that starts with # leads to a contained resource of the same one";
                    return self.fault(&at, Fault::Rule { key: "ref-1", rule });
                }
            },
            Target::Container => around.container,
            Target::Typed(name) if self.definitions.has_code(RESOURCE_TYPES, name) == Some(true) => name,
            Target::Elsewhere => match around.entries.get(written) {
                Some(found) => *found,
                None => match stated {
                    Some(stated) => stated,
                    None => return,
                },
            },
            Target::Typed(_) | Target::Malformed => {
                return self.fault(&at, Fault::Reference { found: quoted(written) });
            }
        };
        if let Some(stated) = stated.filter(|stated| *stated != found) {
            let expected = format!("{}, which its type says", quoted(stated));
            return self.fault(&at, Fault::Target { found: quoted(found), expected });
        }
        if !kind.targets.is_empty() && !kind.targets.split('|').any(|expected| expected == found) {
            let expected = kind.targets.replace('|', " or ");
            self.fault(&at, Fault::Target { found: quoted(found), expected });
        }
    }
}

/// The type of an element under a name in a document; none if it is not its name.
fn type_of(element: &Element, name: &str) -> Option<Type> {
    match element.name.strip_suffix("[x]") {
        None => element.types.first().filter(|_| element.name == name).copied(),
        Some(stem) => {
            let suffix = name.strip_prefix(stem)?;
            element.types.iter().find(|one| is_capitalised(one.name, suffix)).copied()
        }
    }
}

fn is_capitalised(name: &str, suffix: &str) -> bool {
    let (mut plain, mut capital) = (name.chars(), suffix.chars());
    let first = plain.next().map(|first| first.to_ascii_uppercase());
    first.is_some() && first == capital.next() && plain.as_str() == capital.as_str()
}

/// The types of an element, for a message.
fn expected(element: &Element) -> String {
    let names: Vec<&str> =
        element.types.iter().map(|one| one.name.rsplit('.').next().unwrap_or_default()).collect();
    if names.len() > 4 { format!("one of {} types", names.len()) } else { names.join(" or ") }
}

/// Types of the resources of a Bundle, by fullUrl.
fn types_of_entries(bundle: &Object) -> HashMap<&str, &str> {
    let entries = bundle.items("entry").iter().filter_map(Json::object);
    entries
        .filter_map(|entry| {
            Some((entry.text("fullUrl")?, entry.get("resource")?.object()?.text("resourceType")?))
        })
        .collect()
}
