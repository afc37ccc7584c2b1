//! Bank money for assets of the chain, by command, with a simulated bank.

use crate::common::{Network, bithive, path, text};
use serde_json::Value;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;
/// What an order is for.
const MONEY: &str = "46.25~EUR";

/// Alice, a customer with 1,000 BTT, an agent with a bond of 100 and 400 left, carol, an arbiter, and a bank with accounts of the first two.
struct Town {
    network: Network,
    alice: String,
    agent: String,
}

/// Words, in which ~ stands for a blank.
fn words(command: &str) -> Vec<String> {
    command.split(' ').map(|word| word.replace('~', " ")).collect()
}

impl Town {
    fn new() -> Self {
        let network = Network::with_nodes(0);
        for (name, amount) in [("agent", 500), ("carol", 1)] {
            network.run(&format!("wallet new {name}"));
            network.run(&format!("wallet fund {name} --amount {amount}"));
        }
        network
            .run("listing category set ramps --bond 100 --unbond-days 60 --ruling-hours 48 --ruler operator");
        let digest = "ab".repeat(32);
        network.run(&format!("listing add --from agent --category ramps --name Agent --digest {digest}"));
        let mut town = Self { network, alice: String::new(), agent: String::new() };
        town.alice = town.account("Alice");
        town.agent = town.account("Agent");
        town
    }

    fn run(&self, command: &str) -> Value {
        self.ends(0, command)
    }

