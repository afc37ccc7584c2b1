//! The table: for each party what its transcript holds, and which secrets it knows.

use std::fmt::Write as _;

use bithive_blindmatch::{oprf::Tags, schema::Input};

use crate::{
    common::forged::each_tag,
    leakage::{
        dishonest::{
            a_member_that_invents_a_seed, a_node_that_states_what_it_has_not,
            a_requester_with_a_secret_for_each_leaf, a_stranger_that_changes_vaults,
        },
        kinds,
        run::{ADDRESS, ASK, BADGES, MATCHED_MEMORY, OTHER_MEMORY, REGIONS, Run, THRESHOLDS, Transcript},
    },
};

/// Something that not everybody may learn.
struct Secret {
    name: &'static str,
    /// Byte strings each of which would give it away.
    needles: Vec<Vec<u8>>,
}

/// A row: who, what it sees, and which secrets are in it.
struct Row {
    party: &'static str,
    transcript: Transcript,
    /// By name; all others must not be found.
    knows: &'static [&'static str],
}

const MET: &str = "conditions of the policy that the match meets";
const NOT_MET: &str = "its other conditions";
const TAGS_MET: &str = "tags of the conditions met";
const TAGS_NOT_MET: &str = "tags of the others";
const KEY: &str = "K_r";
const REQUESTER_KEY: &str = "requester's HPKE key";
const CLAIM: &str = "claim";
const MATCHED: &str = "other attributes of the match";
const ONE_BIT: &str = "that a node opens a vault of one's own";
const OTHER: &str = "attributes of a node without a match";

fn number(value: u64) -> [Vec<u8>; 3] {
    [value.to_string().into_bytes(), value.to_be_bytes().to_vec(), value.to_le_bytes().to_vec()]
}

