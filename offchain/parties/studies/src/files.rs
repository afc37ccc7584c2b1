//! Files in folders: found, read in batches, written as a whole.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use bithive_deid::limits::MAX_BYTES;
use bithive_deid::{Error, Object, read};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::error::{StudiesError, at};

/// Folders within folders that are followed.
const MOST_DEPTH: usize = 32;
/// Bytes of files that are in memory at once, where there is more than one.
const BATCH_BYTES: u64 = 256 << 20;
const BATCH_FILES: usize = 64;
/// Threads that wait for the disk.
const SYNCING: usize = 16;

/// A file that was read: its bytes and the object in them, or why there is none.
pub(crate) struct Loaded {
    pub(crate) path: PathBuf,
    pub(crate) content: Result<(Vec<u8>, Object), String>,
}

/// Every file of a folder and those in it, in the order of names, or the file itself. Links are not followed.
pub(crate) fn list(path: &Path) -> Result<Vec<PathBuf>, StudiesError> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut folders = vec![(path.to_owned(), 0)];
    let mut files = Vec::new();
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(at(&folder))? {
            let entry = entry.map_err(at(&folder))?;
            let kind = entry.file_type().map_err(at(&folder))?;
            if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_dir() && depth < MOST_DEPTH {
                folders.push((entry.path(), depth + 1));
            }
        }
    }
    files.sort();
    if files.is_empty() { Err(StudiesError::Empty { path: path.to_owned() }) } else { Ok(files) }
}

/// Cuts a list into parts whose bytes fit memory together.
pub(crate) fn batches(files: &[PathBuf]) -> Vec<&[PathBuf]> {
    let mut parts = Vec::new();
    let (mut start, mut bytes) = (0, 0_u64);
    for (index, file) in files.iter().enumerate() {
        let length = std::fs::metadata(file).map_or(0, |data| data.len());
        if index > start && (index - start >= BATCH_FILES || bytes.saturating_add(length) > BATCH_BYTES) {
            parts.extend(files.get(start..index));
            (start, bytes) = (index, 0);
        }
        bytes = bytes.saturating_add(length);
    }
    parts.extend(files.get(start..).filter(|rest| !rest.is_empty()));
    parts
}

/// Reads files, several at a time, in their order.
pub(crate) fn load(files: &[PathBuf]) -> Vec<Loaded> {
    files.par_iter().map(|path| Loaded { path: path.clone(), content: open(path) }).collect()
}

fn open(path: &Path) -> Result<(Vec<u8>, Object), String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let limit = MAX_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let object = read(&bytes).map_err(|error: Error| error.to_string())?;
    Ok((bytes, object))
}

/// Writes a file under another name first, so that what has its name is whole.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StudiesError> {
    begin(path, bytes)?.finish()
}

/// A file that is written, and does not have its name yet.
pub(crate) struct Begun {
    file: File,
    aside: PathBuf,
    path: PathBuf,
}

impl Begun {
    fn finish(&self) -> Result<(), StudiesError> {
        self.file.sync_all().map_err(at(&self.aside))?;
        std::fs::rename(&self.aside, &self.path).map_err(at(&self.path))
    }
}

/// Gives files their names once they are on disk. Many wait for it at once, since a disk commits them together: one after the other, a run
/// would spend most of its time here.
pub(crate) fn finish(files: &[Begun]) -> Result<(), StudiesError> {
    let each = files.len().div_ceil(SYNCING).max(1);
    std::thread::scope(|scope| {
        let finish = |part: &[Begun]| part.iter().try_for_each(Begun::finish);
        let waiting: Vec<_> = files.chunks(each).map(|part| scope.spawn(move || finish(part))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        waiting.into_iter().try_for_each(join)
    })
}

/// The first half of [`write_whole`].
pub(crate) fn begin(path: &Path, bytes: &[u8]) -> Result<Begun, StudiesError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let aside = path.with_extension("part");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).open(&aside).map_err(at(&aside))?;
    file.write_all(bytes).map_err(at(&aside))?;
    Ok(Begun { file, aside, path: path.to_owned() })
}

/// Prepares a folder for output: a new one, or one that a run with the same mark began. `mark` is the content of its file `name`.
pub(crate) fn prepare(input: &Path, output: &Path, name: &str, mark: &str) -> Result<(), StudiesError> {
    let from = input.canonicalize().map_err(at(input))?;
    // The first of its folders that is there says where a new one would be.
    let whole = std::path::absolute(output).map_err(at(output))?;
    let there = whole.ancestors().find(|folder| folder.exists()).unwrap_or(&whole);
    let base = there.canonicalize().map_err(at(there))?;
    let to = whole.strip_prefix(there).map_or_else(|_| base.clone(), |rest| base.join(rest));
    if from.starts_with(&to) || to.starts_with(&from) {
        return Err(StudiesError::Within);
    }
    std::fs::create_dir_all(output).map_err(at(output))?;
    let file = output.join(name);
    match std::fs::read_to_string(&file) {
        Ok(found) if found == mark => Ok(()),
        Ok(_) => Err(StudiesError::OtherRun { path: output.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if std::fs::read_dir(output).map_err(at(output))?.next().is_some() {
                return Err(StudiesError::NotNew { path: output.to_owned() });
            }
            write_whole(&file, mark.as_bytes())
        }
        Err(error) => Err(at(&file)(error)),
    }
}
