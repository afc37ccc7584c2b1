//! The contracts of a deployment are there, and know each other.

use bithive_client::Client;
use bithive_monitor::health::{Finding, Report};

const CHECK: &str = "contracts";

pub(super) async fn check(report: &mut Report, client: &Client) {
    let found = wiring(client).await;
    report.add(match found {
        Ok(()) => Finding::passed(CHECK, "token, registry and job market are there and know each other"),
        Err(problem) => {
            let todo = "see whether chain.deployment is this chain's newest, and ask the deployment's owner";
            Finding::failed(CHECK, problem, todo)
        }
    });
}

async fn wiring(client: &Client) -> Result<(), String> {
    let deployment = client.deployment();
    let at =
        |name: &str, address: &str, error: bithive_chain::ChainError| format!("{name} {address}: {error}");
    client.supply().await.map_err(|error| at("token", deployment.token(), error))?;
    let registry =
        client.registry_config().await.map_err(|error| at("registry", deployment.registry(), error))?;
    let jobs = client.jobs_config().await.map_err(|error| at("jobs", deployment.jobs(), error))?;
    let same = |what: &str, found: &str, expected: &str| {
        if found == expected {
            return Ok(());
        }
        Err(format!("{what} is {found:?}, and the deployment says {expected:?}"))
    };
    same("the registry's token", registry.token.as_str(), deployment.token())?;
    same(
        "the registry's job market",
        registry.jobs.as_ref().map_or("none", |jobs| jobs.as_str()),
        deployment.jobs(),
    )?;
    same("the job market's token", jobs.token.as_str(), deployment.token())?;
    same("the job market's registry", jobs.registry.as_str(), deployment.registry())
}
