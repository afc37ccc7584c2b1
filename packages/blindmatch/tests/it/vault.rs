use std::collections::BTreeSet;

use crate::common::{
    Committee, EPOCH, attributes, compile,
    forged::{Forged, tag_of},
    poster, rng,
};
use bithive_blindmatch::{
    attributes::Attributes,
    oprf::Tags,
    policy::{CompiledPolicy, Policy, PolicyError, Predicate},
    schema::{Input, Schema, SlotId},
    tree::{Tree, TreeError},
    vault::{DEFAULT_BUDGET, MatchKey, Opened, Opener, Poster, Vault, VaultError},
};
use proptest::prelude::*;

const EXAMPLE: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";

fn seal(committee: &Committee, policy: &CompiledPolicy, seed: u64) -> (Vault, MatchKey) {
    let tags = committee.tags(&policy.inputs(), seed);
    Vault::seal(policy, &tags, &poster(), [3; 32], [4; 32], DEFAULT_BUDGET, &mut rng(seed)).unwrap()
}

fn open(committee: &Committee, vault: &Vault, own: &Attributes) -> Option<Opened> {
    vault.open(&committee.tags(own.inputs(), 77), &poster()).unwrap()
}

/// Where the masked shares begin.
fn masked(vault: &Vault) -> Vec<u8> {
    let bytes = vault.encode();
    bytes[bytes.len() - 20 * vault.tree().leaves().len()..].to_vec()
}

#[test]
fn a_contributor_that_satisfies_the_policy_gets_the_requesters_key() {
    let committee = Committee::new(3, 2);
    let (vault, key) = seal(&committee, &compile(EXAMPLE), 1);
    let opened = open(&committee, &vault, &attributes(24, "ch", &["iso27001", "gdpr"])).unwrap();
    assert!(opened.key == key);
    let slots: Vec<_> = opened.leaves.iter().map(|(_, slot)| slot.0).collect();
    assert_eq!(slots, [2, 6, 7, 9]);
    assert!(opened.leaves.iter().all(|(leaf, slot)| vault.tree().leaves()[usize::from(*leaf)] == slot));
    assert!(open(&committee, &vault, &attributes(24, "us", &["iso27001", "gdpr"])).is_none());
    assert!(open(&committee, &vault, &attributes(12, "ch", &["iso27001", "gdpr"])).is_none());
    assert!(open(&committee, &vault, &attributes(24, "ch", &["gdpr"])).is_none());
}

#[test]
fn every_vault_has_its_own_key() {
    let committee = Committee::new(3, 2);
    let policy = compile("gdpr");
    let ((one, first), (two, second)) = (seal(&committee, &policy, 1), seal(&committee, &policy, 2));
    assert!(first != second);
    let own = attributes(8, "eu", &["gdpr"]);
    assert!(open(&committee, &one, &own).unwrap().key == first);
    assert!(open(&committee, &two, &own).unwrap().key == second);
    // The same masked shares behind another endpoint open for nobody, so that nobody answers the wrong party.
    let mut bytes = one.encode();
    bytes[89 + 31] ^= 1;
    let redirected = Vault::decode(&bytes).unwrap();
    assert_ne!(redirected.endpoint(), one.endpoint());
    assert!(open(&committee, &redirected, &own).is_none());
}

/// A requester that reads from a claim which leaf opened its vault: each leaf of an OR has a key of its own.
#[test]
fn an_or_whose_leaves_have_keys_of_their_own_opens_by_one_of_them_only() {
    let committee = Committee::new(3, 2);
    let policy = compile("any 1 of (iso27001, hipaa, gdpr)");
    let (vault, key) = seal(&committee, &policy, 1);
    let holders = ["iso27001", "hipaa", "gdpr"].map(|badge| attributes(8, "eu", &[badge]));
    let honest: Vec<_> = holders.iter().map(|own| open(&committee, &vault, own).unwrap()).collect();
    assert!(honest.iter().all(|opened| opened.key == key));
    // It knows all secrets, and has committed to that of one leaf.
    let mut forged = Forged::of(&vault, "bithive1requester");
    let tags = committee.tags(&policy.inputs(), 1);
    let secret = forged.share(0, &tag_of(&tags, &policy.inputs()[0]));
    for leaf in 1..vault.tree().leaves().len() {
        // Shares are masked by a sum: what is added to a masked share is added to the share. The check, its first 8 bytes, stays.
        forged.shares[leaf][8] ^= leaf as u8;
    }
    let dishonest = forged.authenticated(&secret);
    for (opened, own) in honest.iter().zip(&holders) {
        let tells = open(&committee, &dishonest, own);
        assert_eq!(tells.is_some(), opened.leaves[0].0 == 0, "only the leaf that was left as it is");
    }
}

