//! A machine that is idle and members who vouch for it, as processes would run.

use std::path::Path;
use std::time::Duration;

use bithive_api::{meter, timebank};
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment, EconomyAccount, EconomyClient};
use bithive_contracts::{Code, Contract};
use bithive_daemon::Event;
use bithive_daemon::config::{
    AccountAddress, ChainConfig, IdleConfig, LogConfig, MeterConfig, MetricsConfig, RpcUrl, VouchConfig,
};
use bithive_daemon::meter::machine::Machine;
use bithive_daemon::meter::report::Report;
use bithive_local::UNIT;

use crate::run::{Running, World};

const HOUR: u64 = 3_600;
const SOON: Duration = Duration::from_millis(100);

/// Writes counters of a machine that has nothing to do, for as long as it is not dropped.
fn idle_machine(root: &Path) -> tokio::task::JoinHandle<()> {
    std::fs::create_dir_all(root.join("proc")).unwrap();
    let write = |root: &Path, ticks: u64| {
        let new = root.join("proc/stat.new");
        std::fs::write(&new, format!("cpu  5 0 5 {ticks} 0 0 0 0 0 0\n")).unwrap();
        std::fs::rename(new, root.join("proc/stat")).unwrap();
    };
    write(root, 1);
    let root = root.to_owned();
    tokio::spawn(async move {
        for ticks in 2.. {
            tokio::time::sleep(Duration::from_millis(10)).await;
            write(&root, ticks);
        }
    })
}

fn config(data: &Path) -> MeterConfig {
    MeterConfig {
        role: "meter".into(),
        keys: data.join("unused"),
        data: data.into(),
        every: SOON,
        chain: ChainConfig::new("http://unused".parse::<RpcUrl>().unwrap(), data.join("unused")),
        idle: None,
        vouch: vec![],
        metrics: MetricsConfig { listen: Some("127.0.0.1:0".parse().unwrap()) },
        log: LogConfig::default(),
    }
}

fn start(client: &Client, config: MeterConfig, account: &SigningKey, root: &Path) -> Running {
    let (client, account, machine) = (client.clone(), account.clone(), Machine::at(root));
    Running::start(move |events, stop| async move {
        bithive_daemon::meter::run_on(&client, &config, account, machine, events, stop).await
    })
}

async fn account(client: &Client, key: &SigningKey) -> EconomyAccount {
    let wallet = Wallet::connect(client.chain().clone(), key.clone()).await.unwrap();
    let economy = EconomyClient::new(client.clone()).unwrap();
    EconomyAccount::new(economy, Account::new(client.clone(), wallet))
}

