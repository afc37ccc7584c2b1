//! What accounts do with listings, and what the chain says of it.

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::listings::{
    Challenge, ConfigResponse, Content, Event, ExecuteMsg, List, State, Verdict, events,
};
use bithive_client::{Next, next_of};
use bithive_command_kit::Output;
use bithive_drand::QUICKNET;
use cosmwasm_std::HexBinary;

use super::accounts::{now, until};
use super::currency::Currency;
use super::listing_args::{AddArgs, ChallengeArgs, UpdateArgs, hash};
use super::listings::Site;

pub(super) async fn add(site: &Site<'_>, args: AddArgs, output: Output) -> Result<()> {
    let category = site.category(&args.category).await?;
    let currency = Currency::of(&site.economy, &category.terms.asset);
    let (asset, bond) = (currency.asset(&site.economy), category.terms.bond.u128());
    let content = Content { name: args.name, uri: args.uri, digest: args.document.hash()? };
    let terms = args.terms.unwrap_or(category.number);
    let new = List { category: args.category, terms, content };
    let account = site.accounts.account(&args.from).await?;
    let receipt = site.listings.list(&account, (&asset, bond), new).await?;
    let listed = |event| match event {
        Event::Listed { id, .. } => Some(id),
        _ => None,
    };
    let done = site.read(&receipt, events::LISTED, listed)?;
    output.show(&done, |done| {
        println!("listing {}, under terms {terms}, with a bond of {}", done.value, currency.show(bond));
    })
}

pub(super) async fn update(site: &Site<'_>, args: UpdateArgs, output: Output) -> Result<()> {
    let UpdateArgs { id, from, name, uri, file, digest, terms } = args;
    let content = match name {
        Some(name) => Some(Content { name, uri, digest: hash(file.as_deref(), digest.as_ref())? }),
        None => None,
    };
    let updated = |event| match event {
        Event::Updated { revision, terms, .. } => Some((revision, terms)),
        _ => None,
    };
    let message = ExecuteMsg::Update { id, content, terms };
    let done = site.tell(&from, &[message], events::UPDATED, updated).await?;
    output.show(&done, |done| {
        let (revision, terms) = done.value;
        println!("listing {id} is at revision {revision}, under terms {terms}");
    })
}

pub(super) async fn top_up(
    site: &Site<'_>,
    id: u64,
    from: &str,
    amount: Option<String>,
    output: Output,
) -> Result<()> {
    let (listing, currency) = site.known(id).await?;
    let amount = match amount {
        Some(text) => currency.read("--amount", &text)?,
        None => {
            let wanted = site.category(&listing.category).await?.terms.bond;
            wanted.saturating_sub(listing.bond).u128()
        }
    };
    ensure!(amount > 0, "--amount is 0; expected at least one base unit, of a bond that is not whole");
    let account = site.accounts.account(from).await?;
    let asset = currency.asset(&site.economy);
    let receipt = site.listings.top_up(&account, (&asset, amount), id).await?;
    let added = |event| match event {
        Event::ToppedUp { bond, .. } => Some(bond.u128()),
        _ => None,
    };
    let done = site.read(&receipt, events::TOPPED_UP, added)?;
    output.show(&done, |done| println!("the bond of listing {id} is {}", currency.show(done.value)))
}

/// Leaves; a challenge that is over is ended in the same transaction, so that nobody can come between with another one.
pub(super) async fn leave(site: &Site<'_>, id: u64, from: &str, output: Output) -> Result<()> {
    let ((listing, _), now) = (site.known(id).await?, now(site.accounts).await?);
    let mut messages = vec![];
    if next_of(&listing, now) == Next::Advance {
        messages.push(ExecuteMsg::Advance { id });
    }
    messages.push(ExecuteMsg::Leave { id });
    let leaving = |event| match event {
        Event::Leaving { ends, .. } => Some(ends),
        _ => None,
    };
    let done = site.tell(from, &messages, events::LEAVING, leaving).await?;
    output.show(&done, |done| {
        println!("listing {id} leaves; its bond stands for {}", until(done.value, now));
    })
}

