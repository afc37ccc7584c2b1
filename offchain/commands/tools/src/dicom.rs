//! `bithive dicom`: medical images before they become a job.

mod note;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use bithive_audit::{Act, Outcome};
use bithive_command_kit::{Output, Spinner, printable, spinner, table};
use bithive_deid::{Boxes, DateOption, DeidKey, Options, Profile};
use bithive_keystore::{fresh_rng, private};
use bithive_studies::{Inspection, Refusal, Summary, TABLE, deidentify, import, inspect};
use bithive_subject_keys::{MAX_BYTES, SubjectKeys, WrappingKey, wipe};
use clap::{Args, Subcommand, ValueEnum};
use rand_core::Rng as _;
use zeroize::Zeroizing;

use self::note::{NoteArgs, Notes, To};

/// Most bytes of a key file: 64 digits and white space.
const MAX_KEY_BYTES: usize = 256;
/// Most bytes of a list of boxes.
const MAX_BOXES_BYTES: u64 = 4 << 20;
/// Rows of a list that are shown; --json has all.
const SHOWN: usize = 20;

/// Medical images: what files are, without the patient's name, and as the images that jobs take.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Say what DICOM files are and what `deid` would do with them, without a value that names somebody.
    ///
    /// Exit code 1 if a file can't be read or would be refused. Paths are shown as they are: they may name patients.
    Inspect {
        /// A file, or a folder with all folders in it.
        input: PathBuf,
        #[command(flatten)]
        profile: ProfileArgs,
    },
    /// Write DICOM files without what names the patient, for example: dicom deid scans out --key deid.key --dates shift
    ///
    /// It follows the Basic Application Level Confidentiality Profile of DICOM PS3.15 Annex E and the options that are given; docs/medical.md
    /// says what that does not protect from. Input stays as it is, output goes into a new folder, named by new identifiers. After an
    /// interruption, the same command goes on. A file that can't be cleaned is left out, with the reason; exit code 1 if there is one.
    Deid {
        /// A file, or a folder with all folders in it.
        input: PathBuf,
        /// A new folder, or that of the run to go on with.
        output: PathBuf,
        /// The key, which `dicom key` makes: the same key gives the same subject the same identifiers in later runs. Who has it can
        /// recognise patients.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        profile: ProfileArgs,
        #[command(flatten)]
        note: NoteArgs,
    },
    /// Make of de-identified files the images that jobs take: one .bhim file for each object, and images.csv.
    ///
    /// Samples are float32 after the modality transformation, in Hounsfield units for CT. Exit code 1 if a file was left out.
    Import {
        /// The output of `deid`.
        input: PathBuf,
        /// A new folder, or that of the run to go on with.
        output: PathBuf,
        /// Seal each image under the key of its subject, in this folder, so that `erase` reaches it.
        #[arg(long, value_name = "DIR", requires = "wrapping_key")]
        keys: Option<PathBuf>,
        /// The key under which they are wrapped, which `dicom key` makes.
        #[arg(long, value_name = "FILE", requires = "keys")]
        wrapping_key: Option<PathBuf>,
        #[command(flatten)]
        note: NoteArgs,
    },
    /// Open an image that `import` has sealed, for a job. What is written is in the clear: `erase` does not reach it.
    Unseal {
        /// The sealed file, under the name that it was made with.
        file: PathBuf,
        /// File to create, which only its owner can read.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        keys: KeysArgs,
        #[command(flatten)]
        note: NoteArgs,
    },
    /// Erase a subject: destroy its key, so that no sealed image of it can ever be opened again, by anybody.
    ///
    /// The key's file is overwritten in place, written to disk, read back, and removed. The subject gets no new key. What this does not
    /// reach is said in the answer. For example: dicom erase 3F2A9C --keys keys --wrapping-key wrap.key --salt consent.json
    Erase {
        /// Pseudonym of the subject, as images.csv has it.
        subject: String,
        /// More files to destroy in the same way, such as consent receipts and salts of the subject; can be repeated.
        #[arg(long, value_name = "FILE")]
        salt: Vec<PathBuf>,
        #[command(flatten)]
        keys: KeysArgs,
        #[command(flatten)]
        note: NoteArgs,
    },
    /// Make a key for `deid`, or to wrap the keys of subjects, in a new file that only its owner can read.
    Key {
        /// The file to create.
        file: PathBuf,
    },
}

