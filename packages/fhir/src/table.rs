//! The definitions of R4, from `data/*.tsv`, which `testing/fhir/tables.py` writes.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What the definitions say of one element.
pub(crate) struct Element {
    /// Its name, with `[x]` where the type is part of the name in a document.
    pub(crate) name: &'static str,
    /// Whether it has to be there.
    pub(crate) required: bool,
    /// Whether it is a list.
    pub(crate) list: bool,
    /// Types that it can have; more than one only where the name has `[x]`.
    pub(crate) types: Vec<Type>,
    /// Value set that its code has to be from.
    pub(crate) binding: Option<&'static str>,
}

/// A type that an element can have.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    /// Name of the data type; path of the elements where they are defined in place; `Resource`.
    pub(crate) name: &'static str,
    /// Types of resources that a reference can lead to, separated by `|`; empty for any.
    pub(crate) targets: &'static str,
}

/// The definitions of R4 that documents are checked with.
pub(crate) struct Definitions {
    elements: HashMap<&'static str, Vec<Element>>,
    /// Codes by value set, then by code system.
    value_sets: HashMap<&'static str, HashMap<&'static str, HashSet<&'static str>>>,
    systems: HashMap<&'static str, HashSet<&'static str>>,
}

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(Definitions::read);

/// Types whose values are a JSON string, number or boolean.
pub(crate) const PRIMITIVES: [&str; 21] = [
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
    "xhtml",
    "integer64",
];

/// The definitions, which are read at the first call.
pub(crate) fn definitions() -> &'static Definitions {
    &DEFINITIONS
}

impl Type {
    pub(crate) fn is_primitive(self) -> bool {
        PRIMITIVES.contains(&self.name)
    }
}

impl Definitions {
    /// Elements of a data type, of a resource, or of an element that is defined in place, by its path.
    pub(crate) fn elements(&self, path: &str) -> Option<&[Element]> {
        self.elements.get(path).map(Vec::as_slice)
    }

    /// Whether resources of this type are checked. Only they have an `id` of their own kind.
    pub(crate) fn is_resource(&self, name: &str) -> bool {
        self.elements(name)
            .is_some_and(|elements| elements.iter().any(|element| element.name == "implicitRules"))
    }

    /// Whether the value set has the code; none for a set that is not listed. A `code` has no system of its own.
    pub(crate) fn allows(&self, value_set: &str, system: Option<&str>, code: &str) -> Option<bool> {
        let by_system = self.value_sets.get(value_set)?;
        Some(match system {
            Some(system) => by_system.get(system).is_some_and(|codes| codes.contains(code)),
            None => by_system.values().any(|codes| codes.contains(code)),
        })
    }

    /// Whether the code system has the code; none for a system that is not known whole.
    pub(crate) fn has_code(&self, system: &str, code: &str) -> Option<bool> {
        self.systems.get(system).map(|codes| codes.contains(code))
    }

    fn read() -> Self {
        let mut found =
            Self { elements: HashMap::new(), value_sets: HashMap::new(), systems: HashMap::new() };
        for row in rows(include_str!("../data/elements.tsv")) {
            let [path, least, most, types, binding, ..] = row.as_slice() else { continue };
            let Some((parent, name)) = path.rsplit_once('.') else { continue };
            let types = types.split(',').filter(|name| !name.is_empty());
            found.elements.entry(parent).or_default().push(Element {
                name,
                required: *least != "0",
                list: *most == "*",
                types: types.map(|name| parse_type(name, path)).collect(),
                binding: Some(*binding).filter(|url| !url.is_empty()),
            });
        }
        for row in rows(include_str!("../data/codes.tsv")) {
            let [set, system, codes] = row.as_slice() else { continue };
            found.value_sets.entry(set).or_default().insert(system, codes.split(' ').collect());
        }
        for row in rows(include_str!("../data/systems.tsv")) {
            let [system, codes] = row.as_slice() else { continue };
            found.systems.insert(system, codes.split(' ').collect());
        }
        found
    }
}

fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().map(|line| line.split('\t').collect())
}

fn parse_type(name: &'static str, path: &'static str) -> Type {
    // Defined in place, here or at the path that is named.
    if let Some(elsewhere) = name.strip_prefix('@') {
        return Type { name: elsewhere, targets: "" };
    }
    if matches!(name, "BackboneElement" | "Element") {
        return Type { name: path, targets: "" };
    }
    match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((name, targets)) => Type { name, targets },
        None => Type { name, targets: "" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood_and_every_type_is_defined() {
        let definitions = definitions();
        let files = [
            include_str!("../data/elements.tsv"),
            include_str!("../data/codes.tsv"),
            include_str!("../data/systems.tsv"),
        ];
        let read: usize = definitions.elements.values().map(Vec::len).sum();
        assert_eq!(read, files[0].lines().count());
        assert_eq!(
            definitions.value_sets.values().map(HashMap::len).sum::<usize>(),
            files[1].lines().count()
        );
        assert_eq!(definitions.systems.len(), files[2].lines().count());
        for (path, elements) in &definitions.elements {
            for element in elements {
                assert!(!element.types.is_empty(), "{path}.{}", element.name);
                assert!(element.types.len() == 1 || element.name.ends_with("[x]"), "{path}.{}", element.name);
                for one in &element.types {
                    let known = one.is_primitive()
                        || one.name == "Resource"
                        || definitions.elements(one.name).is_some();
                    assert!(known, "{path}.{}: {}", element.name, one.name);
                }
            }
        }
    }
}