pub(super) async fn challenge(site: &Site<'_>, args: ChallengeArgs, output: Output) -> Result<()> {
    let id = args.id;
    let ((listing, currency), now) = (site.known(id).await?, now(site.accounts).await?);
    let bond = listing.challenge_bond.u128();
    let (revision, evidence) = (args.revision.unwrap_or(listing.revision), args.evidence.hash()?);
    let new = Challenge { id, revision, evidence, uri: args.uri };
    let account = site.accounts.account(&args.from).await?;
    let asset = currency.asset(&site.economy);
    let receipt = site.listings.challenge(&account, (&asset, bond), new).await?;
    let begun = |event| match event {
        Event::Challenged { challenge, deadline, round, .. } => Some((challenge, deadline, round)),
        _ => None,
    };
    let done = site.read(&receipt, events::CHALLENGED, begun)?;
    output.show(&done, |done| {
        let (number, deadline, round) = done.value;
        println!("challenge {number} of listing {id}, with a bond of {}", currency.show(bond));
        match round {
            Some(round) => println!(
                "round {round} of drand draws its jurors; `listing advance {id}` says how, until {}",
                until(deadline, now)
            ),
            None => println!("its ruler decides until {}", until(deadline, now)),
        }
    })
}

pub(super) async fn rule(site: &Site<'_>, id: u64, from: &str, upheld: bool, output: Output) -> Result<()> {
    let challenge = site.open_challenge(id).await?;
    close(site, id, from, &ExecuteMsg::Rule { id, challenge, upheld }, output).await
}

pub(super) async fn vote(site: &Site<'_>, id: u64, from: &str, upheld: bool, output: Output) -> Result<()> {
    let challenge = site.open_challenge(id).await?;
    let voted = |event| matches!(event, Event::Voted { .. }).then_some(());
    let message = ExecuteMsg::Vote { id, challenge, upheld };
    let done = site.tell(from, &[message], events::VOTED, voted).await?;
    let what = if upheld { "right" } else { "wrong" };
    output.show(&done, |_| println!("{from} says that the challenger of listing {id} is {what}"))
}