/// The deployment with a meter of short periods, in which little time is worth a credit.
async fn with_fast_meter(world: &World, members: [&str; 2]) -> Client {
    let operator =
        Wallet::connect(world.client.chain().clone(), world.founders.operator.clone()).await.unwrap();
    let timebank = world.client.deployment().timebank().unwrap().to_owned();
    let message = meter::InstantiateMsg {
        owner: operator.address().into(),
        timebank: timebank.clone(),
        params: meter::Params { period_seconds: HOUR, credits_per_hour: 10_000, per_period: 100_000 },
    };
    let meter = operator.instantiate(Code::Meter.id(), &message, "meter", None).await.unwrap().contract;
    let set = timebank::ExecuteMsg::SetMeter { meter: meter.clone(), per_day: Some(100_000) };
    operator.execute(&timebank, &set, &[]).await.unwrap();
    let members = members.map(Into::into).to_vec();
    operator.execute(&meter, &meter::ExecuteMsg::SetMembers { members, threshold: 2 }, &[]).await.unwrap();
    let mut deployment = serde_json::to_value(world.client.deployment()).unwrap();
    deployment["contracts"][Contract::Meter.name()] = meter.into();
    let deployment: Deployment = serde_json::from_value(deployment).unwrap();
    let client = Client::new(world.client.chain().clone(), deployment);
    account(&client, &world.founders.operator).await.fund_timebank(1_000 * UNIT).await.unwrap();
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_time_is_claimed_once_vouched_for_within_bounds_and_collected() {
    let world = World::with_economy().await;
    let [machine, first, second] = [0, 1, 2].map(|index| world.founders.committee[index].account.clone());
    let client = with_fast_meter(&world, [first.address(), second.address()]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let ticking = idle_machine(&path("root"));
    let measured =
        || MeterConfig { idle: Some(IdleConfig { account: None, sample: SOON }), ..config(&path("machine")) };
    let mut running = start(&client, measured(), &machine, &path("root"));
    running.ready().await;
    // Nobody else works in its folder.
    let other = start(&client, measured(), &machine, &path("root"));
    let hours = async {
        loop {
            tokio::time::sleep(Duration::from_secs(3)).await;
            world.chain.advance_time(HOUR).await.unwrap();
        }
    };
    let claimed = tokio::select! {
        claimed = running.until(|event| matches!(event, Event::Meter(Report::Claimed { .. }))) => claimed,
        () = hours => unreachable!("it goes on"),
    };
    assert!(other.has_ended());
    let Event::Meter(Report::Claimed { period, seconds, account: to }) = claimed else { unreachable!() };
    assert_eq!(to, machine.address());
    running.stop().await;

    // The first has a bound that is enough, the second one that is not; then one that is.
    let vouch = |name: &str, most: Duration| MeterConfig {
        vouch: vec![VouchConfig { machine: machine.address().parse::<AccountAddress>().unwrap(), most }],
        ..config(&path(name))
    };
    let bound = Duration::from_secs(HOUR);
    let mut one = start(&client, vouch("one", bound), &first, &path("root"));
    let vouched =
        |event: &Event| matches!(event, Event::Meter(Report::Vouched { period: of, .. }) if *of == period);
    one.until(vouched).await;
    let less = Duration::from_secs(seconds - 1);
    let mut strict = start(&client, vouch("two", less), &second, &path("root"));
    strict
        .until(|event| matches!(event, Event::Meter(Report::LeftOut { period: of, .. }) if *of == period))
        .await;
    strict.stop().await;
    let economy = EconomyClient::new(client.clone()).unwrap();
    assert_eq!(economy.idle_due(machine.address()).await.unwrap(), 0, "one of two");
    let mut two = start(&client, vouch("two", bound), &second, &path("root"));
    two.until(vouched).await;
    // The machine starts again: it claims nothing of that period again, and collects.
    let mut again = start(&client, measured(), &machine, &path("root"));
    let collected = again.until(|event| {
        assert!(!matches!(event, Event::Meter(Report::Claimed { period: of, .. }) if *of == period));
        matches!(event, Event::Meter(Report::Collected { .. }))
    });
    let Event::Meter(Report::Collected { credits, .. }) = collected.await else { unreachable!() };
    assert!(credits > 0);
    assert!(economy.credits(machine.address()).await.unwrap() >= credits);
    for running in [one, two, again] {
        running.stop().await;
    }
    ticking.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meter_that_the_time_bank_does_not_take_waits_and_says_for_whom() {
    let world = World::with_economy().await;
    let [machine, first, second] = [0, 1, 2].map(|index| world.founders.committee[index].account.clone());
    let client = with_fast_meter(&world, [first.address(), second.address()]).await;
    let economy = EconomyClient::new(client.clone()).unwrap();
    let last = economy.meter_periods().await.unwrap().last;
    let claim = meter::ExecuteMsg::Claim { period: last, seconds: 60, account: machine.address().into() };
    account(&client, &machine).await.meter(&claim).await.unwrap();
    let claims = vec![meter::VouchedClaim { machine: machine.address().into(), period: last, seconds: 60 }];
    for member in [&first, &second] {
        let vouch = meter::ExecuteMsg::Vouch { claims: claims.clone() };
        account(&client, member).await.meter(&vouch).await.unwrap();
    }
    let operator = account(&client, &world.founders.operator).await;
    let meter = economy.at(Contract::Meter).to_owned();
    operator.timebank(&timebank::ExecuteMsg::SetMeter { meter, per_day: None }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ticking = idle_machine(&folder.path().join("root"));
    let idle = Some(IdleConfig { account: None, sample: SOON });
    let config = MeterConfig { idle, ..config(&folder.path().join("machine")) };
    let mut running = start(&client, config, &machine, &folder.path().join("root"));
    let said = running.until(|event| matches!(event, Event::Waits { duty, .. } if duty == "credits")).await;
    let Event::Waits { reason, .. } = said else { unreachable!() };
    assert!(reason.contains("timebank set-meter"), "{reason}");
    assert_eq!(economy.idle_due(machine.address()).await.unwrap(), 166, "it stays due");
    running.stop().await;
    ticking.abort();
}