/// A stranger that posts somebody's vault as its own, or sets its own key in it, would be told who qualifies; one that can
/// post in somebody's name, or stands between a node and the chain, would learn by which leaf.
#[test]
fn a_vault_that_somebody_else_posts_or_changes_opens_for_nobody() {
    let committee = Committee::new(3, 2);
    let (vault, _) = seal(&committee, &compile("gdpr or hipaa"), 1);
    let own = attributes(8, "eu", &["gdpr", "hipaa"]);
    assert!(open(&committee, &vault, &own).is_some());
    let tags = committee.tags(own.inputs(), 77);
    for (chain, market, account) in [
        ("bithive-2", "bithive1jobs", "bithive1requester"),
        ("bithive-1", "bithive1market", "bithive1requester"),
        ("bithive-1", "bithive1jobs", "bithive1stranger"),
    ] {
        assert!(vault.open(&tags, &Poster::new(chain, market, account)).unwrap().is_none());
    }
    let bytes = vault.encode();
    // Every byte where the vault still is one and of the same schema and epoch, also of leaves that nobody needs.
    let mut opened = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let Ok(Ok(found)) = Vault::decode(&changed).map(|vault| vault.open(&tags, &poster())) else {
            continue;
        };
        assert!(found.is_none(), "byte {at}");
        opened += 1;
    }
    let shares = 20 * vault.tree().leaves().len();
    assert!(opened >= 16 + 32 + 32 + 32 + 16 + shares, "nonce, keys, commitment, MAC, shares: {opened}");
}

/// A stranger that takes an OR apart leaf by leaf would learn who opens which.
#[test]
fn a_leaf_that_is_taken_out_of_a_vault_opens_for_nobody() {
    let committee = Committee::new(3, 2);
    let (whole, _) = seal(&committee, &compile("gdpr or hipaa"), 1);
    let (single, _) = seal(&committee, &compile("gdpr"), 2);
    let (bytes, mut apart) = (whole.encode(), single.encode());
    let (from, places) = (bytes.len() - 20 * whole.tree().leaves().len(), single.tree().leaves().len());
    let to = apart.len() - 20 * places;
    let own = attributes(8, "eu", &["gdpr", "hipaa"]);
    for leaf in 0..whole.tree().leaves().len() {
        apart[to..].copy_from_slice(&bytes[from + 20 * leaf..from + 20 * (leaf + 1)].repeat(places));
        apart[41..57].copy_from_slice(&bytes[41..57]); // the nonce
        assert!(open(&committee, &Vault::decode(&apart).unwrap(), &own).is_none());
    }
}

#[test]
fn two_vaults_of_one_policy_look_unrelated() {
    let committee = Committee::new(3, 2);
    let policy = compile(EXAMPLE);
    let (one, two) = (seal(&committee, &policy, 1).0, seal(&committee, &policy, 2).0);
    let blocks: BTreeSet<_> = masked(&one).chunks(20).map(<[u8]>::to_vec).collect();
    assert_eq!(blocks.len(), 13);
    assert!(masked(&two).chunks(20).all(|block| !blocks.contains(block)));
    // Of 260 independent bytes one agrees on average.
    assert!(masked(&one).iter().zip(masked(&two)).filter(|(a, b)| *a == b).count() <= 6);
}

