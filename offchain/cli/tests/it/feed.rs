//! Feeds of prices by command: keys, reports, prices, trips.

use serde_json::Value;

use crate::common::Network;

const TERMS: &str = "--description BTT --currency EUR --decimals 10 --interval 60 --max-age 600 --dev-bps 1000 --cooldown 300";
const DAY: u64 = 86_400;

/// A network with a feed of three reporters, and the files of their keys.
struct World {
    network: Network,
    keys: Vec<String>,
    reporters: Vec<String>,
}

impl World {
    fn new() -> Self {
        let network = Network::with_nodes(0);
        let (mut keys, mut reporters) = (vec![], vec![]);
        for number in 1..=3 {
            let file = fresh(&network, &format!("{number}.key"));
            let made = network.run(&format!("feed key --out {file}"));
            reporters.push(made["reporter"].as_str().unwrap().to_owned());
            keys.push(file);
        }
        let world = Self { network, keys, reporters };
        let created = world.network.run(&format!("feed create {TERMS} {}", world.named()));
        assert_eq!((&created["feed"], &created["currency"]), (&1.into(), &"EUR".into()));
        world
    }

    /// The options that name the reporters.
    fn named(&self) -> String {
        let named: Vec<_> = self.reporters.iter().map(|key| format!("--reporter {key}")).collect();
        format!("--quorum 3 {}", named.join(" "))
    }

    /// Reports of all three, in files, and each with a value of its own.
    fn reports(&self, tag: &str, values: [u64; 3]) -> Vec<String> {
        let sign = |(index, value): (usize, u64)| {
            let out = fresh(&self.network, &format!("{tag}-{index}.json"));
            let key = &self.keys[index];
            let signed = self.network.run(&format!("feed report 1 --value {value} --key {key} --out {out}"));
            assert_eq!(signed["reporter"], self.reporters[index].as_str());
            out
        };
        values.into_iter().enumerate().map(sign).collect()
    }

    fn submit(&self, files: &[String]) -> Value {
        self.network.run(&format!("feed submit {} --from alice", files.join(" ")))
    }

    /// A price in the next round.
    fn say(&self, tag: &str, values: [u64; 3]) -> Value {
        self.network.advance(60);
        self.submit(&self.reports(tag, values))
    }

    fn refused(&self, text: &str) -> String {
        self.network.refused(&text.split(' ').collect::<Vec<_>>())
    }
}

/// Path of a file that is not there.
fn fresh(network: &Network, name: &str) -> String {
    let file = network.file(name, "");
    std::fs::remove_file(&file).unwrap();
    file
}

#[test]
fn reporters_sign_anybody_submits_and_the_median_is_the_price() {
    let world = World::new();
    assert!(world.refused("feed price 1").contains("has had no price yet"));
    let submitted = world.say("a", [253_600, 254_000, 253_700]);
    assert_eq!((&submitted["price"]["value"], &submitted["price"]["reports"]), (&"253700".into(), &3.into()));
    let price = world.network.run("feed price 1");
    assert_eq!((&price["value"], &price["decimals"]), (&"253700".into(), &10.into()));
    assert_eq!(price["round"], submitted["round"]);
    let told = world.network.told(&["feed", "price", "1"]);
    assert!(told.contains("253700 minor units of EUR for 10^10 base units"), "{told}");
    let shown = world.network.run("feed show 1");
    assert_eq!((&shown["status"], &shown["last"]["value"]), (&"fresh".into(), &"253700".into()));
    assert_eq!(world.network.run("feed list")["entries"][0]["id"], 1);
    let told = world.network.told(&["feed", "list"]);
    assert!(told.contains("fresh") && told.contains("3 of 3"), "{told}");
    world.network.advance(700);
    assert!(world.refused("feed price 1").contains("older than 600 seconds"));
    assert_eq!(world.network.run("feed show 1")["status"], "stale");
}

#[test]
fn a_jump_gives_no_price_until_it_is_confirmed_after_its_cooldown() {
    let world = World::new();
    world.say("a", [1_000; 3]);
    let submitted = world.say("b", [2_000; 3]);
    assert_eq!((&submitted["price"], &submitted["tripped"]["value"]), (&Value::Null, &"2000".into()));
    assert!(world.refused("feed price 1").contains("has jumped"));
    assert!(world.network.told(&["feed", "show", "1"]).contains("tripped: 2000 is pending"));
    world.network.advance(60);
    let early = world.reports("c", [2_000; 3]).join(" ");
    assert!(world.refused(&format!("feed submit {early} --from alice")).contains("which can be done from"));
    world.network.advance(300);
    assert_eq!(world.say("d", [2_000; 3])["price"]["value"], "2000");
    assert_eq!(world.network.run("feed price 1")["value"], "2000");
}

