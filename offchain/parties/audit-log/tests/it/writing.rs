//! Crashes, several writers, damage.

use std::path::{Path, PathBuf};

use bithive_audit::{Act, Fault, Head, Name, Outcome, Role};
use bithive_audit_log::{AuditLog, AuditLogError, Follower, Reader, verify};

pub fn who() -> (Name, Role) {
    ("bithive1abc".parse().unwrap(), Role::Requester)
}

fn log_of(folder: &Path, entries: u32) -> AuditLog {
    let log = AuditLog::open(folder, who()).unwrap();
    for count in 0..entries {
        log.record(Act::Opened, Outcome::Success, |event| event.count = Some(count)).unwrap();
    }
    log
}

fn segment(folder: &Path) -> PathBuf {
    folder.join("entries-00000000000000000001.log")
}

fn head(folder: &Path) -> Head {
    verify(folder, [], |_| {}).unwrap().log.unwrap().head
}

fn acts(folder: &Path) -> Vec<Act> {
    let mut acts = Vec::new();
    verify(folder, [], |entry| acts.push(entry.event.act)).unwrap().log.unwrap();
    acts
}

#[test]
fn a_new_log_begins_with_its_own_entry_and_goes_on_after_it_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("audit");
    drop(log_of(&inside, 2));
    log_of(&inside, 1);
    assert_eq!(acts(&inside), [Act::LogBegun, Act::Opened, Act::Opened, Act::Opened]);
    let other = tempfile::tempdir().unwrap();
    log_of(other.path(), 0);
    assert_ne!(head(&inside).log, head(other.path()).log, "each log has an identity of its own");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_log_or_its_salt() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("audit");
    log_of(&inside, 1);
    for file in [inside.join("salt"), segment(&inside)] {
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
    assert_eq!(std::fs::metadata(&inside).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn an_entry_that_a_crash_has_cut_anywhere_is_removed_with_a_note_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 3);
    let whole = std::fs::read(segment(folder.path())).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for end in last + 1..whole.len() {
        std::fs::write(segment(folder.path()), &whole[..end]).unwrap();
        assert_eq!(verify(folder.path(), [], |_| {}).unwrap().torn, end - last);
        drop(AuditLog::open(folder.path(), who()).unwrap());
        let mut noted = None;
        let verdict = verify(folder.path(), [], |entry| noted = Some(entry.clone())).unwrap();
        let noted = noted.unwrap();
        assert_eq!((verdict.log.unwrap().head.seq, verdict.torn), (4, 0), "cut at {end}");
        assert_eq!((noted.event.act, noted.event.count), (Act::LogRepaired, Some((end - last) as u32)));
        assert!(std::fs::read(segment(folder.path())).unwrap().starts_with(&whole[..last]));
    }
}

#[test]
fn zeros_that_a_crash_has_left_are_cut_too() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 2);
    let mut bytes = std::fs::read(segment(folder.path())).unwrap();
    let before = bytes.len();
    bytes.extend([0; 4_096]);
    std::fs::write(segment(folder.path()), &bytes).unwrap();
    log_of(folder.path(), 1);
    assert_eq!(acts(folder.path())[3..], [Act::LogRepaired, Act::Opened]);
    assert!(std::fs::read(segment(folder.path())).unwrap().starts_with(&bytes[..before]));
}

#[test]
fn several_writers_at_once_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            // Each as a process of its own would have it.
            scope.spawn(|| log_of(folder.path(), 25));
        }
    });
    assert_eq!(head(folder.path()).seq, 101);
}

#[test]
fn threads_of_one_log_write_together_and_each_gets_its_own_entry() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let log = log.clone();
            scope.spawn(move || {
                for number in 0..25 {
                    let count = Some(thread * 100 + number);
                    let entry =
                        log.record(Act::Opened, Outcome::Success, |event| event.count = count).unwrap();
                    assert_eq!(entry.event.count, count);
                    // One that can't be logged is refused alone.
                    let refused = log.record(Act::Opened, Outcome::Success, |event| event.at = u64::MAX);
                    assert!(matches!(refused, Err(AuditLogError::Event(_))), "{refused:?}");
                }
            });
        }
    });
    assert_eq!(head(folder.path()).seq, 201);
}

#[test]
fn a_log_that_was_changed_is_not_written_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 5);
    let text = std::fs::read_to_string(segment(folder.path())).unwrap();
    let changed = text.replacen("\"count\":2", "\"count\":3", 1);
    std::fs::write(segment(folder.path()), &changed).unwrap();
    let refused = AuditLog::open(folder.path(), who()).unwrap_err();
    assert!(matches!(refused, AuditLogError::Broken { seq: 4, .. }), "{refused}");
    assert_eq!(std::fs::read_to_string(segment(folder.path())).unwrap(), changed, "and stays as it is");
    assert_eq!(verify(folder.path(), [], |_| {}).unwrap().log, Err(Fault::Changed { seq: 4 }));
    drop(log);
}

#[test]
fn an_end_that_was_cut_off_is_noticed_by_who_knows_the_head() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 5);
    let known = head(folder.path());
    let text = std::fs::read_to_string(segment(folder.path())).unwrap();
    let shorter: String = text.split_inclusive('\n').take(3).collect();
    std::fs::write(segment(folder.path()), shorter).unwrap();
    assert!(verify(folder.path(), [], |_| {}).unwrap().log.is_ok());
    let fault = verify(folder.path(), [known.clone()], |_| {}).unwrap().log.unwrap_err();
    assert_eq!(fault, Fault::CutOff { last: 3, head: known });
}

#[test]
fn a_log_whose_salt_was_destroyed_is_read_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    log_of(folder.path(), 1);
    std::fs::remove_file(folder.path().join("salt")).unwrap();
    assert!(matches!(AuditLog::open(folder.path(), who()), Err(AuditLogError::NoSalt { .. })));
    assert!(Reader::open(folder.path()).unwrap().salt().unwrap().is_none());
    assert_eq!(head(folder.path()).seq, 2);
}

#[test]
fn a_folder_without_a_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::open(folder.path()), Err(AuditLogError::NoLog { .. })));
    assert!(matches!(Follower::new(&folder.path().join("x")), Err(AuditLogError::NoLog { .. })));
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(AuditLog::open(&file, who()), Err(AuditLogError::Write { .. })));
}

#[test]
fn a_configuration_is_noted_when_it_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 0);
    for configuration in ["a", "a", "b", "b", "a"] {
        log.note_configuration(configuration.as_bytes()).unwrap();
    }
    assert_eq!(acts(folder.path())[1..], [Act::ConfigurationChanged; 3]);
}

#[test]
fn a_follower_gets_each_entry_once_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_of(folder.path(), 2);
    let mut follower = Follower::new(folder.path()).unwrap();
    assert_eq!(follower.next_lines().unwrap().len(), 3);
    assert!(follower.next_lines().unwrap().is_empty());
    log.record(Act::Exported, Outcome::Success, |_| {}).unwrap();
    let lines = follower.next_lines().unwrap();
    assert!(lines.len() == 1 && lines[0].windows(8).any(|part| part == b"exported"));
}
