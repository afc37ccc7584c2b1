//! Making and opening database files.

use std::path::Path;

use redb::{Builder, Database, DatabaseError};

/// Opens the database at `path`, or makes one that only its owner can read. It is made under another name and gets its own
/// when it is whole: a process that is killed meanwhile leaves nothing that can't be opened.
///
/// # Errors
/// [`DatabaseError::DatabaseAlreadyOpen`] while another process has it or makes it; those of the file system.
pub fn open_database(path: &Path, builder: &Builder) -> Result<Database, DatabaseError> {
    if path.exists() {
        return builder.create(path);
    }
    let unfinished = path.with_extension("new");
    restrict(&unfinished)?;
    let database = match builder.create(&unfinished) {
        Err(DatabaseError::Storage(_)) => {
            // Left by a process that was killed: whoever makes one now holds its lock.
            std::fs::remove_file(&unfinished)?;
            restrict(&unfinished)?;
            builder.create(&unfinished)?
        }
        made => made?,
    };
    // Never in the place of one that another process has made in the meantime.
    let named = std::fs::hard_link(&unfinished, path);
    let removed = std::fs::remove_file(&unfinished);
    match named {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => builder.create(path),
        named => named.and(removed).map(|()| database).map_err(DatabaseError::from),
    }
}

/// State holds keys of jobs: the file is unreadable to others before anything is in it.
pub(crate) fn restrict(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
