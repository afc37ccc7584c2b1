//! What is left of jobs that have ended, and how long it is kept.
//!
//! The encrypted input goes at once: nobody asks for it any more. The encrypted output is offered to the requester for a week; the result
//! stays as long, because a chain that is put back to an earlier block asks for the same commitment again. The rest, with what the guard has seen, stays for as long as a job can last: after that, every job
//! with a lower number has ended as well, so one number, written down, is enough for the guard to sign nothing of them again.

use bithive_api::jobs::JobResponse;
use bithive_api::jobs::limits::{MAX_LIFE_SECONDS, MAX_ROUNDS};
use bithive_exchange::Digest;
use bithive_state::State;
use serde::{Deserialize, Serialize};

use super::{Contributor, Record, record_name, result_name};
use crate::work::{Finished, digest};
use crate::{Guard, NodeError};

/// Seconds for which a node offers its encrypted output after a job has ended: a week.
const OUTPUT_SECONDS: u64 = 7 * 86_400;
/// Seconds between two looks at what jobs have left: an hour.
const SWEEP_SECONDS: u64 = 3_600;
/// Prefixes of the records of jobs that have ended; the time at which what they name goes, and the job, follow.
const OUTPUTS: &str = "outputs/";
const ENDED: &str = "ended/";

/// Encrypted outputs that are still offered.
#[derive(Serialize, Deserialize)]
struct Outputs(Vec<Digest>);

/// What a job that has ended has left: its record, and the results that were found.
struct Left {
    record: Record,
    results: Vec<Finished>,
}

/// Outputs whose time is over.
struct Due {
    /// Name of the record that names them.
    name: String,
    job_id: u64,
    outputs: Vec<Digest>,
}

impl Contributor {
    /// Removes what nobody needs of a job that has ended, and notes when the rest goes.
    pub(super) async fn end(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        let (job_id, state) = (job.job_id, self.setup.state.clone());
        let Some(left) = left(&state, job_id)? else { return Ok(()) };
        for input in left.inputs() {
            self.setup.exchange.remove(input).await?;
        }
        if left.results.is_empty() {
            if left.record.estimate.is_some() {
                // A model that was only looked at: nobody can fill the store with those. It is one, and nothing else that is here.
                self.setup.exchange.remove(digest(&job.terms.model, "the model's digest")?).await?;
            }
            // It has found nothing, so it has signed nothing that the guard would have to know.
            return Ok(state.remove(&record_name(job_id))?);
        }
        let now = self.client().chain().info().await?.time.seconds();
        note(&state, job_id, left, now)
    }

    /// Removes what jobs have left whose time is over, once in an hour of the chain's time.
    pub(super) async fn sweep(&mut self, now: u64) -> Result<(), NodeError> {
        if now < self.next_sweep {
            return Ok(());
        }
        self.next_sweep = now.saturating_add(SWEEP_SECONDS);
        let state = self.setup.state.clone();
        for due in outputs_due(&state, now)? {
            for output in &due.outputs {
                // What can't be removed now goes with the store's own expiry.
                if let Err(error) = self.setup.exchange.remove(*output).await {
                    tracing::warn!(%error, "an old output can't be removed");
                }
            }
            outputs_removed(&state, due)?;
        }
        forget_due(&state, now)
    }
}

impl Left {
    /// The encrypted inputs that are still offered to others.
    fn inputs(&self) -> impl Iterator<Item = Digest> + '_ {
        self.results.iter().filter_map(|finished| finished.payload)
    }
}

/// What a job has left, unless it is noted already.
fn left(state: &State, job_id: u64) -> Result<Option<Left>, NodeError> {
    let Some(record) = state.get::<Record>(&record_name(job_id))? else { return Ok(None) };
    if record.ended {
        return Ok(None);
    }
    let mut results = Vec::new();
    for round in 1..=MAX_ROUNDS {
        results.extend(state.get::<Finished>(&result_name((job_id, round)))?);
    }
    Ok(Some(Left { record, results }))
}

/// Notes when what a job has left goes, if it ended `now`.
fn note(state: &State, job_id: u64, left: Left, now: u64) -> Result<(), NodeError> {
    let Left { record, results } = left;
    let outputs = Outputs(results.iter().map(|finished| finished.output).collect());
    state.put(&entry(OUTPUTS, now.saturating_add(OUTPUT_SECONDS), job_id), &outputs)?;
    state.put(&entry(ENDED, now.saturating_add(MAX_LIFE_SECONDS), job_id), &job_id)?;
    Ok(state.put(&record_name(job_id), &Record { ended: true, ..record })?)
}

fn outputs_due(state: &State, now: u64) -> Result<Vec<Due>, NodeError> {
    let mut all = Vec::new();
    for (name, job_id) in due(&state.names(OUTPUTS)?, OUTPUTS, now) {
        let Outputs(outputs) = state.get(&name)?.unwrap_or(Outputs(vec![]));
        all.push(Due { name, job_id, outputs });
    }
    Ok(all)
}

/// The results go with the outputs.
fn outputs_removed(state: &State, due: Due) -> Result<(), NodeError> {
    let mut names: Vec<_> = (1..=MAX_ROUNDS).map(|round| result_name((due.job_id, round))).collect();
    names.push(due.name);
    Ok(state.remove_all(&names)?)
}

/// Removes the rest of the jobs that ended so long ago that none before them goes on.
fn forget_due(state: &State, now: u64) -> Result<(), NodeError> {
    for (name, job_id) in due(&state.names(ENDED)?, ENDED, now) {
        // Before the name: a crash in between repeats it.
        Guard::new(state.clone()).forget(job_id)?;
        state.remove_all(&[record_name(job_id), name])?;
    }
    Ok(())
}

