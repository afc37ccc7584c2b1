//! What a message costs does not depend on how many take part: storage gas, as the Cosmos SDK charges it, at 10 and at
//! 10,000 participants.

pub(crate) mod btk;
pub(crate) mod checkout;
pub(crate) mod consents;
pub(crate) mod escrow;
pub(crate) mod feeds;
pub(crate) mod flows;
pub(crate) mod idle;
pub(crate) mod listings;
pub(crate) mod market;
pub(crate) mod patients;
pub(crate) mod rounds;

/// A message and its storage gas.
type Cost = (&'static str, u64);

/// Gas of loading a contract: of a settlement that loads three on wasmd it is 180,000 of 356,167.
const LOADING: u64 = 60_000;
/// Gas of one signature of Ed25519: 35 us in a machine that counts 10^6 for each, of which wasmd makes 140,000 one.
const SIGNATURE: u64 = 250;

/// The whole message costs at most `most` on a chain: its storage, and what it loads and verifies.
fn within(name: &str, storage: u64, (contracts, signatures): (u64, u64), most: u64) {
    let whole = storage + contracts * LOADING + signatures * SIGNATURE;
    println!("{name:>20}: {storage} of storage, {whole} in all, at most {most}");
    assert!(whole <= most, "{name}: {storage} of storage, {whole} in all, at most {most}");
}

/// The dearer of both is dearer by a twentieth at most.
fn compare(costs: impl Fn(usize) -> Vec<Cost>) {
    let (few, many) = (costs(10), costs(10_000));
    assert!(!few.is_empty() && few.len() == many.len());
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        println!("{name:>20}: {few:>7} with 10, {many:>7} with 10,000");
        let difference = few.abs_diff(many);
        assert!(difference * 20 <= few, "{name}: {few} with 10, {many} with 10,000");
    }
}

#[test]
fn tokens_stakes_work_and_locked_amounts_cost_as_much_where_ten_thousand_take_part() {
    compare(|count| btk::World::new(count).costs());
}

#[test]
fn bonds_elections_jobs_credits_and_sales_cost_as_much_where_ten_thousand_take_part() {
    compare(|count| market::World::new(count).costs());
}

#[test]
fn rewards_of_patients_cost_as_much_where_ten_thousand_take_part() {
    compare(|count| patients::World::new(count).costs());
}

#[test]
fn consents_and_jobs_that_name_them_cost_as_much_where_ten_thousand_have_consented() {
    compare(|count| consents::World::new(count).costs());
}

#[test]
fn idle_time_costs_as_much_where_ten_thousand_machines_claim_it() {
    compare(|count| idle::World::new(count).costs());
}

#[test]
fn flows_cost_as_much_where_ten_thousand_are_open() {
    compare(|count| flows::World::new(count).costs());
}

#[test]
fn a_voucher_is_redeemed_alone_and_among_64_within_its_budget() {
    flows::budgets();
}

#[test]
fn feeds_cost_as_much_where_there_are_ten_thousand() {
    compare(|count| feeds::World::new(count).costs());
}

#[test]
fn agreements_cost_as_much_where_ten_thousand_are_open_and_ten_thousand_have_contributed() {
    compare(|count| escrow::World::new(count).costs());
}

#[test]
fn an_agreement_is_made_and_approved_within_its_budget() {
    escrow::budgets();
}

#[test]
fn payments_cost_as_much_where_there_are_ten_thousand_offers_and_receipts() {
    compare(|count| checkout::World::new(count).costs());
}

#[test]
fn listings_cost_as_much_where_ten_thousand_stand_and_as_many_jurors_have_a_seat() {
    compare(|count| listings::World::new(count).costs());
}

#[test]
fn rounds_cost_as_much_where_ten_thousand_are_known_and_as_many_requests_wait() {
    compare(|count| rounds::World::new(count as u64).costs());
}