#[test]
fn reports_that_do_not_hold_are_refused_before_they_cost_anything_or_skipped_with_their_reason() {
    let world = World::new();
    world.network.advance(60);
    let files = world.reports("a", [1_000, 1_001, 1_002]);
    let text = std::fs::read_to_string(&files[0]).unwrap();
    let submit = |file: &str| world.refused(&format!("feed submit {file} --from alice"));
    let changed = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        world.network.file(name, text.replace(from, to))
    };
    assert!(submit(&changed("forged.json", "\"1000\"", "\"9000\"")).contains("the signature is not of"));
    assert!(
        submit(&changed("else.json", "\"chain_id\":\"", "\"chain_id\":\"not-"))
            .contains("this report is for")
    );
    assert!(submit(&changed("more.json", "{", "{\"more\":1,")).contains("unknown field"));
    assert!(submit(&files[0]).contains("1 reports count; expected 3 or more"));
    // One twice: it is skipped, the price is made, and the exit code says so.
    let arguments = ["feed", "submit", "--from", "alice", &files[0], &files[0], &files[1], &files[2]];
    let submitted = world.network.ends_with(1, &arguments);
    assert_eq!(submitted["price"]["value"], "1001");
    let reason = submitted["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("has a report in this list that counts"), "{reason}");
    // The same round again, and reports of two rounds.
    assert!(submit(&files.join(" ")).contains("submit reports of a later round"));
    world.network.advance(60);
    let later = world.reports("b", [1_000; 3]);
    assert!(submit(&format!("{} {}", later[0], files[1])).contains("expected reports of one round"));
}

#[test]
fn the_owner_names_reporters_where_everybody_sees_it_and_stops_a_feed_at_once() {
    let world = World::new();
    world.say("a", [1_000; 3]);
    assert_eq!(world.network.run("feed stop 1")["stopped"], true);
    assert!(world.refused("feed price 1").contains("feed 1 is stopped"));
    world.network.run("feed start 1");
    assert_eq!(world.network.run("feed price 1")["value"], "1000");
    world.network.advance(DAY);
    let set = format!("feed set-reporters 1 {}", world.named());
    let waits = world.network.ends_with(1, &set.split(' ').collect::<Vec<_>>());
    assert_eq!(waits["waits"][0]["stage"], "waits");
    world.network.advance(3 * DAY);
    world.network.run("owner apply --all");
    let error = world.refused(&format!("{set} --from alice"));
    assert!(error.contains("not the contract's current owner"), "{error}");
    assert!(world.refused("feed stop 1 --from alice").contains("not the contract's current owner"));
}

#[test]
fn what_makes_no_feed_and_no_report_is_refused_and_moves_nothing() {
    let world = World::new();
    let (named, key) = (world.named(), &world.keys[0]);
    let stranger = fresh(&world.network, "stranger.key");
    world.network.run(&format!("feed key --out {stranger}"));
    let exposed = world.network.file("exposed.key", "01".repeat(32));
    let twice = named.replace(&world.reporters[1], &world.reporters[0]);
    world.network.all_refused(&[
        (&format!("feed key --out {key}"), "exists already"),
        (&format!("feed create {TERMS}"), "--quorum"),
        (&format!("feed create {TERMS} {twice}"), "more than once"),
        (&format!("feed create {TERMS} {}", named.replace("--quorum 3", "--quorum 4")), "odd number"),
        (&format!("feed create {} {named}", TERMS.replace("EUR", "euro")), "ISO 4217"),
        (&format!("feed create {} {named}", TERMS.replace("--dev-bps 1000", "--dev-bps 0")), "--dev-bps"),
        (
            &format!("feed create {} {named}", TERMS.replace("--max-age 600", "--max-age 59")),
            "--max-age is 59",
        ),
        (&format!("feed create {TERMS} --quorum 3 --reporter 00"), "expected 64 hex digits"),
        ("feed show 2", "there is no feed 2"),
        ("feed stop 2", "there is no feed 2"),
        (&format!("feed report 1 --value 0 --key {key}"), "--value is 0"),
        (&format!("feed report 1 --value x --key {key}"), "--value"),
        (&format!("feed report 2 --value 1 --key {key}"), "there is no feed 2"),
        (&format!("feed report 1 --value 1 --key {stranger}"), "is no reporter of feed 1"),
        (&format!("feed report 1 --value 1 --key {exposed}"), "exposed.key"),
        (&format!("feed report 1 --value 1 --key {key} --time 5"), "--time is 5"),
        ("feed submit --from alice", "FILES"),
    ]);
}
