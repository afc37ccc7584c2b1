//! Idle time by command, and by a member's process on a chain that is served.

use std::io::BufReader;
use std::process::Stdio;

use crate::common::{Network, bithive, json};
use crate::setup::Served;
use serde_json::{Value, json as document};

const DAY: u64 = 86_400;

/// The first event of a running party that `wanted` takes.
fn until(lines: &mut impl std::io::BufRead, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before that");
        let event: Value = serde_json::from_str(&line).unwrap();
        if wanted(&event) {
            return event;
        }
    }
}

#[test]
fn idle_time_is_claimed_vouched_for_and_collected_by_command() {
    let network = Network::with_nodes(0);
    let told = |text: &str| network.told(&text.split(' ').collect::<Vec<_>>());
    let meter = network.contract("meter");
    network.run("timebank fund --from operator --amount 100");
    network.run(&format!("timebank set-meter {meter} --per-day 1000"));
    let set = "timebank idle set-members --member operator --member treasury --member incentive-pool";
    assert_eq!(network.run(set)["waits"], document!([]), "in the first day at once");
    let claim = network.run("timebank idle claim --from alice --seconds 7200");
    let period = claim["period"].as_u64().unwrap();
    assert_eq!((&claim["seconds"], period > 0), (&7_200.into(), true));
    let shown = network.run("timebank idle show alice");
    assert_eq!((&shown["members"]["threshold"], &shown["periods"]["last"]), (&2.into(), &period.into()));
    assert_eq!(
        (&shown["machines"][0]["claims"][0]["credits"], &shown["machines"][0]["due"]),
        (&20.into(), &0.into())
    );
    for member in ["operator", "treasury"] {
        let vouched = network.run(&format!("timebank idle vouch --from {member} alice"));
        assert_eq!((&vouched[0]["seconds"], &vouched[0]["period"]), (&7_200.into(), &period.into()));
    }
    assert!(told("timebank idle show alice").contains("20 credits are due to alice"));
    let collected = network.run("timebank idle collect alice --from operator --most 5");
    assert_eq!(collected["credits"], 5);
    network.run("timebank idle collect alice --from operator");
    assert_eq!(network.run("timebank accounts alice")[0]["credits"], 20);
    network.all_refused(&[
        ("timebank idle claim --from alice --seconds 7200", "has claimed period"),
        ("timebank idle claim --from alice --seconds 86401 --period 5", "seconds is 86401"),
        ("timebank idle claim --from alice --seconds 3600 --period 5", "period 5 is not open"),
        ("timebank idle vouch --from operator alice", "no open claim"),
        ("timebank idle collect alice --from operator", "what is due"),
        ("timebank idle set-members --member alice --from alice", "owner"),
    ]);
    network.advance(DAY);
    let waits = network.ends_with(1, &["timebank", "idle", "set-members", "--member", "alice"]);
    assert_eq!((&waits["waits"][0]["contract"], &waits["message"]), (&"meter".into(), &"set_members".into()));
}

#[test]
fn a_members_process_vouches_for_the_machines_that_its_configuration_names_up_to_their_bound() {
    let chain = Served::new();
    let (member, [_, password, _]) = chain.party("meter", "member");
    let (config, address) = (member["config"].as_str().unwrap(), member["address"].as_str().unwrap());
    let on = |text: &str| {
        let words: Vec<_> = text.split(' ').chain(["--chain", &chain.url]).collect();
        chain.json(&words)
    };
    on(&format!("wallet fund {address} --amount 0"));
    let network: Value =
        serde_json::from_slice(&std::fs::read(chain.file("home/deployment.json")).unwrap()).unwrap();
    let meter = network["contracts"]["meter"].as_str().unwrap();
    on("timebank fund --from operator --amount 100");
    on(&format!("timebank set-meter {meter} --per-day 1000"));
    on(&format!("timebank idle set-members --member {address}"));
    let holder = |name: &str| on(&format!("wallet show {name}"))["address"].as_str().unwrap().to_owned();
    let (modest, greedy) = (holder("operator"), holder("treasury"));
    on("timebank idle claim --from operator --seconds 3600 --account incentive-pool");
    on("timebank idle claim --from treasury --seconds 80000");
    let text = std::fs::read_to_string(config).unwrap();
    let vouch = |machine: &str| format!("[[vouch]]\nmachine = \"{machine}\"\nmost = \"16h\"\n\n");
    let text = text.replace("every = \"1min\"", "every = \"1s\"");
    let text = text.replace("[metrics]", &format!("{}{}[metrics]", vouch(&modest), vouch(&greedy)));
    std::fs::write(config, text).unwrap();
    assert_eq!(json(&["config", "validate", config])["role"], "meter");

    let mut process =
        bithive(&["meter", "run", "--config", config, "--password-file", &password, "--stop-with-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap());
    let ready = until(&mut lines, |event| event["event"] == "ready");
    assert_eq!((&ready["role"], &ready["account"]), (&"meter".into(), &address.into()));
    let vouched = until(&mut lines, |event| event["did"] == "vouched");
    assert_eq!((&vouched["machine"], &vouched["seconds"]), (&modest.as_str().into(), &3_600.into()));
    let shown = on("timebank idle show operator treasury");
    let claims = |machine: usize| shown["machines"][machine]["claims"][0].clone();
    assert_eq!((&claims(0)["counted"], &claims(1)["counted"]), (&true.into(), &false.into()), "{greedy}");
    let status = json(&["status", "--config", config]);
    assert_eq!((&status["role"], &status["vouches"]), (&"meter".into(), &1.into()));
    let health = bithive(&["health-check", "--config", config, "--json"]).output().unwrap();
    let health = String::from_utf8_lossy(&health.stdout).into_owned();
    assert!(health.contains("a meter runs"), "{health}");
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
    on("timebank idle collect incentive-pool --from operator");
    assert_eq!(on("timebank accounts incentive-pool")[0]["credits"], 10);
}
