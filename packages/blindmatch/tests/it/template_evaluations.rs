//! What a requester has evaluated shows which attributes it asks about, not which thresholds or members.

use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::{Schema, SlotId};

fn slots(text: &str) -> Vec<SlotId> {
    let schema = Schema::bithive();
    let compiled = Policy::parse(text, &schema).unwrap().compile(&schema).unwrap();
    let evaluations = compiled.evaluations();
    assert!(compiled.inputs().iter().all(|input| evaluations.contains(input)), "every input is evaluated");
    evaluations.into_iter().map(|input| input.slot).collect()
}

#[test]
fn requests_of_policies_that_differ_in_values_have_the_same_slots() {
    let base = slots("vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa)");
    assert_eq!(base, slots("vram >= 80 and region in (us, jp) and any 2 of (hipaa, gdpr)"));
    assert_ne!(base, slots("vram >= 16 and region = eu and any 2 of (iso27001, hipaa)"));
    assert_ne!(base, slots("vram >= 16 and region in (eu, ch)"));
}

#[test]
fn categories_get_no_evaluation_beyond_those_asked_for() {
    assert_eq!(slots("region = eu").len(), 1);
}
