//! Contained resources: each has an id of its own, is used, contains no other, and none leads back to itself.

use std::collections::{HashMap, HashSet};

use crate::issue::Fault;
use crate::json::{Json, Object};
use crate::path::quoted;

/// Types of the contained resources, by id.
pub(crate) fn types(resource: &Object) -> HashMap<&str, &str> {
    let contained = resource.items("contained").iter().filter_map(Json::object);
    contained.filter_map(|one| Some((one.text("id")?, one.text("resourceType")?))).collect()
}

/// What is wrong with the contained resources of one, each with its place among them.
pub(crate) fn faults(resource: &Object) -> Vec<(usize, Fault)> {
    let all: Vec<Option<&Object>> = resource.items("contained").iter().map(Json::object).collect();
    let mut found = Vec::new();
    let mut ids = HashMap::new();
    for (index, one) in all.iter().enumerate() {
        match one.and_then(|one| one.text("id")) {
            None => {
                found.push((index, Fault::Missing { expected: "an id, by which it is referred to".into() }))
            }
            Some(id) if ids.contains_key(id) => found.push((index, Fault::ContainedTwice { id: quoted(id) })),
            Some(id) => {
                ids.insert(id, index);
            }
        }
    }
    let mut used = HashSet::new();
    for (name, value) in resource.iter().filter(|(name, _)| *name != "contained") {
        local_references(name, value, &mut used);
    }
    // Places of the contained resources that each one leads to.
    let mut graph = Vec::with_capacity(all.len());
    for one in &all {
        let mut own = HashSet::new();
        for (name, value) in one.iter().flat_map(|one| one.iter()) {
            local_references(name, value, &mut own);
        }
        graph.push(own.iter().filter_map(|id| ids.get(id).copied()).collect::<Vec<usize>>());
        used.extend(own);
    }
    for (index, one) in all.iter().enumerate() {
        let Some(one) = one else { continue };
        let mut own = HashSet::new();
        for (name, value) in one.iter() {
            local_references(name, value, &mut own);
        }
        let id = one.text("id").unwrap_or_default();
        // It is used, or it is about the one around it.
        if !used.contains(id) && !own.contains("") {
            let rule = "a contained resource is referred to by the one around it; remove it otherwise";
            found.push((index, Fault::Rule { key: "dom-3", rule }));
        }
        if let Some(Json::Object(meta)) = one.get("meta") {
            if meta.get("versionId").is_some() || meta.get("lastUpdated").is_some() {
                let rule = "a contained resource has no versionId and no lastUpdated";
                found.push((index, Fault::Rule { key: "dom-4", rule }));
            }
            if meta.get("security").is_some() {
                found.push((
                    index,
                    Fault::Rule { key: "dom-5", rule: "a contained resource has no security label" },
                ));
            }
        }
    }
    for circle in circles(&graph) {
        let name = |place: &usize| {
            all.get(*place).copied().flatten().and_then(|one| one.text("id")).unwrap_or_default()
        };
        let through: Vec<String> =
            circle.iter().take(8).map(|place| format!("#{}", quoted(name(place)))).collect();
        let first = circle.first().copied().unwrap_or_default();
        found.push((first, Fault::Circle { through: through.join(" -> ") }));
    }
    found
}

/// Ids that references below a value lead to with `#`; the empty one for the resource around it.
fn local_references<'a>(name: &str, value: &'a Json, found: &mut HashSet<&'a str>) {
    match value {
        Json::Text(text) if name == "reference" => {
            found.extend(text.strip_prefix('#'));
        }
        // Canonicals and URIs may lead to contained resources, too; for the rule that each is used.
        Json::Text(text) => found.extend(
            text.strip_prefix('#').filter(|_| name.starts_with("value") || name.ends_with("Canonical")),
        ),
        Json::List(items) => items.iter().for_each(|item| local_references(name, item, found)),
        Json::Object(object) => object.iter().for_each(|(name, value)| local_references(name, value, found)),
        _ => {}
    }
}

/// Circles of a graph, each as the places on it; every node is on one at most. Without recursion: its length is the sender's choice.
fn circles(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Mark {
        New,
        OnTheWay,
        Done,
    }
    let mut marks = vec![Mark::New; graph.len()];
    let mark_of = |marks: &[Mark], node: usize| marks.get(node).copied().unwrap_or(Mark::Done);
    let mut found = Vec::new();
    for start in 0..graph.len() {
        if mark_of(&marks, start) != Mark::New {
            continue;
        }
        // The way to a node, with how many of its edges were followed.
        let mut way = vec![(start, 0usize)];
        if let Some(mark) = marks.get_mut(start) {
            *mark = Mark::OnTheWay;
        }
        while let Some((node, followed)) = way.last_mut() {
            let node = *node;
            let next = graph.get(node).and_then(|edges| edges.get(*followed)).copied();
            *followed = followed.saturating_add(1);
            match next {
                None => {
                    if let Some(mark) = marks.get_mut(node) {
                        *mark = Mark::Done;
                    }
                    way.pop();
                }
                Some(next) => match mark_of(&marks, next) {
                    Mark::New => {
                        if let Some(mark) = marks.get_mut(next) {
                            *mark = Mark::OnTheWay;
                        }
                        way.push((next, 0));
                    }
                    Mark::OnTheWay => {
                        let mut circle: Vec<usize> =
                            way.iter().map(|(node, _)| *node).skip_while(|node| *node != next).collect();
                        circle.push(next);
                        found.push(circle);
                    }
                    Mark::Done => {}
                },
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_and_diamonds_are_none() {
        assert_eq!(circles(&[vec![1, 2], vec![3], vec![3], vec![]]), Vec::<Vec<usize>>::new());
        assert_eq!(circles(&[vec![0]]), vec![vec![0, 0]]);
        assert_eq!(circles(&[vec![1], vec![2], vec![0]]), vec![vec![0, 1, 2, 0]]);
        let long: Vec<Vec<usize>> =
            (1..=100_000).map(|next| vec![if next == 100_000 { 0 } else { next }]).collect();
        assert_eq!(circles(&long).len(), 1);
    }
}
