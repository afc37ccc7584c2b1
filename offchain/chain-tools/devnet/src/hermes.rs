//! The relayer's program: Hermes, installed from the package registry at a pinned version, once.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::DevnetError;
use crate::cache::{self, BuildStep, last_lines, said};

/// The version. Later ones need protoc and libclang to build.
pub const VERSION: &str = "1.10.5";

/// Name of its process where chains are listed.
pub const NAME: &str = "hermes";

const PACKAGE: &str = "ibc-relayer-cli";
/// Packages that cargo compiles for it.
const PACKAGES: usize = 374;
/// Lines of a failed command that are shown.
const SHOWN_LINES: usize = 12;

/// The program, installed if `cache` does not have it.
///
/// # Errors
/// [`DevnetError::CargoMissing`]; [`DevnetError::Build`] with the compiler's output.
pub fn ensure(cache: &Path, progress: &dyn Fn(BuildStep)) -> Result<PathBuf, DevnetError> {
    let name = format!("{NAME}-{VERSION}");
    cache::ensure(cache, &name, "bin/hermes", |folder| install(folder, progress))
}

/// Compiles at low priority, with the versions of its own lock file, in a target folder that is removed afterwards.
fn install(folder: &Path, progress: &dyn Fn(BuildStep)) -> Result<(), DevnetError> {
    progress(BuildStep::Fetching);
    // Absolute: the compiler works in the folders of the packages.
    let folder = std::path::absolute(folder).map_err(DevnetError::at(folder))?;
    let target = folder.join("target");
    let mut command = Command::new("nice");
    command.args(["-n", "10", "cargo", "install", PACKAGE, "--version", VERSION]);
    command.args(["--locked", "--bin", NAME, "--force", "--no-track", "--root"]).arg(&folder);
    // The user's settings for other builds must not change this one.
    for setting in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        command.env_remove(setting);
    }
    // It waits for blocks: optimising it takes longer than it saves.
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    command.env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| DevnetError::Io { what: "nice".into(), source })?;
    let (mut lines, mut done) = (Vec::new(), 0);
    if let Some(errors) = child.stderr.take() {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            if line.trim_start().starts_with("Compiling") {
                done += 1;
                progress(BuildStep::Compiling { done, most: PACKAGES.max(done) });
            }
            lines.push(line);
        }
    }
    let status = child.wait().map_err(|source| DevnetError::Io { what: "cargo install".into(), source })?;
    // nice(1) ends with this where it does not find the program.
    if status.code() == Some(127) {
        return Err(DevnetError::CargoMissing);
    }
    if !status.success() {
        let output = last_lines(&lines.join("\n"), SHOWN_LINES);
        return Err(DevnetError::Build { program: NAME, output });
    }
    std::fs::remove_dir_all(&target).map_err(DevnetError::at(&target))?;
    let program = folder.join("bin").join(NAME);
    let output = Command::new(&program).arg("version").output().map_err(DevnetError::at(&program))?;
    if !said(&output).contains(VERSION) {
        let output = last_lines(&said(&output), SHOWN_LINES);
        return Err(DevnetError::Build { program: NAME, output });
    }
    Ok(())
}
