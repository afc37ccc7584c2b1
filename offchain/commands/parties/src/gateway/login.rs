//! `bithive gateway login`, and by which digest the audit log knows somebody.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context, Result};
use bithive_command_kit::Output;
use bithive_gateway::config::GatewayConfig;
use bithive_gateway::{Audit, Login};
use bithive_keystore::private;
use serde_json::json;

/// Arguments of `bithive gateway login`.
#[derive(clap::Args)]
pub struct LoginArgs {
    /// The hospital's issuer, letter by letter as the gateway's configuration has it.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Name under which the issuer knows the gateway.
    #[arg(long, value_name = "ID", default_value = "bithive-gateway")]
    client: String,
    /// What the issuer is asked for beside `openid`; can be repeated.
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// Authorities (PEM) that sign for the issuer, beside the public ones.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    /// File for the token, which only its owner can read; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Has somebody sign in by the browser, and writes their token.
pub(super) async fn login(args: &LoginArgs, output: Output) -> Result<()> {
    let login = Login::begin((&args.issuer, &args.client), &args.scope, args.authorities.as_deref()).await?;
    // Standard output has the answer.
    eprintln!("open this address in a browser on this machine, and sign in there:\n\n{}\n", login.url());
    let signed_in = login.finish().await?;
    private::replace(&args.out, signed_in.token.as_bytes())?;
    let ends = UNIX_EPOCH.checked_add(Duration::from_secs(signed_in.ends)).context("the end of the token")?;
    let ends = humantime::format_rfc3339_seconds(ends).to_string();
    output.show(&json!({ "file": args.out, "ends": ends }), |_| {
        println!("signed in until {ends}: {} has the token", args.out.display());
        println!(
            "requests show it, for example: curl -H \"Authorization: Bearer $(cat {})\" ...",
            args.out.display()
        );
    })
}

/// Arguments of `bithive gateway pseudonym`.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("whose").args(["person", "study", "patient", "document"]).required(true))]
pub struct PseudonymArgs {
    /// Configuration, as `bithive gateway config` writes it.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Somebody, as the issuer of the configuration knows them (claim `sub`).
    #[arg(long, value_name = "SUBJECT")]
    person: Option<String>,
    /// A study, by its Study Instance UID.
    #[arg(long, value_name = "UID")]
    study: Option<String>,
    /// A patient, by the number that objects of DICOM have.
    #[arg(long, value_name = "ID")]
    patient: Option<String>,
    /// Who has issued that number, where objects say it.
    #[arg(long, value_name = "ISSUER", default_value = "", conflicts_with_all = ["person", "study", "document"])]
    patient_issuer: String,
    /// A document of FHIR, for example Patient/p1.
    #[arg(long, value_name = "TYPE/ID")]
    document: Option<String>,
}

/// Says by which words the audit log knows somebody or something.
pub(super) fn pseudonym(args: &PseudonymArgs, output: Output) -> Result<()> {
    let config = GatewayConfig::load(&args.config)?;
    let audit = Audit::read(&config.audit)?;
    let none = || format!("{}: [audit] is not enabled", args.config.display());
    let (option, found) = match args {
        PseudonymArgs { person: Some(subject), .. } => {
            let oidc = config.web.as_ref().and_then(|web| web.oidc.as_ref());
            let issuer = &oidc.with_context(|| missing(&args.config))?.issuer;
            ("--actor", audit.person(issuer, subject).map(|name| name.to_string()))
        }
        PseudonymArgs { study: Some(study), .. } => {
            ("--object", audit.study(study).map(|one| one.to_string()))
        }
        PseudonymArgs { patient: Some(id), patient_issuer, .. } => {
            ("--subject", audit.patient(patient_issuer, id).map(|one| one.to_string()))
        }
        PseudonymArgs { document, .. } => {
            let document = document.as_deref().unwrap_or_default();
            ("--object", audit.document(document).map(|one| one.to_string()))
        }
    };
    let found = found.with_context(none)?;
    output.show(&json!({ "option": option, "pseudonym": found }), |_| println!("{option} {found}"))
}

fn missing(config: &Path) -> String {
    format!("{}: [web.oidc] is missing: the log knows people by their issuer", config.display())
}
