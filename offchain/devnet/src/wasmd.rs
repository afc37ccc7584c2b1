//! The node's program: wasmd, built from the pinned Go module in `scripts/devnet`, once for each change of it.
//!
//! It is built with BitHive's prefix of addresses, and lies with its library in a cache outside of any checkout.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bithive_chain::BECH32_PREFIX;
use sha2::{Digest as _, Sha256};

use crate::DevnetError;

/// The version that `go.mod` requires.
pub const VERSION: &str = "v0.61.14";

const GO_MOD: &str = include_str!("../../../scripts/devnet/go.mod");
const GO_SUM: &str = include_str!("../../../scripts/devnet/go.sum");
const PACKAGE: &str = "github.com/CosmWasm/wasmd/cmd/wasmd";
const WASMVM: &str = "github.com/CosmWasm/wasmvm/v3";
/// Lines of a failed command that are shown.
const SHOWN_LINES: usize = 12;

/// How far a build is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildStep {
    /// Modules are fetched.
    Fetching,
    /// Packages are compiled: how many so far, and how many there are with those that need no compiling.
    Compiling {
        /// Compiled.
        done: usize,
        /// Most that there can be.
        most: usize,
    },
}

/// Where builds are kept: `$XDG_CACHE_HOME/bithive`, `~/.cache/bithive`, or `target` where there is no home.
#[must_use]
pub fn cache_folder() -> PathBuf {
    cache_folder_of(std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"))
}

fn cache_folder_of(xdg: Option<OsString>, home: Option<OsString>) -> PathBuf {
    // The specification: a relative path is ignored.
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    xdg.and_then(absolute)
        .or_else(|| Some(home.and_then(absolute)?.join(".cache")))
        .map_or_else(|| PathBuf::from("target"), |cache| cache.join("bithive"))
}

/// The program, built if `cache` does not have it.
///
/// # Errors
/// [`DevnetError::GoMissing`]; [`DevnetError::Build`] with what the compiler said.
pub fn ensure(cache: &Path, progress: &dyn Fn(BuildStep)) -> Result<PathBuf, DevnetError> {
    let folder = cache.join("devnet").join(format!("wasmd-{VERSION}-{}", fingerprint()));
    let program = folder.join("wasmd");
    if program.exists() {
        return Ok(program);
    }
    let parent = cache.join("devnet");
    std::fs::create_dir_all(&parent).map_err(DevnetError::at(&parent))?;
    let lock = parent.join("build.lock");
    let file = File::create(&lock).map_err(DevnetError::at(&lock))?;
    // Somebody else may be building it: then it is there afterwards.
    file.lock().map_err(DevnetError::at(&lock))?;
    if !program.exists() {
        let aside = folder.with_extension("new");
        if aside.exists() {
            std::fs::remove_dir_all(&aside).map_err(DevnetError::at(&aside))?;
        }
        std::fs::create_dir_all(&aside).map_err(DevnetError::at(&aside))?;
        build(&aside, progress)?;
        std::fs::rename(&aside, &folder).map_err(DevnetError::at(&folder))?;
    }
    Ok(program)
}

/// Changes with everything that the program is made of.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for part in [GO_MOD, GO_SUM, &linker_flags()] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize()).chars().take(12).collect()
}

fn linker_flags() -> String {
    let version = "github.com/cosmos/cosmos-sdk/version";
    [
        // wasmd's own Makefile has it: a dependency reaches into the runtime.
        "-checklinkname=0 -s -w".into(),
        // The library lies beside the program and not in Go's module cache, which may be cleaned.
        "-extldflags=-Wl,-rpath,$ORIGIN".into(),
        format!("-X {version}.Name=wasm -X {version}.AppName=wasmd -X {version}.Version={VERSION}"),
        format!("-X github.com/CosmWasm/wasmd/app.Bech32Prefix={BECH32_PREFIX}"),
    ]
    .join(" ")
}