    fn ends(&self, code: i32, command: &str) -> Value {
        let words = words(command);
        self.network.ends_with(code, &words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn refused(&self, command: &str, named: &str) {
        let words = words(command);
        let error = self.network.refused(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(error.contains(named), "{command}\n  said: {error}\n  expected: {named}");
    }

    fn file(&self, name: &str) -> String {
        path(&self.network.home().with_file_name(name))
    }

    fn now(&self) -> u64 {
        self.run("chain status")["time"].as_u64().unwrap()
    }

    /// What the simulated bank says to a command, at the time of the chain.
    fn bank(&self, command: &str) -> Value {
        let (folder, now) = (self.file("bank"), self.now());
        let answer = self.run(&format!("ramp simulated-bank --folder {folder} {command} --at {now}"));
        assert_eq!(answer["simulated"], true);
        assert!(answer["note"].as_str().unwrap().contains("SIMULATED BANK"));
        answer
    }

    fn account(&self, name: &str) -> String {
        self.bank(&format!("open {name} --balance 1000~EUR"))["iban"].as_str().unwrap().to_owned()
    }

    /// An order of alice, and its file.
    fn order(&self, name: &str, side: &str, amount: u64) -> (Value, String) {
        let file = self.file(name);
        let order = self.run(&self.ordering(side, amount, &file));
        (order, file)
    }

    fn ordering(&self, side: &str, amount: u64, file: &str) -> String {
        let iban = if side == "sell" { &self.alice } else { &self.agent };
        format!(
            "ramp order --from alice --listing 1 --{side} --amount {amount} --money {MONEY} --rail sepa --name Doe --iban {iban} \
             --arbiter carol --out {file}"
        )
    }

    /// The options of the agent: it has a book of its own.
    fn agents(&self) -> String {
        format!("--from agent --book {}", self.file("agent.redb"))
    }

    /// The agent takes up an order and pays it at the bank. The file with its message.
    fn agent_pays(&self, order: &str, name: &str) -> String {
        let (agents, message) = (self.agents(), self.file(name));
        self.run(&format!("ramp accept {order} {agents}"));
        self.run(&format!("ramp pay {order} {agents} --name Agent --iban {} --out {message}", self.agent));
        message
    }

    /// A message of the bank about an account: its file.
    fn said(&self, kind: &str, iban: &str, name: &str) -> String {
        let file = self.file(name);
        self.bank(&format!("{kind} {iban} --out {file}"));
        file
    }
}

#[test]
fn a_customer_sells_is_paid_at_a_bank_and_releases_once_the_payment_is_held_and_seen() {
    let town = Town::new();
    let (order, file) = town.order("order.json", "sell", 50);
    assert_eq!((&order["agreement"], &order["bond_left"]), (&1.into(), &(50 * UNIT).to_string().into()));
    let id = order["order"].as_str().unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(town.network.run("escrow show 1")["text"], order["digest"], "the agreement binds the order");
    assert_eq!(
        town.ends(1, &format!("ramp confirm {id} {}", town.said("notify", &town.alice, "0.xml")))["paid"],
        false
    );
    town.refused(&format!("ramp release {id} --from alice"), "is not paid as far as is known");

    let message = town.agent_pays(&file, "pay.xml");
    let written = std::fs::read_to_string(&message).unwrap();
    assert!(
        written.contains(&format!("<EndToEndId>{id}</EndToEndId>")) && written.contains("\"EUR\">46.25<")
    );
    let agents = town.agents();
    town.refused(
        &format!(
            "ramp pay {file} {agents} --name Agent --iban {} --out {}",
            town.agent,
            town.file("again.xml")
        ),
        "a second payment would be yours to get back",
    );
    town.bank(&format!("take {message}"));
    let again = words(&format!("ramp simulated-bank --folder {} take {message}", town.file("bank")));
    assert!(
        town.network.refused(&again.iter().map(String::as_str).collect::<Vec<_>>()).contains("is taken once")
    );

    let paid = town.run(&format!("ramp confirm {id} {}", town.said("notify", &town.alice, "1.xml")));
    assert_eq!(
        (&paid["paid"], &paid["reversed"], &paid["simulated"]),
        (&true.into(), &false.into(), &true.into())
    );
    assert!(paid["said_by"].to_string().contains("SIMULATED BANK"));
    let held = town.ends(1, &format!("ramp release {id} --from alice"));
    assert!(held["reason"].as_str().unwrap().contains("is held until"), "{held}");
    town.network.advance(22 * DAY);
    let unseen = town.ends(1, &format!("ramp release {id} --from alice"));
    assert!(unseen["reason"].as_str().unwrap().contains("read a later camt.053"), "{unseen}");
    let statement = town.said("statement", &town.alice, "2.xml");
    assert_eq!(town.run(&format!("ramp confirm {id} {statement}"))["surplus"], 0, "it is the same entry");
    let said = town.run(&format!("ramp release {id} --from alice"));
    assert_eq!((&said["released"], &said["receipt"]), (&false.into(), &Value::Null));
    let released = town.run(&format!("ramp release {id} {agents}"));
    assert_eq!((&released["released"], &released["receipt"]["leg"]), (&true.into(), &"bank".into()));
    assert_eq!(town.network.run("escrow withdraw --from agent")["amount"], 50 * UNIT);

    // Alice's receipt is made from the transaction, and is of one leg.
    let hash = released["transaction"].as_str().unwrap();
    let receipt = &town.run(&format!("ramp verify {id} --transaction {hash}"))["receipt"];
    assert_eq!((&receipt["leg"], &receipt["entry"]), (&"bank".into(), &paid["entry"]));
    let listed = town.run("ramp list");
    assert_eq!((&listed[0]["end_to_end"], &listed[0]["receipt"]["leg"]), (&id.into(), &"bank".into()));
    // What comes after it is told, and can't be undone.
    town.bank(&format!("reverse {id}"));
    let recalled =
        town.ends(1, &format!("ramp confirm {id} {}", town.said("statement", &town.alice, "3.xml")));
    assert_eq!((&recalled["reversed"], &recalled["receipt"]["leg"]), (&true.into(), &"bank".into()));
}

#[test]
fn a_customer_buys_pays_at_a_bank_and_the_arbiter_helps_where_the_agent_says_it_is_not_paid() {
    let town = Town::new();
    let (order, file) = town.order("order.json", "buy", 40);
    assert_eq!(order["agreement"], Value::Null);
    let pay = format!(
        "ramp pay {file} --from alice --name Alice --iban {} --out {}",
        town.alice,
        town.file("pay.xml")
    );
    town.refused(&pay, "no agreement holds the asset");
    town.refused(&format!("ramp accept {file} --from carol"), "expected the agent of the order");
    let agents = town.agents();
    assert_eq!(town.run(&format!("ramp accept {file} {agents}"))["agreement"], 1);
    town.refused(&format!("ramp accept {file} {agents}"), "is taken up");
    let verified = town.run(&format!("ramp verify {file}"));
    assert_eq!((&verified["holds"], &verified["agreement"]), (&true.into(), &1.into()));
    town.run(&pay);
    town.bank(&format!("take {}", town.file("pay.xml")));
    // The agent has the money and does not say so: it is not the customer's word alone that counts.
    assert_eq!(town.run(&format!("ramp release {file} --from alice"))["released"], false);
    town.refused(&format!("ramp release {file} --from carol"), "escrow approve 1");
    town.network.run("escrow approve 1 --from carol");
    assert_eq!(town.network.run("escrow withdraw --from alice")["amount"], 40 * UNIT);
}

#[test]
fn less_reversals_and_entries_of_other_orders_pay_nothing() {
    let town = Town::new();
    let (order, file) = town.order("order.json", "sell", 30);
    let id = order["order"].as_str().unwrap();
    let message = town.agent_pays(&file, "pay.xml");
    // A cent less, although the message says that it is for the order.
    let less = std::fs::read_to_string(&message).unwrap().replace("46.25", "46.24");
    let less = town.network.file("less.xml", less);
    town.bank(&format!("take {less}"));
    let refused =
        town.ends(1, &format!("ramp confirm {id} {}", town.said("statement", &town.alice, "1.xml")));
    assert_eq!((&refused["paid"], &refused["other"][0]), (&false.into(), &"46.24 EUR".into()));

    // Another file with the same identifier is another order.
    let twin = std::fs::read_to_string(&file).unwrap().replace("\"sell\"", "\"buy\"");
    let twin = town.network.file("twin.json", twin);
    town.refused(&format!("ramp accept {twin} {}", town.agents()), "an identifier is for one order");
    town.refused(&format!("ramp verify {twin}"), "an identifier is for one order");

    // Paid and taken back: never released, whatever is read later.
    let (second, file) = town.order("second.json", "sell", 30);
    let second = second["order"].as_str().unwrap();
    let message = town.agent_pays(&file, "second.xml");
    town.bank(&format!("take {message}"));
    let before = town.said("statement", &town.alice, "2.xml");
    assert_eq!(town.run(&format!("ramp confirm {second} {before}"))["paid"], true);
    town.bank(&format!("reverse {second}"));
    town.network.advance(22 * DAY);
    let after = town.said("statement", &town.alice, "3.xml");
    assert_eq!(town.ends(1, &format!("ramp confirm {second} {after}"))["reversed"], true);
    assert_eq!(town.ends(1, &format!("ramp confirm {second} {before}"))["reversed"], true);
    let refused = town.ends(1, &format!("ramp release {second} --from alice"));
    assert!(refused["reason"].as_str().unwrap().contains("taken back by the bank"), "{refused}");
    assert_eq!(town.network.run("escrow show 2")["left"], (30 * UNIT).to_string());
}

#[test]
fn open_orders_are_at_most_the_bond_and_an_order_that_was_refunded_has_no_other_receipt() {
    let town = Town::new();
    let before = town.network.run("wallet show alice")["balance"].clone();
    town.refused(
        &town.ordering("sell", 101, &town.file("1.json")),
        "is 100000000, and its open orders with this one are 101000000",
    );
    assert_eq!(town.network.run("wallet show alice")["balance"], before);
    let (order, file) = town.order("2.json", "sell", 60);
    town.refused(
        &town.ordering("sell", 60, &town.file("3.json")),
        "its open orders with this one are 120000000",
    );
    town.refused(
        &town.ordering("buy", 41, &town.file("4.json")),
        "its open orders with this one are 101000000",
    );
    assert_eq!(town.order("5.json", "sell", 40).0["bond_left"], "0");
    // An agent that leaves covers nothing any more.
    town.network.run("listing leave 1 --from agent");
    let left = town.ends(1, &format!("ramp verify {file}"));
    assert!(left["uncovered"].as_str().unwrap().contains("is leaving"), "{left}");
    town.refused(&town.ordering("sell", 1, &town.file("6.json")), "is leaving");

    // Nobody pays: the asset returns, and with it the order has ended.
    let message = {
        let agents = town.agents();
        town.refused(&format!("ramp accept {file} {agents}"), "is leaving");
        town.file("late.xml")
    };
    let id = order["order"].as_str().unwrap();
    town.network.advance(35 * DAY);
    let ended = town.network.run("escrow advance 1 --from carol");
    let hash = ended["transaction"].as_str().unwrap();
    let verified = town.run(&format!("ramp verify {id} --transaction {hash}"));
    assert_eq!(verified["receipt"]["leg"], "asset");
    town.refused(&format!("ramp release {id} --from alice"), "has ended: the asset was refunded");
    town.refused(
        &format!("ramp pay {file} {} --name Agent --iban {} --out {message}", town.agents(), town.agent),
        "no agreement holds the asset",
    );
    assert_eq!(town.network.run("escrow withdraw --from alice")["amount"], 60 * UNIT);
}

#[test]
fn a_payment_that_could_not_be_held_before_the_refund_is_not_written() {
    let town = Town::new();
    let (_, file) = town.order("order.json", "sell", 10);
    let agents = town.agents();
    town.run(&format!("ramp accept {file} {agents}"));
    town.network.advance(2 * DAY + 60);
    let pay =
        format!("ramp pay {file} {agents} --name Agent --iban {} --out {}", town.agent, town.file("pay.xml"));
    town.refused(&pay, "leaves no time to pay, hold and release");
    assert!(!std::path::Path::new(&town.file("pay.xml")).exists());
}

#[test]
fn what_is_no_order_account_amount_or_message_is_refused() {
    let town = Town::new();
    let (_, file) = town.order("order.json", "sell", 10);
    let right = town.ordering("sell", 1, &town.file("new.json"));
    for (from, to, named) in [
        (MONEY, "46.255~EUR", "a part of the smallest unit"),
        (MONEY, "46.25~USD", "the rail sepa does not take"),
        (MONEY, "0~EUR", "an amount of 0"),
        (MONEY, "46.25", "is no amount"),
        ("--rail sepa", "--rail card", "expected sepa, sepa-instant or urgent"),
        (town.alice.as_str(), "DE88370400440532013000", "check digits"),
        ("--name Doe", "--name Müller", "every bank passes on"),
        ("--arbiter carol", "--arbiter alice", "expected three accounts"),
        ("--listing 1", "--listing 9", "there is no listing 9"),
        ("--sell", "--sell --buy", "cannot be used with"),
        ("--amount 1", "--amount 0", "--amount is 0"),
    ] {
        assert!(right.contains(from), "{from}");
        town.refused(&right.replacen(from, to, 1), named);
    }
    town.refused(&right.replace(&town.file("new.json"), &file), "exists already");
    let doctype = town.network.file("bad.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>");
    town.refused(&format!("ramp confirm {file} {doctype}"), "line 1: a document type declaration");
    town.refused(&format!("ramp confirm {file} {file}"), "no well-formed XML");
    town.refused("ramp verify MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB", "is not in the book");
    town.refused("ramp verify nothing.json", "is no file of an order, either");
    town.refused(&format!("ramp accept {doctype} --from agent"), "the order is not read");
    // People are told as well.
    let told =
        bithive(&["ramp", "simulated-bank", "--folder", &town.file("bank"), "accounts"]).output().unwrap();
    assert!(text(&told).contains("SIMULATED BANK") && text(&told).contains(&town.alice));
}