#[test]
fn policies_that_differ_in_values_only_have_the_same_public_bytes() {
    let committee = Committee::new(3, 2);
    let vault = |text: &str| seal(&committee, &compile(text), 1).0;
    let public = |text: &str| {
        let vault = vault(text);
        let bytes = vault.encode();
        // The MAC is 16 bytes before the shares, and as random as they are.
        bytes[..bytes.len() - masked(&vault).len() - 16].to_vec()
    };
    for (one, other) in [
        ("vram >= 16", "vram >= 48"),
        ("region in (eu, ch)", "region in (us, jp)"),
        ("any 2 of (iso27001, hipaa)", "any 2 of (hipaa, gdpr)"),
        (EXAMPLE, "vram >= 80 and region in (us, jp) and any 2 of (iso27001, gdpr)"),
    ] {
        // Generators of one seed make the same nonce, which is all else that differs.
        assert_eq!(public(one), public(other), "{one}, {other}");
    }
    let bytes = vault(EXAMPLE).encode();
    for value in ["iso27001", "hipaa", "gdpr", "region", "vram", "yes"] {
        assert!(!bytes.windows(value.len()).any(|window| window == value.as_bytes()), "{value}");
    }
}

#[test]
fn equal_leaves_of_one_vault_look_unrelated() {
    let committee = Committee::new(3, 2);
    let (vault, _) = seal(&committee, &compile("gdpr or gdpr"), 1);
    let masked = masked(&vault);
    assert_ne!(masked[..20], masked[20..]);
}

#[test]
fn the_size_bound_holds_for_every_shape() {
    let committee = Committee::new(2, 2);
    let many = vec!["gdpr"; 85].join(" or ");
    let binary =
        (0..4).fold("gdpr".to_owned(), |inner, _| format!("({inner} and gdpr) or ({inner} and hipaa)"));
    let pairs = vec!["any 1 of (gdpr, hipaa)"; 64].join(" or ");
    for text in ["gdpr", "gdpr and hipaa", EXAMPLE, &many, &binary, &pairs] {
        let policy = compile(text);
        let (vault, _) = seal(&committee, &policy, 1);
        let leaves = policy.tree().leaves().len();
        assert!(vault.encode().len() <= 24 * leaves + 200, "{leaves} leaves: {}", vault.encode().len());
    }
}

#[test]
fn sealing_refuses_a_tree_above_the_budget() {
    let committee = Committee::new(2, 2);
    let policy = compile(&format!("any 2 of ({})", vec!["gdpr"; 64].join(", ")));
    assert_eq!(policy.tree().decoding_cost(), 64 * (3 * 8 + 3 + 3), "8 to unmask a leaf, and two operations");
    let tags = committee.tags(&policy.inputs(), 1);
    let seal =
        |budget| Vault::seal(&policy, &tags, &poster(), [0; 32], [0; 32], budget, &mut rng(1)).map(|_| ());
    assert_eq!(seal(1920), Ok(()));
    assert_eq!(seal(1919), Err(TreeError::TooCostly { cost: 1920, budget: 1919 }.into()));
}

#[test]
fn a_gate_costs_more_where_its_check_is_not_known() {
    let leaves = |count: usize| vec![Tree::Leaf(()); count];
    let gate = |needed, children| Tree::Gate { needed, children };
    let cost = |tree: &Tree<()>| (tree.decoding_cost(), tree.combinations());
    // Leaves, and a division each; then the differences from each of the first two, and the rest.
    assert_eq!(cost(&gate(2, leaves(4))), (4 * 8 + 4, 6));
    assert_eq!(cost(&gate(3, leaves(4))), (4 * 8 + 4 + 3 + 2, 4));
    // Below an AND the differences from three leaves give six candidates, and those are the largest list.
    assert_eq!(cost(&gate(2, vec![gate(2, leaves(4)), Tree::Leaf(())])), (5 * 8 + 3 + 2 + 1 + 6 + 6 + 1, 6));
    assert_eq!(cost(&gate(1, vec![gate(2, leaves(4)), Tree::Leaf(())])), (5 * 8 + 4, 7));
    // Absurd trees are refused as well, not computed.
    assert_eq!(cost(&gate(128, leaves(255))), (u64::MAX, u64::MAX));
    assert!(gate(0, leaves(2)).decoding_cost() > 0 && gate(9, leaves(2)).combinations() == 0);
}

#[test]
fn sealing_refuses_too_many_combinations_even_if_they_are_cheap() {
    let leaves = |count: usize| Tree::Gate { needed: 3, children: vec![Tree::Leaf(()); count] };
    assert_eq!(leaves(117).check(DEFAULT_BUDGET), Ok(()));
    assert_eq!(leaves(118).check(DEFAULT_BUDGET), Err(TreeError::TooManyCombinations { found: 266_916 }));
    assert!(leaves(118).decoding_cost() < DEFAULT_BUDGET);
}