/// Names sort by time.
fn entry(prefix: &str, time: u64, job_id: u64) -> String {
    format!("{prefix}{time:020}/{job_id}")
}

/// The records whose time is over, with their jobs.
fn due(names: &[String], prefix: &str, now: u64) -> Vec<(String, u64)> {
    let read = |name: &String| {
        let (time, job) = name.strip_prefix(prefix)?.split_once('/')?;
        let (time, job): (u64, u64) = (time.parse().ok()?, job.parse().ok()?);
        (time <= now).then(|| (name.clone(), job))
    };
    names.iter().map_while(read).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::File;
    use std::io;

    use redb::StorageBackend;
    use redb::backends::FileBackend;
    use serde_json::json;

    use super::*;
    use crate::Purpose;

    const JOBS: u64 = 10_000;
    const DAY: u64 = 86_400;
    const JOBS_PER_DAY: u64 = 100;

    /// What is on a node's disk: its records, and the content that it offers.
    struct Disk {
        state: State,
        content: BTreeSet<Digest>,
    }

    impl Disk {
        /// A job of one round, from its input to its end, as the node records it.
        fn play(&mut self, job_id: u64, now: u64) {
            let content = |what: &str| *blake3::hash(format!("{what} {job_id}").as_bytes()).as_bytes();
            let (input, output) = (content("input"), content("output"));
            self.content.extend([input, output]);
            let (sealed, digest) = (vec![7; 100], [7; 32]);
            let finished = json!({
                "masked": digest, "output": output, "sealed_output": sealed, "nonce": digest, "shared": digest,
                "input_commitment": digest, "payload": input,
            });
            let guard = Guard::new(self.state.clone());
            for (purpose, bytes) in [(Purpose::Commitment, b"c"), (Purpose::Statement, b"s")] {
                guard.sign(purpose, (job_id, 1), bytes, |_| ()).unwrap();
            }
            self.state.put(&result_name((job_id, 1)), &finished).unwrap();
            self.state.put(&record_name(job_id), &Record::default()).unwrap();
            let left = left(&self.state, job_id).unwrap().unwrap();
            for input in left.inputs() {
                self.content.remove(&input);
            }
            note(&self.state, job_id, left, now).unwrap();
        }

        /// Removes what is due, as [`Contributor::sweep`] does.
        fn sweep(&mut self, now: u64) {
            for due in outputs_due(&self.state, now).unwrap() {
                for output in &due.outputs {
                    self.content.remove(output);
                }
                outputs_removed(&self.state, due).unwrap();
            }
            forget_due(&self.state, now).unwrap();
        }

        /// Number of records, and bytes of them as text.
        fn size(&self) -> (usize, usize) {
            let names = self.state.names("").unwrap();
            let record = |name: &String| self.state.get::<serde_json::Value>(name).unwrap().unwrap();
            (names.len(), names.iter().map(|name| name.len() + record(name).to_string().len()).sum())
        }
    }

    /// A file whose writes wait for no disk, since there are 70,000 of them.
    #[derive(Debug)]
    struct Unsynced(FileBackend);

    impl StorageBackend for Unsynced {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            self.0.set_len(length)
        }

        fn sync_data(&self) -> io::Result<()> {
            Ok(())
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }

        fn close(&self) -> io::Result<()> {
            self.0.close()
        }
    }

    #[test]
    fn what_a_node_keeps_of_ten_thousand_jobs_is_what_it_keeps_of_those_of_two_weeks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.redb");
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        let state = State::with_backend(Unsynced(FileBackend::new(file).unwrap())).unwrap();
        let mut disk = Disk { state, content: BTreeSet::new() };
        let (mut sizes, start) = (Vec::new(), 1_800_000_000);
        for job_id in 1..=JOBS {
            let now = start + job_id * DAY / JOBS_PER_DAY;
            disk.play(job_id, now);
            if job_id % (JOBS_PER_DAY / 4) == 0 {
                disk.sweep(now);
            }
            if job_id % (20 * JOBS_PER_DAY) == 0 {
                sizes.push((disk.size(), disk.content.len(), path.metadata().unwrap().len()));
            }
        }
        // Of each: the record, its end, and what was signed; for a week its result and where its output is, too.
        let two_weeks = MAX_LIFE_SECONDS / DAY * JOBS_PER_DAY;
        let week = OUTPUT_SECONDS / DAY * JOBS_PER_DAY;
        let ((first, first_bytes), _, first_length) = sizes[0];
        assert!(first as u64 <= 4 * two_weeks + 2 * week + 7, "{sizes:?}");
        for ((records, bytes), content, length) in sizes {
            assert_eq!(records, first);
            // Numbers get longer.
            assert!(bytes < first_bytes + first_bytes / 20, "{bytes}, {first_bytes} at first");
            assert!(content as u64 <= week + 1, "{content}");
            // The file grows by pages, and pages of removed records are used again.
            assert!(length <= first_length + first_length / 4, "{length}, {first_length} at first");
        }
        disk.sweep(start + JOBS * DAY + MAX_LIFE_SECONDS);
        assert_eq!(disk.state.names("").unwrap(), ["guard/forgotten"]);
        assert!(disk.content.is_empty());
        // The file is one that a node opens.
        drop(disk.state);
        let state = State::open(&path).unwrap();
        assert_eq!(state.names("").unwrap(), ["guard/forgotten"]);
        let late = Guard::new(state).sign(Purpose::Commitment, (JOBS, 1), b"another", |_| ());
        assert!(matches!(late, Err(NodeError::Forgotten { job_id: JOBS })));
    }
}