fn build(folder: &Path, progress: &dyn Fn(BuildStep)) -> Result<(), DevnetError> {
    for (name, text) in [("go.mod", GO_MOD), ("go.sum", GO_SUM)] {
        std::fs::write(folder.join(name), text).map_err(DevnetError::at(folder))?;
    }
    progress(BuildStep::Fetching);
    let packages = go(folder, &["list", "-mod=readonly", "-deps", PACKAGE])?.lines().count();
    compile(folder, packages, progress)?;
    let wasmvm = go(folder, &["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", WASMVM])?;
    let library = format!("libwasmvm.{}.so", std::env::consts::ARCH);
    let from = Path::new(wasmvm.trim()).join("internal/api").join(&library);
    std::fs::copy(&from, folder.join(&library)).map_err(DevnetError::at(&from))?;
    // It runs, with the library beside it, and is what was asked for.
    let output = Command::new(folder.join("wasmd")).arg("version").output();
    let output = output.map_err(DevnetError::at(folder))?;
    if !said(&output).contains(VERSION) {
        return Err(DevnetError::Build { output: last_lines(&said(&output), SHOWN_LINES) });
    }
    Ok(())
}

/// Compiles at low priority: it takes minutes and all cores.
fn compile(folder: &Path, packages: usize, progress: &dyn Fn(BuildStep)) -> Result<(), DevnetError> {
    let flags = linker_flags();
    let arguments = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", &flags];
    let mut child = Command::new("nice")
        .args(["-n", "10", "go"])
        .args(arguments)
        .args(["-o", "wasmd", PACKAGE])
        .current_dir(folder)
        .env("GOWORK", "off")
        .env("CGO_ENABLED", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| DevnetError::Io { what: "nice".into(), source })?;
    let mut lines = Vec::new();
    if let Some(errors) = child.stderr.take() {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            lines.push(line);
            progress(BuildStep::Compiling { done: lines.len(), most: packages });
        }
    }
    let status = child.wait().map_err(|source| DevnetError::Io { what: "go build".into(), source })?;
    if !status.success() {
        return Err(DevnetError::Build { output: last_lines(&lines.join("\n"), SHOWN_LINES) });
    }
    Ok(())
}

/// What a `go` command prints.
fn go(folder: &Path, arguments: &[&str]) -> Result<String, DevnetError> {
    let output = Command::new("go")
        .args(arguments)
        .current_dir(folder)
        .env("GOWORK", "off")
        .stdin(Stdio::null())
        .output()
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => DevnetError::GoMissing,
            _ => DevnetError::Io { what: "go".into(), source },
        })?;
    if !output.status.success() {
        return Err(DevnetError::Build { output: last_lines(&said(&output), SHOWN_LINES) });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Standard output and standard error, in this order.
pub(crate) fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// The last `count` lines of `text`.
#[must_use]
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_requires_the_version_that_is_named() {
        assert!(GO_MOD.contains(&format!("require github.com/CosmWasm/wasmd {VERSION}")));
        assert!(GO_MOD.contains(&format!("tool {PACKAGE}")) && GO_MOD.contains(WASMVM));
    }

    #[test]
    fn builds_are_kept_where_the_system_keeps_caches() {
        let of = |xdg: Option<&str>, home: Option<&str>| {
            cache_folder_of(xdg.map(Into::into), home.map(Into::into))
        };
        assert_eq!(of(Some("/cache"), Some("/home/a")), Path::new("/cache/bithive"));
        assert_eq!(of(None, Some("/home/a")), Path::new("/home/a/.cache/bithive"));
        assert_eq!(of(Some("cache"), Some("/home/a")), Path::new("/home/a/.cache/bithive"));
        assert_eq!(of(None, None), Path::new("target"));
    }

    #[test]
    fn the_end_of_a_text_is_shown() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
        assert_eq!(last_lines("", 2), "");
    }
}