#[test]
fn two_of_sixty_four_leaves_open_with_any_two() {
    let committee = Committee::new(2, 2);
    let text = format!("any 2 of ({}, hipaa, iso27001)", vec!["region in (us, cn, jp)"; 20].join(", "));
    let (vault, key) = seal(&committee, &compile(&text), 1);
    assert!(open(&committee, &vault, &attributes(8, "eu", &["hipaa", "iso27001"])).unwrap().key == key);
    assert!(open(&committee, &vault, &attributes(8, "jp", &[])).unwrap().key == key);
    assert!(open(&committee, &vault, &attributes(8, "eu", &["hipaa"])).is_none());
}

#[test]
fn foreign_and_ambiguous_tags_are_refused() {
    let committee = Committee::new(2, 2);
    let policy = compile("region in (eu, ch)");
    let (vault, _) = seal(&committee, &policy, 1);
    let own = committee.tags(attributes(8, "eu", &[]).inputs(), 1).encode();
    let with = |range: core::ops::Range<usize>| {
        let mut bytes = own.to_vec();
        bytes[range].fill(9);
        Tags::decode(&bytes).unwrap()
    };
    let (schema, epoch) = (with(1..33), with(33..41));
    let found = epoch.epoch();
    assert_eq!(vault.open(&schema, &poster()).err(), Some(VaultError::Schema));
    assert_eq!(vault.open(&epoch, &poster()).err(), Some(VaultError::Epoch { found, expected: EPOCH }));
    let both = committee.tags(&policy.inputs(), 1);
    assert_eq!(vault.open(&both, &poster()).err(), Some(VaultError::SlotTwice(SlotId(6))));
    let seal = |tags: &Tags| {
        Vault::seal(&policy, tags, &poster(), [0; 32], [0; 32], DEFAULT_BUDGET, &mut rng(1)).err()
    };
    assert_eq!(seal(&schema), Some(VaultError::Schema));
    let missing = Input { slot: SlotId(6), value: "ch".to_owned() };
    assert_eq!(
        seal(&committee.tags(attributes(8, "eu", &[]).inputs(), 1)),
        Some(VaultError::MissingTag(missing.slot))
    );
}

#[test]
fn tags_of_another_epoch_do_not_open_a_vault_that_lies_about_its_epoch() {
    let committee = Committee::new(2, 2);
    let (vault, _) = seal(&committee, &compile("gdpr"), 1);
    let mut bytes = vault.encode();
    bytes[8] += 1;
    let lying = Vault::decode(&bytes).unwrap();
    let mut own = committee.tags(attributes(8, "eu", &["gdpr"]).inputs(), 1).encode().to_vec();
    own[40] += 1;
    // Tags whose label is changed along with the vault's.
    assert!(lying.open(&Tags::decode(&own).unwrap(), &poster()).unwrap().is_none());
    assert!(open(&committee, &vault, &attributes(8, "eu", &["gdpr"])).is_some());
}

#[test]
fn many_vaults_are_tried_in_order_and_foreign_ones_stay_shut() {
    let committee = Committee::new(2, 2);
    let texts = ["gdpr", "vram >= 48", EXAMPLE, "any 2 of (gdpr, region = ch, vram >= 80)"];
    let policies = texts.map(compile);
    let inputs: BTreeSet<_> = policies.iter().flat_map(CompiledPolicy::inputs).collect();
    let tags = committee.tags(&inputs.into_iter().collect::<Vec<_>>(), 1);
    let mut rng = rng(1);
    // More than two batches.
    let sealed: Vec<_> = (0..2_600)
        .map(|number| {
            let policy = &policies[number % 4];
            let (vault, key) =
                Vault::seal(policy, &tags, &poster(), [3; 32], [4; 32], DEFAULT_BUDGET, &mut rng).unwrap();
            let mut bytes = vault.encode();
            // Every seventh is of another epoch.
            bytes[8] += u8::from(number % 7 == 6);
            (Vault::decode(&bytes).unwrap(), key)
        })
        .collect();
    let own = committee.tags(attributes(24, "ch", &["iso27001", "gdpr"]).inputs(), 5);
    let opener = Opener::new(&own).unwrap();
    let found: Vec<_> = opener.open_many(sealed.iter().map(|(vault, _)| (vault, poster()))).collect();
    let expected: Vec<_> = (0..2_600).filter(|number| number % 4 != 1 && number % 7 != 6).collect();
    assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|(number, opened)| opened.key == sealed[*number].1));
    // Each opens on its own as it does among many.
    assert!(sealed.iter().enumerate().all(|(number, (vault, _))| {
        vault.open(&own, &poster()).is_ok_and(|opened| opened.is_some())
            == expected.binary_search(&number).is_ok()
    }));
    // Owned vaults as they arrive; no more than a batch is read ahead.
    let mut read = 0;
    let arriving = sealed.iter().map(|(vault, _)| (vault.clone(), poster())).inspect(|_| read += 1);
    assert_eq!(opener.open_many(arriving).take(5).count(), 5);
    assert_eq!(read, 1024);
    assert_eq!(opener.open_many(Vec::<(Vault, Poster)>::new()).count(), 0);
}

