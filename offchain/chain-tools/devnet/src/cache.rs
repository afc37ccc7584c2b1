//! Programs that are built once and kept outside of any checkout.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::DevnetError;

/// How far the build of a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildStep {
    /// Sources are fetched.
    Fetching,
    /// Packages are compiled: how many so far, and how many there are with those that need no compiling.
    Compiling {
        /// Number of packages compiled so far.
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

/// `program` in the folder `name` of `cache`; where it is missing, `build` makes that folder, aside first: a folder is
/// whole or is not there.
pub(crate) fn ensure(
    cache: &Path,
    name: &str,
    program: &str,
    build: impl FnOnce(&Path) -> Result<(), DevnetError>,
) -> Result<PathBuf, DevnetError> {
    let parent = cache.join("devnet");
    let folder = parent.join(name);
    let program = folder.join(program);
    if program.exists() {
        return Ok(program);
    }
    std::fs::create_dir_all(&parent).map_err(DevnetError::at(&parent))?;
    let lock = parent.join("build.lock");
    let file = File::create(&lock).map_err(DevnetError::at(&lock))?;
    // Somebody else may be building it: then it is there afterwards.
    file.lock().map_err(DevnetError::at(&lock))?;
    if !program.exists() {
        let aside = parent.join(format!("{name}.new"));
        if aside.exists() {
            std::fs::remove_dir_all(&aside).map_err(DevnetError::at(&aside))?;
        }
        std::fs::create_dir_all(&aside).map_err(DevnetError::at(&aside))?;
        build(&aside)?;
        std::fs::rename(&aside, &folder).map_err(DevnetError::at(&folder))?;
    }
    Ok(program)
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
    fn a_program_is_built_once_and_one_that_fails_leaves_nothing() {
        let cache = tempfile::tempdir().unwrap();
        let failed = ensure(cache.path(), "a-1", "bin/a", |_| Err(DevnetError::GoMissing));
        assert!(matches!(failed, Err(DevnetError::GoMissing)));
        assert!(!cache.path().join("devnet/a-1").exists());
        let build = |folder: &Path| {
            std::fs::create_dir(folder.join("bin")).unwrap();
            std::fs::write(folder.join("bin/a"), "").map_err(DevnetError::at(folder))
        };
        let program = ensure(cache.path(), "a-1", "bin/a", build).unwrap();
        assert_eq!(program, cache.path().join("devnet/a-1/bin/a"));
        let again = ensure(cache.path(), "a-1", "bin/a", |_| panic!("it is there"));
        assert_eq!(again.unwrap(), program);
        // Another version is another folder.
        assert!(ensure(cache.path(), "a-2", "bin/a", build).unwrap() != program);
    }

    #[test]
    fn the_end_of_a_text_is_shown() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
        assert_eq!(last_lines("", 2), "");
    }
}
