//! The process's limit of open files.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the limit of open files (`RLIMIT_NOFILE`) as far as the system lets this process, and returns what holds
/// then: many systems start programs with 1,024, and a connection is a file. `u64::MAX` is no limit. A system that
/// refuses leaves the limit as it is.
pub fn raise_file_limit() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        let _ = setrlimit(Resource::Nofile, limit);
        limit = getrlimit(Resource::Nofile);
    }
    limit.current.unwrap_or(u64::MAX)
}