/// Does what is anybody's to do next.
pub(super) async fn advance(
    site: &Site<'_>,
    id: u64,
    from: &str,
    beacon: Option<HexBinary>,
    output: Output,
) -> Result<()> {
    let ((listing, currency), now) = (site.known(id).await?, now(site.accounts).await?);
    match next_of(&listing, now) {
        Next::Advance => close(site, id, from, &ExecuteMsg::Advance { id }, output).await,
        Next::Finish => {
            let left = |event| match event {
                Event::Left { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = site.tell(from, &[ExecuteMsg::Finish { id }], events::LEFT, left).await?;
            output.show(&done, |done| {
                println!("listing {id} is gone; {} are its owner's to withdraw", currency.show(done.value));
            })
        }
        Next::Draw { round } => {
            let Some(signature) = beacon else {
                bail!("{}", asks_for(&site.listings.config().await?, round, now))
            };
            draw(site, id, from, signature, output).await
        }
        Next::Later { at } => {
            bail!("nothing is to be done with listing {id} before its time {}", until(at, now))
        }
        Next::Nothing if listing.cases > 0 && matches!(listing.state, State::Leaving { .. }) => {
            bail!("the bond of listing {id} stands for {} open cases of its owner, a juror", listing.cases)
        }
        Next::Nothing => bail!("nothing is to be done with listing {id}; nobody has challenged it or leaves"),
    }
}

/// Which beacon a draw needs, and where it is.
fn asks_for(config: &ConfigResponse, round: u64, now: u64) -> String {
    let drand = &config.drand;
    let at = round.saturating_sub(1).saturating_mul(drand.period.into()).saturating_add(drand.genesis);
    let place = if drand.public_key.as_slice() == QUICKNET.public_key {
        format!("https://api.drand.sh/v2/beacons/quicknet/rounds/{round} has it as `signature`")
    } else {
        format!("it is of the network with the public key {}", drand.public_key)
    };
    format!("--beacon: the jurors are drawn by round {round} of drand, published {}; {place}", until(at, now))
}

async fn draw(site: &Site<'_>, id: u64, from: &str, signature: HexBinary, output: Output) -> Result<()> {
    let account = site.accounts.account(from).await?;
    let receipt = site.listings.execute(&account, &[ExecuteMsg::Draw { id, signature }]).await?;
    let told = |event| match event {
        Event::Drawn { jurors, .. } => Some(format!(
            "{} judge listing {id}: `listing vote`",
            jurors.iter().map(|juror| juror.as_str()).collect::<Vec<_>>().join(", ")
        )),
        Event::Redrawn { round, .. } => {
            Some(format!("too many seats are empty; the next draw is by round {round}"))
        }
        _ => None,
    };
    let done =
        site.read(&receipt, events::DRAWN, told).or_else(|_| site.read(&receipt, events::REDRAWN, told))?;
    output.show(&done, |done| println!("{}", done.value))
}

/// Sends what ends a challenge, and tells how it ended.
async fn close(site: &Site<'_>, id: u64, from: &str, message: &ExecuteMsg, output: Output) -> Result<()> {
    let (_, currency) = site.known(id).await?;
    let ended = |event| match event {
        Event::Closed { verdict, won, .. } => Some((verdict, won.u128())),
        _ => None,
    };
    let done = site.tell(from, std::slice::from_ref(message), events::CLOSED, ended).await?;
    output.show(&done, |done| {
        let (verdict, won) = (done.value.0, currency.show(done.value.1));
        match verdict {
            Verdict::Upheld => println!("listing {id} is removed; {won} of its bond are the challenger's"),
            Verdict::Rejected => {
                println!("listing {id} stands; {won} of the challenger's bond are its owner's")
            }
            Verdict::Unruled => println!("nobody has decided; listing {id} stands, and both bonds return"),
        }
    })
}

pub(super) async fn label(
    site: &Site<'_>,
    id: u64,
    from: &str,
    label: Option<String>,
    output: Output,
) -> Result<()> {
    let said = |event| matches!(event, Event::Labelled { .. }).then_some(());
    let done = site.tell(from, &[ExecuteMsg::Label { id, label }], events::LABELLED, said).await?;
    output.show(&done, |_| println!("the label is on chain"))
}

pub(super) async fn withdraw(site: &Site<'_>, from: &str, asset: &Currency, output: Output) -> Result<()> {
    pay(site, from, ExecuteMsg::Withdraw { asset: asset.asset(&site.economy) }, asset, output).await
}

pub(super) async fn collect(site: &Site<'_>, from: &str, asset: &Currency, output: Output) -> Result<()> {
    pay(site, from, ExecuteMsg::Collect { asset: asset.asset(&site.economy) }, asset, output).await
}

async fn pay(
    site: &Site<'_>,
    from: &str,
    message: ExecuteMsg,
    asset: &Currency,
    output: Output,
) -> Result<()> {
    let withdrawn = |event| match event {
        Event::Withdrawn { amount, .. } => Some(amount.u128()),
        _ => None,
    };
    let done = site.tell(from, &[message], events::WITHDRAWN, withdrawn).await?;
    output.show(&done, |done| println!("{} is paid", asset.show(done.value)))
}

impl Site<'_> {
    /// Number of a listing's open challenge.
    async fn open_challenge(&self, id: u64) -> Result<u64> {
        let challenge = self.known(id).await?.0.challenge;
        Ok(challenge.with_context(|| format!("listing {id} is not challenged"))?.number)
    }
}

#[cfg(test)]
mod tests {
    use bithive_api::listings::Drand;

    use super::*;

    #[test]
    fn who_needs_a_beacon_is_told_which_and_where_it_is_published() {
        let quicknet = Drand { public_key: QUICKNET.public_key.into(), genesis: QUICKNET.genesis, period: 3 };
        let treasury = cosmwasm_std::Addr::unchecked("treasury");
        let mut config =
            ConfigResponse { owner: None, pending_owner: None, treasury, drand: quicknet, paused: false };
        let text = asks_for(&config, 11, QUICKNET.genesis);
        assert!(
            text.contains(
                "round 11 of drand, published in 30 s; https://api.drand.sh/v2/beacons/quicknet/rounds/11"
            ),
            "{text}"
        );
        config.drand.public_key = vec![0xab; 96].into();
        assert!(asks_for(&config, 11, 0).contains("public key abab"));
    }
}