fn text(words: &[&str]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// The tags of the inputs that `wanted` picks.
fn tags(tags: &Tags, wanted: impl Fn(&Input) -> bool) -> Vec<Vec<u8>> {
    each_tag(tags).into_iter().filter(|(input, _)| wanted(input)).map(|(_, tag)| tag.to_vec()).collect()
}

fn secrets(run: &Run) -> Vec<Secret> {
    let asked = run.compiled.inputs();
    let held: Vec<_> = run.matched.tags.inputs().cloned().collect();
    let policy = &run.requester.tags;
    let secret = |name, needles: Vec<Vec<u8>>| {
        assert!(!needles.is_empty(), "{name}");
        Secret { name, needles }
    };
    vec![
        secret(MET, [number(THRESHOLDS[1]).to_vec(), text(&[REGIONS[0], BADGES[0]])].concat()),
        secret(NOT_MET, text(&[REGIONS[1], BADGES[1]])),
        secret(TAGS_MET, tags(policy, |input| asked.contains(input) && held.contains(input))),
        secret(TAGS_NOT_MET, tags(policy, |input| asked.contains(input) && !held.contains(input))),
        secret(KEY, vec![run.match_key.as_bytes().to_vec()]),
        secret(REQUESTER_KEY, vec![run.requester_key.encode()[1..].to_vec()]),
        secret(CLAIM, vec![ADDRESS.as_bytes().to_vec(), ASK.to_be_bytes().to_vec(), vec![0xc5; 96]]),
        secret(MATCHED, [number(MATCHED_MEMORY).to_vec(), text(&[BADGES[2]])].concat()),
        // The condition that a vault with a secret for each leaf is committed to, which no other vault asks for.
        secret(ONE_BIT, number(THRESHOLDS[0]).to_vec()),
        // Tags of answers that nodes have in common are no secret of either.
        secret(
            OTHER,
            [
                number(OTHER_MEMORY).to_vec(),
                text(&[REGIONS[2]]),
                tags(&run.other.tags, |input| !held.contains(input)),
            ]
            .concat(),
        ),
    ]
}

fn rows(run: &Run) -> Vec<Row> {
    vec![
        Row { party: "whoever sees everything sent", transcript: run.everything_sent(), knows: &[] },
        Row { party: "t-1 members of the committee", transcript: run.member_sees(0), knows: &[] },
        Row { party: "contributor without a match", transcript: run.other_sees(), knows: &[OTHER] },
        Row {
            party: "contributor that matches",
            transcript: run.matched_sees(),
            knows: &[MET, TAGS_MET, KEY, CLAIM, MATCHED],
        },
        Row {
            party: "requester",
            transcript: run.requester_sees(),
            knows: &[MET, NOT_MET, TAGS_MET, TAGS_NOT_MET, KEY, REQUESTER_KEY, CLAIM],
        },
        Row {
            party: "t members together",
            transcript: run.enough_members_see(),
            knows: &[MET, NOT_MET, TAGS_MET, TAGS_NOT_MET, KEY],
        },
        Row {
            party: "requester that gives each leaf of an OR a secret of its own",
            transcript: a_requester_with_a_secret_for_each_leaf(run),
            knows: &[ONE_BIT],
        },
        Row {
            party: "stranger that copies a vault, sets its own key, takes leaves out",
            transcript: a_stranger_that_changes_vaults(run),
            knows: &[],
        },
        Row {
            party: "node that states attributes which it has not",
            transcript: a_node_that_states_what_it_has_not(run),
            knows: &[MET, NOT_MET, TAGS_MET, TAGS_NOT_MET, KEY],
        },
        Row {
            party: "one member that invents the seed it lacks",
            transcript: a_member_that_invents_a_seed(run),
            knows: &[],
        },
    ]
}

fn holds(transcript: &Transcript, needle: &[u8]) -> bool {
    transcript.iter().any(|(_, bytes)| bytes.windows(needle.len()).any(|window| window == needle))
}

/// How many of a secret's byte strings are in a transcript.
fn found(transcript: &Transcript, secret: &Secret) -> usize {
    secret.needles.iter().filter(|needle| holds(transcript, needle)).count()
}

#[test]
fn every_party_knows_what_the_table_says_and_nothing_else() {
    let run = Run::new();
    let secrets = secrets(&run);
    for row in rows(&run) {
        for secret in &secrets {
            let found = found(&row.transcript, secret);
            let place = format!("{}: {}", row.party, secret.name);
            if row.knows.contains(&secret.name) {
                assert!(found > 0, "{place}: not found, so that the search for it proves nothing");
            } else {
                assert_eq!(found, 0, "{place}: found");
            }
        }
    }
}

#[test]
fn every_secret_is_known_to_somebody_and_unknown_to_somebody() {
    let run = Run::new();
    let rows = rows(&run);
    for secret in secrets(&run) {
        let knowing = rows.iter().filter(|row| row.knows.contains(&secret.name)).count();
        assert!(knowing > 0 && knowing < rows.len(), "{}", secret.name);
    }
}

fn rendered(run: &Run) -> String {
    let mut out = "| party | its transcript | knows |\n|---|---|---|\n".to_owned();
    for row in rows(run) {
        let mut holdings = Vec::new();
        for (name, _) in &row.transcript {
            if !holdings.contains(name) {
                holdings.push(name);
            }
        }
        let knows =
            if row.knows.is_empty() { "none of the secrets".to_owned() } else { row.knows.join("; ") };
        writeln!(out, "| {} | {} | {knows} |", row.party, holdings.join("; ")).unwrap();
    }
    let names: Vec<_> = secrets(run).iter().map(|secret| secret.name).collect();
    writeln!(out, "\nThe secrets: {}.", names.join("; ")).unwrap();
    out
}

const BEGIN: &str = "<!-- leakage table: written by tests/leakage -->\n";
const END: &str = "<!-- end of leakage table -->";
const BEGIN_KINDS: &str = "<!-- kinds of nodes: written by tests/leakage -->\n";
const END_KINDS: &str = "<!-- end of kinds of nodes -->";

#[test]
fn the_readme_has_this_table() {
    expect_in_readme(BEGIN, END, &rendered(&Run::new()));
}

#[test]
fn the_readme_has_the_table_of_kinds() {
    expect_in_readme(BEGIN_KINDS, END_KINDS, &kinds::rendered());
}

/// One test writes at a time: both read the whole file and write it.
static WRITING: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn expect_in_readme(begin: &str, end: &str, table: &str) {
    let path = "README.md";
    let _alone = WRITING.lock().unwrap();
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(begin).expect("the README has a place for the table");
    let (stated, after) = rest.split_once(end).expect("the place has an end");
    if std::env::var_os("BITHIVE_WRITE_VECTORS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(stated, table, "run with BITHIVE_WRITE_VECTORS=1 after a deliberate change");
    }
}
