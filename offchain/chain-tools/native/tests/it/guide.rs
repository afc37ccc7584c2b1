//! The guide of `CONTRIBUTING.md` for a new contract, followed to the letter in a copy of the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bithive_contracts::Code;

/// What is copied: everything that a build reads.
const PARTS: [&str; 13] = [
    "Cargo.toml",
    "Cargo.lock",
    "clippy.toml",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "CONTRIBUTING.md",
    "docs/money.md",
    "docs/threats.md",
    "contracts",
    "packages",
    "relayer",
    "offchain",
    "testing",
];
/// Big, and read by no build of the workspace.
const LEFT_OUT: [&str; 2] = ["offchain/page/client", "testing/fuzz"];
const HEADING: &str = "## Add a contract\n";
/// The id in the guide; what is next is known here.
const ID: &str = "code 22 ";

/// Blocks stand in a numbered list.
const INDENT: &str = "   ";

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap()
}

fn collect(root: &Path, path: &Path, files: &mut Files) {
    let full = root.join(path);
    if LEFT_OUT.iter().any(|left| Path::new(left) == path) || path.ends_with("target") {
        return;
    }
    if full.is_dir() {
        for entry in fs::read_dir(full).unwrap() {
            collect(root, &path.join(entry.unwrap().file_name()), files);
        }
    } else {
        files.insert(path.into(), fs::read(full).unwrap());
    }
}

/// Makes `folder` hold these files and no others, and no empty folder: cargo takes each folder of `packages` for a crate.
/// What is as it should be is left alone, so that a build of it goes on from the last one.
fn write(folder: &Path, files: &Files) {
    let mut found = Files::new();
    fs::create_dir_all(folder).unwrap();
    collect(folder, Path::new(""), &mut found);
    for path in found.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(folder.join(path)).unwrap();
    }
    remove_empty(folder);
    for (path, bytes) in files.iter().filter(|(path, bytes)| found.get(*path) != Some(bytes)) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Removes the folders in `folder` that hold no file, and says whether it holds nothing now.
fn remove_empty(folder: &Path) -> bool {
    let mut empty = true;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && remove_empty(&path) {
            fs::remove_dir(path).unwrap();
        } else {
            empty = false;
        }
    }
    empty
}

#[test]
fn a_crate_of_an_earlier_run_leaves_nothing() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide-remains");
    let file = |path: &str| (PathBuf::from(path), b"x".to_vec());
    write(&folder, &Files::from([file("packages/a/src/lib.rs"), file("packages/b/src/lib.rs")]));
    write(&folder, &Files::from([file("packages/b/src/lib.rs")]));
    assert!(!folder.join("packages/a").exists());
    assert!(folder.join("packages/b/src/lib.rs").exists());
}

/// The blocks of code of the guide, each with its language.
fn blocks(guide: &str) -> Vec<(String, Vec<&str>)> {
    let start = guide.find(HEADING).expect("CONTRIBUTING.md has the section") + HEADING.len();
    let section = guide[start..].split("\n## ").next().unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    for line in section.lines() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language.into(), vec![])),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, lines))) => lines.push(line.strip_prefix(INDENT).unwrap_or(line)),
            (None, None) => {}
        }
    }
    blocks
}

/// Does `cp` or `cp -r` as a shell would, and says which files it wrote.
fn copy(line: &str, files: &mut Files) -> BTreeSet<PathBuf> {
    let words: Vec<_> = line.split_whitespace().filter(|word| *word != "-r").collect();
    let [_, from, to] = words[..] else { panic!("expected `cp FROM TO`: {line}") };
    let found: Vec<_> = files
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix(from).ok()?.to_owned(), bytes.clone())))
        .collect();
    assert!(!found.is_empty(), "there is no {from}");
    let to = |rest: PathBuf| if rest == Path::new("") { to.into() } else { Path::new(to).join(rest) };
    let copies: Files = found.into_iter().map(|(rest, bytes)| (to(rest), bytes)).collect();
    let written = copies.keys().cloned().collect();
    files.extend(copies);
    written
}

