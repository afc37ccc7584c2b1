//! `bithive deploy`: the contracts on a real chain.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bithive_chain::{Chain as _, ChainError, Wallet};
use bithive_command_kit::Output;
use bithive_command_kit::spinner;
use bithive_deploy::{Artifacts, Codes, Contract, Done, Outcome, Record, Role, SkyBucket, SkyLock, Step};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::{Crs, Groups};
use bithive_home::deployments::{RECORD, folder, record};
use bithive_home::{
    CRS, DEPLOYMENT, FOUNDERS, fund, read_founders, read_json, target, write_founders, write_json,
};
use bithive_keystore::{fresh_rng, private};
use bithive_local::{Founders, Terms, ceremony, terms};
use serde_json::json;

use super::{drand, settings, sky};

const GROUPS: &str = "groups.json";
const LOCK: &str = "lock";

/// Arguments of `bithive deploy`.
#[derive(clap::Args)]
pub struct DeployArgs {
    /// A chain of the devnet (token, data, model), or the URL of a node's RPC.
    #[arg(long, value_name = "NAME|URL")]
    chain: String,
    /// What the chain is for: `market` (jobs only), `economy` (jobs and all tokens), `token` (these and transfers to other
    /// chains), `data` or `model`. By default it follows from the name of a chain of the devnet, and any other chain
    /// is a token chain.
    #[arg(long, value_enum)]
    role: Option<RoleArg>,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    plan: bool,
    /// Slots of a broadcast group, of a new deployment.
    #[arg(long, default_value_t = 64)]
    slots: u16,
    /// Broadcast groups, of a new deployment: groups times slots is the most nodes that can register.
    #[arg(long, default_value_t = 1)]
    groups: u16,
    /// Account that a part of the SKY is locked for, like team=ADDRESS; can be repeated. Parts are mining, team, ecology,
    /// private-placement, community and research. All that are not named are locked for the operator.
    #[arg(long, value_name = "PART=ADDRESS", value_parser = sky::owner)]
    sky_owner: Vec<(SkyBucket, String)>,
    /// Network whose rounds are the chain's public randomness, as `randomness stand-in` has written it; drand's quicknet when left out. Only of
    /// a new deployment.
    #[arg(long, value_name = "FILE")]
    drand: Option<PathBuf>,
    /// Folder of the contracts' wasm, which `scripts/wasm` builds.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    artifacts: PathBuf,
}

/// [`Role`] on the command line.
#[derive(Clone, Copy, clap::ValueEnum)]
enum RoleArg {
    Market,
    Economy,
    Token,
    Data,
    Model,
}

impl RoleArg {
    fn role(self) -> Role {
        match self {
            Self::Market => Role::Market,
            Self::Economy => Role::Economy,
            Self::Token => Role::Token,
            Self::Data => Role::Data,
            Self::Model => Role::Model,
        }
    }
}

/// What a chain is for by default.
fn role_of(chain: &str) -> Role {
    match chain {
        "data" => Role::Data,
        "model" => Role::Model,
        _ => Role::Token,
    }
}

/// Deploys the contracts to a chain, or brings them up to date; does nothing where everything is in place. 1 if something that was set
/// has to wait.
pub async fn run(args: DeployArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let artifacts = Artifacts::read(&args.artifacts)?;
    let target = target(&args.chain, home).await?;
    let folder = folder(home, target.chain.chain_id())?;
    let groups = Groups::new(args.groups, args.slots)?;
    let role = args.role.map_or_else(|| role_of(&args.chain), RoleArg::role);
    let spinner = spinner(output);
    spinner.set_message(format!("deploying to {}", target.chain.chain_id()));
    let owners = sky::owners(&folder, &args.sky_owner)?;
    let drand = drand::network(&folder, args.drand.as_deref())?;
    let codes = Codes::Wasm { chain: &target.chain, artifacts: &artifacts };
    if args.plan {
        let (founders, terms) =
            if folder.join(FOUNDERS).exists() { load(&folder, role)? } else { draw(role, groups)?.0 };
        let terms = drand.of(terms.with_sky(owners));
        let operator = Wallet::connect(Arc::new(target.chain.clone()), founders.operator).await?;
        let steps = bithive_deploy::missing(&operator, codes, &terms, &record(&folder)?).await;
        spinner.finish_and_clear();
        let steps = steps?;
        sky::expect_unlocked(&args.sky_owner, &steps)?;
        let locks = locks(&steps, &terms, operator.address())?;
        show_plan(target.chain.chain_id(), &steps, (&locks, operator.address()), output)?;
        return Ok(ExitCode::SUCCESS);
    }
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let lock = File::create(folder.join(LOCK)).with_context(|| folder.display().to_string())?;
    ensure!(lock.try_lock().is_ok(), "another command deploys to {}; wait for it", target.chain.chain_id());
    let (founders, terms) = match folder.join(FOUNDERS).exists() {
        true => load(&folder, role)?,
        false => make(&folder, role, groups)?,
    };
    drand.keep(&folder)?;
    let terms = drand.of(terms.with_sky(owners.clone()));
    let operator = Wallet::connect(Arc::new(target.chain.clone()), founders.operator).await?;
    if !args.sky_owner.is_empty() {
        let steps = bithive_deploy::missing(&operator, codes, &terms, &record(&folder)?).await?;
        sky::expect_unlocked(&args.sky_owner, &steps)?;
        sky::keep(&folder, &owners)?;
    }
    fund(&target, operator.address()).await?;
    let path = folder.join(RECORD);
    let mut save = |record: &Record| {
        write_json(&path, record).map_err(|error| ChainError::Storage {
            directory: path.display().to_string(),
            reason: format!("{error:#}"),
        })
    };
    let outcome = bithive_deploy::deploy(&operator, codes, &terms, record(&folder)?, &mut save).await;
    spinner.finish_and_clear();
    let outcome = outcome?;
    if let Some(deployment) = &outcome.deployment {
        write_json(&folder.join(DEPLOYMENT), deployment)?;
    }
    let done: Vec<Step> = outcome.done.iter().map(|done| done.step.clone()).collect();
    let locks = locks(&done, &terms, operator.address())?;
    let answer = json!({
        "chain_id": target.chain.chain_id(), "role": role, "contracts": outcome.contracts,
        "deployment": outcome.deployment, "folder": folder, "done": outcome.done, "waits": outcome.waits,
        "sky": sky::answer(&locks),
    });
    let now = target.chain.info().await?.time.seconds();
    output.show(&answer, |_| {
        show_done(target.chain.chain_id(), &outcome);
        sky::show(&locks, operator.address());
        for (contract, address) in &outcome.contracts {
            println!("{contract} {address}");
        }
        println!("in {}", folder.display());
        settings::tell_of(&outcome.waits, now, &format!(" --chain {}", args.chain));
    })?;
    Ok(settings::exit_code(&outcome.waits))
}

