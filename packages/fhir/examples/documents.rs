//! Writes generated FHIR documents, mutations of them, and the verdicts of this crate on all, for `scripts/fhir-validate` to compare with
//! those of an independent validator.
//!
//! ```sh
//! cargo run -p bithive-fhir --example documents -- --seed 1 --count 500 --mutations 200 FOLDER
//! ```
//!
//! `FOLDER/documents` are valid; `FOLDER/mutations` differ from one in one thing; `FOLDER/differences` are those that this crate refuses by
//! design and HAPI does not. `FOLDER/verdicts.tsv` has a line for each file: its name, the number of issues, the first one.

#[path = "documents/documents.rs"]
mod documents;
#[path = "documents/mutations.rs"]
mod mutations;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bithive_fhir::{Json, check};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut seed, mut count, mut mutated, mut folder) = (1u64, 500usize, 200usize, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number =
            || arguments.next().ok_or(format!("{argument} has no number")).map(|text| text.parse::<u64>());
        match argument.as_str() {
            "--seed" => seed = number()??,
            "--count" => count = usize::try_from(number()??)?,
            "--mutations" => mutated = usize::try_from(number()??)?,
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let folder =
        folder.ok_or("expected a folder: documents [--seed N] [--count N] [--mutations N] FOLDER")?;
    let mut random = documents::Random(seed);
    let valid: Vec<_> = (0..count).map(|number| documents::document(number, &mut random)).collect();
    let mut verdicts = String::new();
    for (number, document) in valid.iter().enumerate() {
        write(&folder, "documents", &format!("{number:03}"), &document.to_json_pretty(), &mut verdicts)?;
    }
    for (number, (name, text)) in mutations::mutations(&valid, mutated, &mut random).iter().enumerate() {
        write(&folder, "mutations", &format!("{number:03}-{name}"), text, &mut verdicts)?;
    }
    for (name, text) in mutations::differences(&valid) {
        write(&folder, "differences", name, &text, &mut verdicts)?;
    }
    std::fs::write(folder.join("verdicts.tsv"), verdicts)?;
    Ok(())
}

/// Writes a file, and what the crate says of it.
fn write(
    folder: &Path,
    part: &str,
    name: &str,
    text: &str,
    verdicts: &mut String,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder.join(part))?;
    std::fs::write(folder.join(part).join(format!("{name}.json")), text)?;
    let (count, first) = match Json::parse(text.as_bytes()) {
        Err(error) => (1, error.to_string()),
        Ok(object) => {
            let found = check(&object).issues;
            (found.len(), found.first().map(ToString::to_string).unwrap_or_default())
        }
    };
    let first = first.replace(['\t', '\n'], " ");
    writeln!(verdicts, "{part}/{name}.json\t{count}\t{first}")?;
    Ok(())
}
