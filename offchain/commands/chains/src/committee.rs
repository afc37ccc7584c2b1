//! `bithive committee name`: the owner of the registry says who evaluates attributes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use bithive_api::delay::limits::DELAY_SECONDS;
use bithive_api::registry::{CommitteeMember, CommitteeResponse, ConfigResponse, ExecuteMsg, QueryMsg};
use bithive_chain::{ChainExt as _, Message, Wallet, validate_address};
use bithive_client::{OwnerMessage, Stage, set_as_owner};
use bithive_command_kit::Output;
use bithive_deploy::Contract;
use bithive_exchange::PeerId;
use bithive_token_commands::Transactions;
use cosmwasm_std::HexBinary;
use serde_json::json;

use super::place::{Place, PlaceArgs};
use super::settings;

/// Arguments of `bithive committee name`.
#[derive(clap::Args)]
pub struct NameArgs {
    /// A member, as `bithive committee keys` shows it; in index order, 2 to 7 of them.
    #[arg(long = "member", value_name = "ACCOUNT=ENDPOINT", value_parser = member, required = true)]
    members: Vec<Member>,
    /// Members needed for one evaluation; by default the least that are more than half.
    #[arg(long)]
    threshold: Option<u8>,
    /// First epoch of the committee; by default the first in which it can begin.
    #[arg(long, value_name = "NUMBER")]
    from_epoch: Option<u64>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Account and endpoint of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    account: String,
    endpoint: PeerId,
}

fn member(text: &str) -> Result<Member, String> {
    let expected = "expected an account and its endpoint, like bithive1...=64 hex digits";
    let (account, endpoint) = text.split_once('=').ok_or(expected)?;
    let account = validate_address(account).map_err(|error| format!("{error}; {expected}"))?;
    let endpoint = endpoint.parse().map_err(|_| expected)?;
    Ok(Member { account: account.to_string(), endpoint })
}

/// Runs the command. 1 if what was set has to wait.
pub async fn name(args: NameArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts: BTreeSet<_> = args.members.iter().map(|member| &member.account).collect();
    let endpoints: BTreeSet<_> = args.members.iter().map(|member| member.endpoint.0).collect();
    ensure!(
        accounts.len() == args.members.len() && endpoints.len() == args.members.len(),
        "--member: an account or an endpoint is named twice; each member has its own"
    );
    args.place.run(Transactions::One, output, send(&args, home, output)).await
}

async fn send(args: &NameArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let NameArgs { members, threshold, from_epoch, place: at } = args;
    let (place, option) = (at.open(home).await?, at.option());
    let (chain, registry) = (place.chain(), place.contract(Contract::Registry)?);
    let account = place.account().await?;
    let now = chain.info().await?.time.seconds();
    let config: ConfigResponse = chain.query(registry, &QueryMsg::Config {}).await?;
    let epoch_seconds = config.params.epoch_seconds.max(1);
    let most = u8::try_from(members.len()).unwrap_or(u8::MAX);
    let threshold = threshold.unwrap_or_else(|| (most / 2).saturating_add(1));
    let members: Vec<_> = members
        .iter()
        .map(|Member { account, endpoint }| CommitteeMember {
            address: account.clone(),
            endpoint: HexBinary::from(endpoint.0),
        })
        .collect();
    let begins_at = |from_epoch| ExecuteMsg::SetCommittee { members: members.clone(), threshold, from_epoch };
    let from_epoch = match *from_epoch {
        Some(epoch) => epoch,
        None => match announced(&place, registry, begins_at).await? {
            Some(epoch) => epoch,
            None => first_epoch(account.wallet(), registry, (now, epoch_seconds), begins_at).await?,
        },
    };
    let message = begins_at(from_epoch);
    let message = OwnerMessage::new(Contract::Registry, registry, &message)?;
    let waits = set_as_owner(account.wallet(), &[message]).await?.waits;
    let begins_in = from_epoch.saturating_mul(epoch_seconds);
    let answer = json!({
        "chain_id": place.chain_id(), "members": members, "threshold": threshold, "from_epoch": from_epoch,
        "begins": begins_in, "waits": waits,
    });
    output.show(&answer, |_| {
        let begins = bithive_command_kit::until(begins_in, now);
        println!("{threshold} of {} members, from epoch {from_epoch} on: it begins {begins}", members.len());
        settings::tell_of(&waits, now, &option);
    })?;
    Ok(settings::exit_code(&waits))
}

/// The first epoch of the same committee that waits in the registry since before: this command says again what it said then.
async fn announced(
    place: &Place,
    registry: &str,
    begins_at: impl Fn(u64) -> ExecuteMsg,
) -> Result<Option<u64>> {
    let waits = place.settings().await?.settings;
    Ok(waits.iter().filter(|setting| setting.address == registry).find_map(|setting| {
        let epoch = setting.message.get("set_committee")?.get("from_epoch")?.as_u64()?;
        let same = serde_json::to_value(begins_at(epoch)).is_ok_and(|message| message == setting.message);
        (same && setting.stage != Stage::Void).then_some(epoch)
    }))
}

/// The first epoch in which a committee can begin: the current one where there is none, the next one where nothing has to wait, else
/// the one after that in which it can be applied.
async fn first_epoch(
    wallet: &Wallet,
    registry: &str,
    (now, epoch_seconds): (u64, u64),
    begins_at: impl Fn(u64) -> ExecuteMsg,
) -> Result<u64> {
    let chain = wallet.chain().as_ref();
    let in_force: CommitteeResponse = chain.query(registry, &QueryMsg::Committee { epoch: None }).await?;
    if in_force.members.is_empty() {
        return Ok(in_force.epoch);
    }
    let next = in_force.epoch.saturating_add(1);
    let at_once = Message::execute(registry, &begins_at(next), &[])?;
    if wallet.simulate(&[at_once]).await.is_ok() {
        return Ok(next);
    }
    // One more: blocks until the transaction's own may cross into the next epoch.
    Ok((now.saturating_add(DELAY_SECONDS) / epoch_seconds).saturating_add(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_an_account_and_an_endpoint() {
        let account = "bithive1qyqszqgpqyqszqgpqyqszqgpqyqszqgpjnp7du";
        for text in
            ["", "account", &format!("{account}={}", "0".repeat(63)), &format!("bithive1={}", "0".repeat(64))]
        {
            assert!(member(text).unwrap_err().contains("expected an account"), "{text}");
        }
    }
}