/// Applies a diff that adds lines, and says to which file.
fn apply(lines: &[&str], files: &mut Files) -> PathBuf {
    let path = PathBuf::from(lines[0].strip_prefix("+++ ").expect("a diff names its file first"));
    let lines: Vec<_> =
        lines[1..].iter().map(|line| line.replace(ID, &format!("code {} ", Code::ALL.len() + 1))).collect();
    let side = |signs: &[char]| -> String {
        let kept = lines.iter().filter_map(|line| line.strip_prefix(signs));
        kept.map(|line| format!("{line}\n")).collect()
    };
    let (before, after) = (side(&[' ']), side(&[' ', '+']));
    let text = String::from_utf8(files[&path].clone()).unwrap();
    assert_eq!(text.matches(&before).count(), 1, "{} has these lines once:\n{before}", path.display());
    files.insert(path.clone(), text.replace(&before, &after).into_bytes());
    path
}

/// Runs cargo, with environment variables before and arguments after its name.
fn cargo(folder: &Path, words: &[&str]) {
    let (variables, arguments) = words.split_at(words.iter().take_while(|word| word.contains('=')).count());
    let variables = variables.iter().filter_map(|variable| variable.split_once('='));
    // Beside the builds of this workspace, whose dependencies it shares. Crates of the workspace have the same names in
    // both: those of the copy are built without optimisation, which gives their files other names and is faster.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).envs(variables).current_dir(folder);
    command.env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0").env("CARGO_PROFILE_DEV_DEBUG", "0");
    let output = command.output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "cargo {}\n{out}\n{error}", words.join(" "));
}

#[test]
fn the_guide_adds_a_contract_with_five_files_beside_its_own() {
    let mut files = Files::new();
    for part in PARTS {
        collect(&root(), Path::new(part), &mut files);
    }
    let guide = String::from_utf8(files[Path::new("CONTRIBUTING.md")].clone()).unwrap();
    let blocks = blocks(&guide);
    let (mut written, mut commands) = (BTreeSet::new(), vec![]);
    for (language, lines) in &blocks {
        match language.as_str() {
            "diff" => drop(written.insert(apply(lines, &mut files))),
            _ => {
                for line in lines {
                    if line.starts_with("cp ") {
                        written.extend(copy(line, &mut files));
                    } else if let Some((variables, test)) = line.split_once("cargo ") {
                        commands.push(format!("{variables}{}", test.split(" #").next().unwrap()));
                    }
                }
            }
        }
    }
    let outside = written.iter().filter(|path| !path.starts_with("contracts/notice"));
    let outside: Vec<_> = outside.map(|path| path.to_str().unwrap()).collect();
    let expected = [
        "offchain/chain-tools/contracts/src/table.rs",
        "offchain/chain-tools/native/Cargo.toml",
        "packages/api/src/lib.rs",
        "packages/api/src/notice.rs",
        "packages/api/tests/it/events/samples.rs",
    ];
    assert_eq!(outside, expected);
    assert!(written.contains(Path::new("contracts/notice/Cargo.toml")));
    assert!(guide.contains("Five files"), "the guide says how many");

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide");
    write(&folder, &files);
    assert!(!commands.is_empty(), "the guide says how the contract is tested");
    for command in &commands {
        cargo(&folder, &command.split_whitespace().collect::<Vec<_>>());
    }
    cargo(&folder, &["fmt", "--package", "bithive-notice", "--check"]);
}

/// Where every contract may be named by hand: the places of the guide, and what is written by cargo. Documentation is not
/// looked at.
const LISTS: [&str; 5] = [
    "Cargo.lock",
    "offchain/chain-tools/contracts/src/table.rs",
    "offchain/chain-tools/native/Cargo.toml",
    "packages/api/src/lib.rs",
    "packages/api/tests/it/events/samples.rs",
];

#[test]
fn nothing_else_lists_the_contracts() {
    let mut files = Files::new();
    for part in PARTS.into_iter().chain(["scripts", ".ci"]) {
        collect(&root(), Path::new(part), &mut files);
    }
    let listing = files.iter().filter(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let words: BTreeSet<_> = text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
        path.extension().is_none_or(|ending| ending != "md")
            && !path.starts_with("contracts")
            && Code::ALL.into_iter().all(|code| words.contains(code.name()))
    });
    let listing: Vec<_> = listing.map(|(path, _)| path.to_str().unwrap()).collect();
    assert_eq!(listing, LISTS);
}
