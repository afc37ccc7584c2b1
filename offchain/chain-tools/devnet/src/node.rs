//! The files of a chain: made by wasmd, changed by [`crate::genesis`] and [`crate::config`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use bithive_chain::SigningKey;
use bithive_keystore::Mnemonic;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::cache::{last_lines, said};
use crate::process::clean;
use crate::state::{ChainState, write_private};
use crate::wasmd::VERSION;
use crate::{BlockTime, ChainPlan, DevnetError, FEE_DENOM, Ports, config, genesis, relayer};

const FAUCET: &str = "faucet.json";
/// What the faucet holds at first.
const FAUCET_COINS: u128 = 1_000_000_000_000_000_000;
/// What the relayer of packets holds at first.
const RELAYER_COINS: u128 = 1_000_000_000_000_000;
/// What the validator holds at first, and what of it is at stake.
const VALIDATOR_COINS: (u128, u128) = (1_000_000_000, 1_000_000);
const VALIDATOR: &str = "validator";
const SHOWN_LINES: usize = 6;

/// The faucet's account as stored: its words, or in a chain of an earlier version its key.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct StoredFaucet {
    address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// The private key in hex, of a chain of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

/// Arguments with which the node in `folder` runs; they tell its process from others.
pub(crate) fn arguments(folder: &Path) -> Vec<OsString> {
    vec!["start".into(), "--home".into(), folder.into()]
}

/// Log of the node in `folder`.
pub(crate) fn log(folder: &Path) -> PathBuf {
    folder.join("node.log")
}

/// Makes the files of a chain in `folder`, aside first: a folder is a chain or is not there.
pub(crate) fn create(
    wasmd: &Path,
    folder: &Path,
    plan: &ChainPlan,
    ports: Ports,
    block_time: BlockTime,
    relayer: &str,
    rng: &mut impl CryptoRng,
) -> Result<ChainState, DevnetError> {
    let aside = folder.with_extension("new");
    for stale in [folder, &aside] {
        if stale.exists() {
            std::fs::remove_dir_all(stale).map_err(DevnetError::at(stale))?;
        }
    }
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(&aside).map_err(DevnetError::at(&aside))?;

    let mnemonic = Mnemonic::generate(rng)?;
    let faucet = mnemonic.seed().account()?;
    let stored = StoredFaucet {
        address: faucet.address().into(),
        words: Some(mnemonic.words().as_str().into()),
        account: None,
    };
    let text = serde_json::to_vec_pretty(&stored).map(Zeroizing::new);
    let text = text.map_err(|error| DevnetError::Io { what: FAUCET.into(), source: error.into() })?;
    write_private(&aside.join(FAUCET), &text)?;

    let run = |arguments: &[&str]| wasmd_command(wasmd, &aside, arguments);
    let (coins, stake) = VALIDATOR_COINS;
    let (coins, stake) = (format!("{coins}{FEE_DENOM}"), format!("{stake}{FEE_DENOM}"));
    let keyring = ["--keyring-backend", "test"];
    run(&["init", plan.name, "--chain-id", &plan.chain_id, "--default-denom", FEE_DENOM])?;
    run(&[&["keys", "add", VALIDATOR], &keyring[..]].concat())?;
    run(&[&["genesis", "add-genesis-account", VALIDATOR, &coins], &keyring[..]].concat())?;
    run(&["genesis", "add-genesis-account", faucet.address(), &format!("{FAUCET_COINS}{FEE_DENOM}")])?;
    run(&["genesis", "add-genesis-account", relayer, &format!("{RELAYER_COINS}{FEE_DENOM}")])?;
    edit_genesis(&aside)?;
    let gentx = ["genesis", "gentx", VALIDATOR, &stake, "--chain-id", &plan.chain_id];
    run(&[&gentx, &keyring[..]].concat())?;
    run(&["genesis", "collect-gentxs"])?;
    edit_file(&aside, "config.toml", |text| config::edit_comet(text, ports, block_time))?;
    edit_file(&aside, "app.toml", |text| config::edit_app(text, ports))?;
    std::fs::rename(&aside, folder).map_err(DevnetError::at(folder))?;
    Ok(ChainState {
        name: plan.name.into(),
        chain_id: plan.chain_id.clone(),
        ports,
        block_time,
        faucet: faucet.address().into(),
        relayer: Some(relayer.into()),
        process: None,
    })
}