fn predicate() -> impl Strategy<Value = Policy> {
    let word = |list: &'static [&'static str]| prop::sample::select(list).prop_map(str::to_owned);
    let reaches = prop::sample::select(vec![8_u64, 12, 16, 24, 48, 80])
        .prop_map(|threshold| Predicate::Reaches { attribute: "vram".to_owned(), threshold });
    let one_of = prop::sample::subsequence(vec!["eu", "ch", "uk", "us", "cn"], 1..4).prop_map(|values| {
        let values = values.into_iter().map(str::to_owned).collect();
        Predicate::OneOf { attribute: "region".to_owned(), values }
    });
    let has = word(&["iso27001", "hipaa", "gdpr"])
        .prop_map(|member| Predicate::Has { attribute: "certifications".to_owned(), member });
    prop_oneof![reaches, one_of, has].prop_map(Policy::Is)
}

fn policy() -> impl Strategy<Value = Policy> {
    predicate().prop_recursive(3, 24, 4, |part| {
        let parts = prop::collection::vec(part, 1..5);
        prop_oneof![
            parts.clone().prop_map(Policy::All),
            parts.clone().prop_map(Policy::Any),
            (parts, any::<prop::sample::Index>())
                .prop_map(|(of, needed)| Policy::AtLeast { needed: needed.index(of.len()) as u16 + 1, of }),
        ]
    })
}

/// Attributes have no `Debug`, so that cases are made of what they are built from.
fn contributor() -> impl Strategy<Value = (u64, &'static str, Vec<&'static str>)> {
    let certifications = prop::sample::subsequence(vec!["iso27001", "hipaa", "gdpr"], 0..=3);
    (0..100_u64, prop::sample::select(vec!["eu", "ch", "uk", "us", "cn"]), certifications)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_vault_opens_if_and_only_if_the_policy_is_satisfied(
        policy in policy(),
        contributors in prop::collection::vec(contributor(), 4),
        seed: u64,
    ) {
        let committee = Committee::new(2, 2);
        let compiled = policy.compile(&Schema::bithive());
        prop_assume!(!matches!(compiled, Err(PolicyError::Tree(_))));
        let compiled = compiled.unwrap();
        prop_assume!(compiled.tree().check(DEFAULT_BUDGET).is_ok());
        let (vault, key) = seal(&committee, &compiled, seed);
        prop_assert_eq!(&Vault::decode(&vault.encode()).unwrap(), &vault);
        prop_assert!(vault.encode().len() <= 24 * compiled.tree().leaves().len() + 200);
        for (vram, region, certifications) in contributors {
            let own = attributes(vram, region, &certifications);
            let satisfied = policy.is_satisfied(&own);
            prop_assert_eq!(compiled.is_satisfied(&own), satisfied);
            match open(&committee, &vault, &own) {
                Some(opened) => {
                    prop_assert!(satisfied && opened.key == key);
                    let agreeing: BTreeSet<_> =
                        compiled.inputs().into_iter().filter(|input| own.inputs().contains(input)).collect();
                    let named_leaves_are_its_own = opened.leaves.iter().all(|(leaf, slot)| {
                        vault.tree().leaves()[usize::from(*leaf)] == slot
                            && agreeing.iter().any(|input| input.slot == *slot)
                    });
                    prop_assert!(named_leaves_are_its_own);
                }
                None => prop_assert!(!satisfied),
            }
        }
    }
}
