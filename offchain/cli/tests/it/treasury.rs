//! The treasury by command: offers, sales, burns, and what its owner spends.

use crate::common::Network;
use serde_json::json;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;

#[test]
fn an_offer_buys_what_is_left_above_the_reserve_is_burnt_and_a_payment_waits() {
    let network = Network::with_nodes(0);
    network.run("treasury deposit --from operator --amount 20000");
    let offer = "treasury set-offer --token btk --low 0.1 --high 0.4 --hours 168 --budget 1000";
    assert_eq!(network.run(offer)["waits"], json!([]), "in the first day at once");
    assert!(network.refused(&offer.replace("0.4", "0.6").split(' ').collect::<Vec<_>>()).contains("BTK"));
    network.advance(DAY);
    network.run("wallet claim operator");
    let show = network.run("treasury show");
    let bid: u64 = show["offers"][0]["bid"].as_str().unwrap().parse().unwrap();
    // A day of the seven in which it rises from 0.1 to 0.4.
    assert!((142_000..144_000).contains(&bid), "{bid}");
    let before = network.run("wallet show operator")["balance"].as_u64().unwrap();
    let sold = network.run("treasury sell --from operator --amount 100 --token btk --least 14");
    let paid = sold["paid"].as_u64().unwrap();
    assert!((14 * UNIT..15 * UNIT).contains(&paid), "{paid}");
    assert_eq!(network.run("wallet show operator")["balance"].as_u64().unwrap(), before + paid);
    // Without --least it is what the offer pays now.
    assert!(
        network.run("treasury sell --from operator --amount 1 --token btk")["paid"].as_u64().unwrap() > 0
    );

    let burnt = network.run("treasury burn --from alice")["amount"].as_u64().unwrap();
    let left = network.run("treasury show")["totals"]["balance"].as_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(left, 10_000 * UNIT, "the reserve stays");
    assert!((9_980 * UNIT..10_000 * UNIT).contains(&burnt), "{burnt}");

    let spend = ["treasury", "spend", "--to", "alice", "--amount", "50", "--purpose", "audit of March"];
    let before = network.run("wallet show alice")["balance"].as_u64().unwrap();
    assert_eq!(network.ends_with(1, &spend)["waits"][0]["message"]["spend"]["amount"], "50000000");
    assert_eq!(network.run("wallet show alice")["balance"].as_u64().unwrap(), before);
    network.advance(3 * DAY);
    // The same command applies what is due.
    assert_eq!(network.ends_with(0, &spend)["waits"], json!([]));
    assert_eq!(network.run("wallet show alice")["balance"].as_u64().unwrap(), before + 50 * UNIT);
    assert!(network.told(&["treasury", "show"]).contains("spent by the owner"));
    network.run("treasury withdraw-offer --token btk");
    assert_eq!(network.run("treasury show")["offers"], json!([]));

    network.all_refused(&[
        ("treasury sell --from operator --amount 1 --token btk", "the treasury has no offer for BTK"),
        ("treasury burn --from alice", "needed for the reserve"),
        ("treasury spend --to alice --amount 1 --purpose x --from alice", "owner"),
        ("treasury spend --to nobody --amount 1 --purpose x", "wallet new nobody"),
        ("treasury withdraw-offer --token btk --from alice", "owner"),
        ("treasury sell --from alice --amount 1 --token doge", "expected btt, btk or sky"),
    ]);
}