/// Where the keys of subjects are.
#[derive(Args)]
pub struct KeysArgs {
    /// Folder with a key for each subject.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// The key under which they are wrapped, which `dicom key` makes: keep it apart from them, where no backup copies both.
    #[arg(long, value_name = "FILE")]
    wrapping_key: PathBuf,
}

/// What an erasure does not reach: said with every one.
const NOT_REACHED: [&str; 4] = [
    "answers and models that were computed from the data, and whoever has seen it",
    "copies in the clear: de-identified files, the sources, what `dicom unseal` has written",
    "copies that a file system or disk keeps by itself: snapshots, copy-on-write, backups of the keys' folder, spare blocks of an SSD",
    "what is on a chain: digests, which without their salts say nothing of anybody",
];

/// What is kept beyond the basic profile.
#[derive(Args)]
pub struct ProfileArgs {
    /// Dates: `remove` them, `shift` them by one to 365 days for each subject, or `keep` them.
    #[arg(long, value_enum, default_value = "remove")]
    dates: Dates,
    /// Keep what is named; repeat or separate by commas. Each makes it easier to recognise somebody.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    retain: Vec<Retain>,
    /// Keep the tree, numbers and public codes of structured reports; without it their content goes as a whole.
    #[arg(long)]
    clean_reports: bool,
    /// Where text stands in pictures, as JSON: [{"modality":"US","rows":600,"columns":800,"boxes":[[0,0,800,60]]}]; a box is x, y, width,
    /// height. An empty list of boxes says that somebody has looked at such pictures and there is no text.
    #[arg(long, value_name = "FILE")]
    boxes: Option<PathBuf>,
}

/// The values of `--dates`, as [`DateOption`].
#[derive(Clone, Copy, ValueEnum)]
enum Dates {
    Remove,
    Shift,
    Keep,
}

/// The values of `--retain`, as [`Options`].
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Retain {
    /// UIDs: who has the archive finds each object.
    Uids,
    /// Stations, serial numbers.
    Device,
    /// The institution's name and address.
    Institution,
    /// Sex, age, size, weight and the like; ages above 89 become 90.
    Patient,
}