/// The words of the faucet of the chain in `folder`; none in a chain of an earlier version, which drew a key.
pub(crate) fn faucet_words(folder: &Path) -> Result<Option<Mnemonic>, DevnetError> {
    let path = folder.join(FAUCET);
    stored_faucet(&path)?.words.as_deref().map(Mnemonic::parse).transpose().map_err(Into::into)
}

fn stored_faucet(path: &Path) -> Result<StoredFaucet, DevnetError> {
    let text = Zeroizing::new(std::fs::read(path).map_err(DevnetError::at(path))?);
    let corrupt = |reason: String| DevnetError::Corrupt { path: path.into(), reason };
    serde_json::from_slice(&text).map_err(|error| corrupt(error.to_string()))
}

/// The faucet's key of the chain in `folder`.
pub(crate) fn faucet(folder: &Path) -> Result<SigningKey, DevnetError> {
    let path = folder.join(FAUCET);
    let corrupt = |reason: String| DevnetError::Corrupt { path: path.clone(), reason };
    let stored = stored_faucet(&path)?;
    let key = match (&stored.words, &stored.account) {
        (Some(words), None) => Mnemonic::parse(words)?.seed().account()?,
        (None, Some(account)) => {
            let mut bytes = Zeroizing::new([0; 32]);
            hex::decode_to_slice(account, &mut *bytes).map_err(|error| corrupt(error.to_string()))?;
            SigningKey::from_bytes(&bytes)?
        }
        _ => return Err(corrupt("it has neither words nor a key, or both".into())),
    };
    if key.address() != stored.address {
        return Err(corrupt(format!("the key is of {}, not of {}", key.address(), stored.address)));
    }
    Ok(key)
}

/// Draws the relayer's key in `folder` and returns its address. wasmd makes it, in memory, for Hermes takes a key by the
/// words from which both derive it alike.
pub(crate) fn draw_relayer(wasmd: &Path, folder: &Path) -> Result<String, DevnetError> {
    #[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
    struct Drawn {
        address: String,
        mnemonic: String,
    }
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(DevnetError::at(folder))?;
    let arguments = ["keys", "add", relayer::KEY, "--keyring-backend", "memory", "--output", "json"];
    let output = Zeroizing::new(wasmd_output(wasmd, folder, &arguments)?);
    let drawn: Drawn = serde_json::from_slice(&output)
        .map_err(|error| DevnetError::Wasmd { command: "keys add".into(), output: error.to_string() })?;
    write_private(&relayer::mnemonic(folder), drawn.mnemonic.as_bytes())?;
    Ok(drawn.address.clone())
}

fn edit_genesis(folder: &Path) -> Result<(), DevnetError> {
    edit_file(folder, "genesis.json", |text| {
        let unfamiliar =
            || DevnetError::Unfamiliar { file: "genesis.json", key: "JSON".into(), wasmd: VERSION };
        let mut value: Value = serde_json::from_str(text).map_err(|_| unfamiliar())?;
        genesis::edit(&mut value)?;
        serde_json::to_string_pretty(&value).map_err(|_| unfamiliar())
    })
}

fn edit_file(
    folder: &Path,
    name: &str,
    edit: impl FnOnce(&str) -> Result<String, DevnetError>,
) -> Result<(), DevnetError> {
    let path = folder.join("config").join(name);
    let text = std::fs::read_to_string(&path).map_err(DevnetError::at(&path))?;
    std::fs::write(&path, edit(&text)?).map_err(DevnetError::at(&path))
}

fn wasmd_command(wasmd: &Path, folder: &Path, arguments: &[&str]) -> Result<(), DevnetError> {
    wasmd_output(wasmd, folder, arguments).map(|output| drop(Zeroizing::new(output)))
}

/// What a command writes to its standard output.
fn wasmd_output(wasmd: &Path, folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, DevnetError> {
    let output = clean(&mut Command::new(wasmd))
        .args(arguments)
        .arg("--home")
        .arg(folder)
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(DevnetError::at(wasmd))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let command = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    Err(DevnetError::Wasmd { command, output: last_lines(&said(&output), SHOWN_LINES) })
}