/// Keys and parameters, and the reference string of a role that has a market.
type Draft = ((Founders, Terms), Option<Crs>);

fn draw(role: Role, groups: Groups) -> Result<Draft> {
    let mut rng = fresh_rng()?;
    let founders = Founders::generate(&mut rng)?;
    if !role.has(Contract::Jobs) {
        let terms = Terms::without_market(role, receivers(&founders))?;
        return Ok(((founders, terms), None));
    }
    let crs = ceremony(groups.size(), &mut rng)?;
    let terms = terms(&founders, &crs, groups.count())?.with_role(role)?;
    Ok(((founders, terms), Some(crs)))
}

fn receivers(founders: &Founders) -> (&str, &str) {
    (founders.treasury.address(), founders.incentive_pool.address())
}

/// Draws keys and a reference string. The keys are written last: a folder that has them is whole.
fn make(folder: &Path, role: Role, groups: Groups) -> Result<(Founders, Terms)> {
    let ((founders, terms), crs) = draw(role, groups)?;
    if let Some(crs) = crs {
        private::replace(&folder.join(CRS), &crs.encode())?;
        write_json(&folder.join(GROUPS), &groups.count())?;
    }
    write_founders(folder, &founders)?;
    Ok((founders, terms))
}

fn load(folder: &Path, role: Role) -> Result<(Founders, Terms)> {
    let founders = read_founders(folder)?;
    let path = folder.join(CRS);
    if !role.has(Contract::Jobs) {
        ensure!(!path.exists(), "{} has a job market, which a {role} chain has not", folder.display());
        let terms = Terms::without_market(role, receivers(&founders))?;
        return Ok((founders, terms));
    }
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let crs = UnverifiedCrs::read(bytes.as_slice())?;
    let groups: u16 = read_json(&folder.join(GROUPS))?;
    let digest = *crs.digest();
    // This folder's own, made and verified by `make`.
    let terms = terms(&founders, &crs.trust(&digest)?, groups)?.with_role(role)?;
    Ok((founders, terms))
}

/// What [`Step::LockSky`] among `steps` locks, whenever the schedules begin.
fn locks(steps: &[Step], terms: &Terms, operator: &str) -> Result<Vec<SkyLock>> {
    if steps.contains(&Step::LockSky) { Ok(terms.sky(operator, 0)?) } else { Ok(vec![]) }
}

fn show_plan(
    chain_id: &str,
    steps: &[Step],
    (locks, operator): (&[SkyLock], &str),
    output: Output,
) -> Result<()> {
    output.show(&json!({ "chain_id": chain_id, "steps": steps, "sky": sky::answer(locks) }), |_| {
        if steps.is_empty() {
            println!("{chain_id}: everything is in place, nothing to do");
        }
        for (number, step) in steps.iter().enumerate() {
            println!("{}. {step}", number + 1);
        }
        sky::show(locks, operator);
    })
}

fn show_done(chain_id: &str, outcome: &Outcome) {
    if outcome.done.is_empty() && outcome.waits.is_empty() {
        println!("{chain_id}: everything is in place, nothing was done");
    }
    for Done { step, gas_used, height, .. } in &outcome.done {
        println!("{step}: {gas_used} gas, block {height}");
    }
}