/// Runs a command; none needs a chain.
pub fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::Inspect { input, profile } => {
            let profile = profile.read()?;
            let answer =
                with_progress(output, "reading", |progress| Ok(inspect(&input, &profile, progress)?))?;
            output.show(&answer, show_inspection)?;
            let sound =
                answer.unreadable.is_empty() && answer.files.iter().all(|file| file.refused.is_none());
            Ok(code(sound))
        }
        Command::Deid { input, output: folder, key, profile, note } => {
            let (profile, key, notes) = (profile.read()?, read_key(&key)?, note.open()?);
            let to = (To::File(&input), "dicom-deid");
            let work = || {
                with_progress(output, "de-identifying", |progress| {
                    Ok(deidentify(&input, &folder, &profile, &key, progress)?)
                })
            };
            let answer =
                notes.around(Act::Deidentified, to, work, |answer| Some(written(&answer.summary)))?;
            left_out(&notes, Act::Deidentified, to, &answer.summary)?;
            output.show(&answer, |answer| {
                show_summary(&answer.summary, &folder);
                println!("{} subjects, {} images with blanked boxes", answer.subjects, answer.blanked);
                for (warning, files) in &answer.warnings {
                    println!("note: {} ({files} files)", explained(*warning));
                }
            })?;
            Ok(code(answer.summary.refused.is_empty()))
        }
        Command::Import { input, output: folder, keys, wrapping_key, note } => {
            let args = keys.zip(wrapping_key).map(|(keys, wrapping_key)| KeysArgs { keys, wrapping_key });
            let keys = args.map(|args| args.open()).transpose()?;
            let (notes, to) = (note.open()?, (To::File(input.as_path()), "dicom-import"));
            let work = || {
                with_progress(output, "importing", |progress| {
                    Ok(import(&input, &folder, keys.as_ref(), progress)?)
                })
            };
            let answer = notes.around(Act::Opened, to, work, |answer| Some(written(&answer.summary)))?;
            left_out(&notes, Act::Opened, to, &answer.summary)?;
            output.show(&answer, |answer| {
                show_summary(&answer.summary, &folder);
                println!(
                    "{} files of images, listed in {}",
                    answer.images.len(),
                    folder.join(TABLE).display()
                );
            })?;
            Ok(code(answer.summary.refused.is_empty()))
        }
        Command::Unseal { file, out, keys, note } => {
            let (notes, to) = (note.open()?, (To::File(file.as_path()), "dicom-unseal"));
            let open = || Ok(keys.open()?.unseal(&file, &read_sealed(&file)?)?);
            let opened = notes.around(Act::Decrypted, to, open, |_| Some(1))?;
            notes.around(Act::Exported, to, || Ok(private::create(&out, &opened)?), |()| Some(1))?;
            let answer = serde_json::json!({ "file": out, "bytes": opened.len() });
            output.show(&answer, |_| println!("wrote {}, in the clear", out.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Erase { subject, salt, keys, note } => erase(&subject, &salt, &keys, (&note, output)),
        Command::Key { file } => {
            let mut key = Zeroizing::new([0_u8; 32]);
            fresh_rng()?.fill_bytes(&mut *key);
            let text = Zeroizing::new(hex::encode(*key) + "\n");
            private::create(&file, text.as_bytes())?;
            let answer = serde_json::json!({ "key": file });
            output.show(&answer, |_| {
                println!("wrote {}; keep it apart from what it de-identifies", file.display())
            })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl ProfileArgs {
    fn read(self) -> Result<Profile> {
        let retained = |what| self.retain.contains(&what);
        let options = Options {
            dates: match self.dates {
                Dates::Remove => DateOption::Remove,
                Dates::Shift => DateOption::Shift,
                Dates::Keep => DateOption::Keep,
            },
            uids: retained(Retain::Uids),
            device: retained(Retain::Device),
            institution: retained(Retain::Institution),
            patient: retained(Retain::Patient),
            clean_structured_content: self.clean_reports,
        };
        let boxes = self.boxes.as_deref().map(read_boxes).transpose()?.unwrap_or_default();
        Ok(Profile { options, boxes })
    }
}

fn read_boxes(path: &Path) -> Result<Boxes> {
    let option = || format!("--boxes {}", path.display());
    let length = std::fs::metadata(path).with_context(option)?.len();
    if length > MAX_BOXES_BYTES {
        return Err(anyhow!("{length} bytes; at most {MAX_BOXES_BYTES} are read")).with_context(option);
    }
    let boxes: Boxes =
        serde_json::from_slice(&std::fs::read(path).with_context(option)?).with_context(option)?;
    boxes.check().with_context(option)?;
    Ok(boxes)
}

impl KeysArgs {
    fn open(&self) -> Result<SubjectKeys> {
        let option = || format!("--wrapping-key {}", self.wrapping_key.display());
        let bytes = private::read(&self.wrapping_key, MAX_KEY_BYTES).with_context(option)?;
        let text = std::str::from_utf8(&bytes).with_context(option)?;
        Ok(SubjectKeys::open(&self.keys, &WrappingKey::from_hex(text).with_context(option)?)?)
    }
}

/// Reads a sealed file; its header and tag are 80 bytes.
fn read_sealed(file: &Path) -> Result<Vec<u8>> {
    let shown = || file.display().to_string();
    let length = std::fs::metadata(file).with_context(shown)?.len();
    let most = MAX_BYTES as u64 + 80;
    anyhow::ensure!(length <= most, "{} has {length} bytes; at most {most} are read", shown());
    std::fs::read(file).with_context(shown)
}

fn written(summary: &Summary) -> u64 {
    summary.written
}

/// Notes files that were left out, if there are some.
fn left_out(notes: &Notes, act: Act, to: (To<'_>, &str), summary: &Summary) -> Result<()> {
    match u64::try_from(summary.refused.len()) {
        Ok(0) => Ok(()),
        count => notes.note((act, Outcome::Refused), to, count.ok()),
    }
}

fn erase(
    subject: &str,
    salts: &[PathBuf],
    keys: &KeysArgs,
    (note, output): (&NoteArgs, Output),
) -> Result<ExitCode> {
    let mut rng = fresh_rng()?;
    let notes = note.open()?;
    let keys = keys.open()?;
    let work = || {
        // The key first: what is left is of no use without it.
        let erased = keys.erase(subject, &mut rng)?;
        let mut wiped = Vec::new();
        for file in salts {
            let gone = wipe(file, &mut rng).context("--salt")?;
            wiped.push(serde_json::json!({ "file": file, "bytes": gone.bytes }));
        }
        Ok((erased, wiped))
    };
    let (erased, wiped) = notes.around(Act::Erased, (To::Subject(subject), "dicom-erase"), work, |_| None)?;
    let bytes = erased.key.map(|key| key.bytes);
    let answer = serde_json::json!({
        "subject": subject, "key_bytes_overwritten": bytes, "erased_before": bytes.is_none(), "files": wiped,
        "not_reached": NOT_REACHED,
    });
    output.show(&answer, |_| {
        match bytes {
            Some(bytes) => println!("the key is destroyed: {bytes} bytes were overwritten, written to disk, read back, and removed"),
            None => println!("the key was destroyed before"),
        }
        for file in salts {
            println!("{} is destroyed", file.display());
        }
        println!("not reached:");
        for what in NOT_REACHED {
            println!("  {what}");
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn read_key(path: &Path) -> Result<DeidKey> {
    let option = || format!("--key {}", path.display());
    let bytes = private::read(path, MAX_KEY_BYTES).with_context(option)?;
    let text = std::str::from_utf8(&bytes).ok().ok_or(bithive_deid::Error::Key).with_context(option)?;
    DeidKey::from_hex(text).with_context(option)
}

fn with_progress<T>(
    output: Output,
    what: &'static str,
    work: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<T>,
) -> Result<T> {
    let shown: Spinner = spinner(output);
    shown.set_message(what);
    let answer = work(&mut |done, files| shown.update(format!("{what}: {done} of {files} files")));
    shown.finish_and_clear();
    answer
}

fn code(sound: bool) -> ExitCode {
    if sound { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn show_inspection(answer: &Inspection) {
    let mut rows = table(&["file", "modality", "pixels", "changes", "notes"]);
    for file in answer.files.iter().take(SHOWN) {
        let size = file.size.map(|[height, width, frames]| format!("{width} x {height} x {frames}"));
        let notes = match &file.refused {
            Some(reason) => format!("refused: {reason}"),
            None => file.warnings.iter().map(|warning| explained(*warning)).collect::<Vec<_>>().join("; "),
        };
        rows.add_row([
            printable(&file.file),
            printable(&file.modality),
            size.unwrap_or_default(),
            file.changes.to_string(),
            notes,
        ]);
    }
    println!("{rows}");
    let more = answer.files.len().saturating_sub(SHOWN);
    if more > 0 {
        println!("and {more} more; --json has them all");
    }
    let refused = answer.files.iter().filter(|file| file.refused.is_some()).count();
    println!("{} files can be read, of which {refused} would be refused", answer.files.len());
    show_refusals("can't be read", &answer.unreadable);
}

fn show_summary(summary: &Summary, folder: &Path) {
    println!(
        "{} files: {} written to {}, {} there from before, {} repeated, {} left out",
        summary.files,
        summary.written,
        folder.display(),
        summary.there,
        summary.repeated,
        summary.refused.len()
    );
    show_refusals("left out", &summary.refused);
}

fn show_refusals(what: &str, refused: &[Refusal]) {
    for refusal in refused.iter().take(SHOWN) {
        println!("{what}: {}: {}", printable(&refusal.file), refusal.reason);
    }
    let more = refused.len().saturating_sub(SHOWN);
    if more > 0 {
        println!("and {more} more; --json has them all");
    }
}

fn explained(warning: bithive_deid::Warning) -> &'static str {
    use bithive_deid::Warning;
    match warning {
        Warning::Face => "a head: its surface shows the face, which nothing here removes",
        Warning::MaybeFace => {
            "the part of the body is not stated: where it is a head, its surface shows the face"
        }
        Warning::NoPatient => "no patient is named; the study stands for the subject",
        Warning::UnusedBits => "unused bits of the pixels were not empty and are cleared",
        Warning::Trailing => "bytes behind the last frame were dropped",
        Warning::Markers => "comments within compressed frames were dropped",
        Warning::SaidBurnedIn => "the device said that the picture has text; the boxes were trusted",
    }
}
