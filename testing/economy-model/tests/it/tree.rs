//! What holds for the text of the whole workspace: what its documentation names, and comments that say nothing.

use std::fs;
use std::path::Path;

use crate::money::{root, sources};

/// Doc comments with at most two words, each as it is written.
fn short(text: &str) -> Vec<String> {
    let (mut found, mut open): (_, Option<(&str, String)>) = (Vec::new(), None);
    // The last line closes a comment at the end of a file.
    for line in text.lines().chain([""]) {
        let line = line.trim_start();
        let mark =
            ["///", "//!"].into_iter().find(|mark| line.starts_with(mark) && !line.starts_with("////"));
        if let Some((begun, words)) = open.take() {
            if mark == Some(begun) {
                open = Some((begun, format!("{words} {}", &line[3..])));
                continue;
            }
            if words.split_whitespace().count() <= 2 {
                found.push(words.trim().to_owned());
            }
        }
        open = mark.map(|mark| (mark, line[3..].to_owned()));
    }
    found
}

/// A doc comment of two words mostly repeats the name that it is about. It gives a unit, a range or a meaning instead,
/// or it is not needed.
#[test]
fn doc_comments_say_more_than_two_words() {
    assert_eq!(
        short("//! Of all.\n\n/// A\n/// b.\nfn a() {}\n/// A b c.\nfn b() {}\n//// no\n/// End."),
        ["Of all.", "A  b.", "End."]
    );
    let mut found = Vec::new();
    for folder in ["contracts", "packages", "testing", "relayer", "offchain"] {
        for (path, text) in sources(&root().join(folder)) {
            let path = path.strip_prefix(root()).unwrap();
            // What a build has left there.
            if path.components().any(|part| part.as_os_str() == "target") {
                continue;
            }
            found.extend(short(&text).into_iter().map(|comment| format!("{}: {comment}", path.display())));
        }
    }
    assert!(found.is_empty(), "say a unit, a range or a meaning, or leave these comments out: {found:#?}");
}

/// The folders of the workspace's crates, as `cargo` finds them by the list of its members.
fn members() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let list = manifest.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    let mut members = Vec::new();
    for member in list.split('"').skip(1).step_by(2) {
        let Some(parent) = member.strip_suffix("/*") else {
            members.push(member.to_owned());
            continue;
        };
        for entry in fs::read_dir(root().join(parent)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().join("Cargo.toml").is_file() {
                members.push(format!("{parent}/{}", entry.file_name().into_string().unwrap()));
            }
        }
    }
    members.sort();
    members
}

#[test]
fn each_crate_has_its_line_in_the_architecture() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let table = page.split("\n## Crates\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let lines: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let members = members();
    assert!(members.len() > 70, "{members:?}");
    let has_line = |member: &String| {
        let all = Path::new(member).parent().map(|parent| format!("{}/*", parent.display()));
        lines.iter().any(|line| line == member || Some(*line) == all.as_deref())
    };
    let missing: Vec<_> = members.iter().filter(|member| !has_line(member)).collect();
    assert!(missing.is_empty(), "docs/architecture.md has no line for {missing:?}");
    let gone = |line: &&&str| !root().join(line.trim_end_matches("/*")).is_dir();
    let gone: Vec<_> = lines.iter().filter(gone).collect();
    assert!(gone.is_empty(), "docs/architecture.md has lines for {gone:?}, which are not there");
}
