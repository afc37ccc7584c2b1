//! Who might gain by a wrong registration or a wrong challenge, and what becomes of it.

use bithive_api::models::{ExecuteMsg, Ruling};
use bithive_models::ContractError;
use bithive_test_kit::models::{BOND, NOTICE, RULING, card};
use bithive_test_kit::refusal;

use crate::register::{digest, new, paid};

/// A front-runner sees a registration on its way and is first. The author challenges it within the notice: the front-runner
/// is never paid, loses its bond, and nobody can be first once more when it is gone.
#[test]
fn a_front_runner_is_never_paid_and_pays_the_author() {
    let (mut suite, models, [thief, author, _]) = new();
    models.register(&mut suite, &thief, &digest(1)).unwrap();
    let treasury = suite.treasury.clone();
    suite.advance(NOTICE - 1);
    models.challenge(&mut suite, &author, &digest(1), Some(card())).unwrap();
    suite.advance(NOTICE);
    assert_eq!(paid(&suite, &models, &digest(1)), None, "challenged before it was in force");
    models.rule(&mut suite, &digest(1), Ruling::Challenger).unwrap();
    assert_eq!(paid(&suite, &models, &digest(1)), Some(author.clone()));
    assert_eq!(models.model(&suite, &digest(1)).unwrap().bond.u128(), BOND, "the deposit is the bond now");
    assert_eq!(models.claimable(&suite, &author), BOND / 2);
    assert_eq!(models.claimable(&suite, &thief), 0);
    assert_eq!(suite.balance(&treasury), BOND - BOND / 2);
    models.check(&suite);
}

/// A challenge without reason takes no income from an owner in force, and costs the challenger its deposit, half of it the
/// owner's: its griefing factor is negative.
#[test]
fn a_challenge_without_reason_takes_nothing_from_an_owner_and_pays_it() {
    let (mut suite, models, [owner, griefer, _]) = new();
    models.register(&mut suite, &owner, &digest(1)).unwrap();
    suite.advance(NOTICE);
    models.challenge(&mut suite, &griefer, &digest(1), Some(card())).unwrap();
    assert_eq!(paid(&suite, &models, &digest(1)), Some(owner.clone()), "goes on while it is challenged");
    // One at a time, and the owner can't slip away with its bond.
    assert!(matches!(
        refusal(models.challenge(&mut suite, &griefer, &digest(1), None)),
        ContractError::Challenged { .. }
    ));
    let leave = ExecuteMsg::Leave { model: digest(1) };
    assert!(matches!(refusal(models.send(&mut suite, &owner, &leave)), ContractError::Challenged { .. }));
    models.rule(&mut suite, &digest(1), Ruling::Registrant).unwrap();
    assert_eq!(models.claimable(&suite, &owner), BOND / 2);
    assert_eq!(models.claimable(&suite, &griefer), 0);
    assert_eq!(suite.balance(&suite.treasury), BOND - BOND / 2);
    assert_eq!(paid(&suite, &models, &digest(1)), Some(owner));
    models.check(&suite);
}

/// A thief whose friend challenges it, so that no other can: whatever is ruled, both together lose, and the friend gets the
/// model only if governance takes it for the author.
#[test]
fn challenging_oneself_costs_half_a_bond_at_least() {
    for (ruling, left) in
        [(Ruling::Registrant, BOND / 2 + BOND), (Ruling::Challenger, BOND / 2 + BOND), (Ruling::Neither, 0)]
    {
        let (mut suite, models, [thief, friend, author]) = new();
        models.register(&mut suite, &thief, &digest(1)).unwrap();
        let error: ContractError = refusal(models.challenge(&mut suite, &thief, &digest(1), None));
        assert!(matches!(error, ContractError::OwnChallenge { .. }), "{error}");
        models.challenge(&mut suite, &friend, &digest(1), None).unwrap();
        models.rule(&mut suite, &digest(1), ruling).unwrap();
        let bond = models.model(&suite, &digest(1)).map_or(0, |model| model.bond.u128());
        let both = models.claimable(&suite, &thief) + models.claimable(&suite, &friend) + bond;
        assert_eq!(both, left, "{ruling:?}");
        assert!(both < 2 * BOND);
        if ruling == Ruling::Neither {
            models.register(&mut suite, &author, &digest(1)).unwrap();
        }
        models.check(&suite);
    }
}

/// Governance says nothing: nobody gets another's money, what was challenged before it was in force does not come into force
/// by silence, and what was in force remains.
#[test]
fn silence_pays_no_liar() {
    let (mut suite, models, [thief, author, _]) = new();
    models.register(&mut suite, &thief, &digest(1)).unwrap();
    models.challenge(&mut suite, &author, &digest(1), Some(card())).unwrap();
    suite.advance(RULING + 1);
    models.close(&mut suite, &digest(1)).unwrap();
    assert_eq!(models.model(&suite, &digest(1)), None);
    assert_eq!((models.claimable(&suite, &thief), models.claimable(&suite, &author)), (BOND, BOND));
    models.check(&suite);

    let (mut suite, models, [owner, other, _]) = new();
    models.register(&mut suite, &owner, &digest(1)).unwrap();
    suite.advance(NOTICE);
    models.challenge(&mut suite, &other, &digest(1), Some(card())).unwrap();
    suite.advance(RULING + 1);
    models.close(&mut suite, &digest(1)).unwrap();
    assert_eq!(paid(&suite, &models, &digest(1)), Some(owner.clone()));
    assert_eq!((models.claimable(&suite, &owner), models.claimable(&suite, &other)), (0, BOND));
    models.check(&suite);
}

/// An owner that leaves with somebody else's model is challenged while its bond is there.
#[test]
fn a_thief_that_leaves_can_still_be_challenged() {
    let (mut suite, models, [thief, author, _]) = new();
    models.register(&mut suite, &thief, &digest(1)).unwrap();
    suite.advance(NOTICE);
    models.send(&mut suite, &thief, &ExecuteMsg::Leave { model: digest(1) }).unwrap();
    models.challenge(&mut suite, &author, &digest(1), None).unwrap();
    models.rule(&mut suite, &digest(1), Ruling::Challenger).unwrap();
    assert_eq!((models.claimable(&suite, &author), models.claimable(&suite, &thief)), (BOND + BOND / 2, 0));
    assert_eq!(models.model(&suite, &digest(1)), None);
    models.check(&suite);
}

/// A hook that an account makes up registers nobody.
#[test]
fn a_hook_that_the_token_did_not_send_registers_nobody() {
    let (mut suite, models, [alice, _, _]) = new();
    let hook = bithive_api::models::Hook::Register { model: digest(1), card: card() };
    let msg = cosmwasm_std::to_json_binary(&hook).unwrap();
    let spoofed = cw20::Cw20ReceiveMsg { sender: alice.to_string(), amount: BOND.into(), msg };
    assert!(models.send(&mut suite, &alice, &ExecuteMsg::Receive(spoofed)).is_err());
    assert_eq!(models.model(&suite, &digest(1)), None);
}
