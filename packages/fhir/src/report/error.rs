//! Why there is no report.

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "no report was made"]
pub enum ReportError {
    /// The manifest is of another model.
    #[error(
        "the manifest is of the model {manifest}, and the job was run with {job}; give the manifest of that model"
    )]
    OtherModel {
        /// Digest in the manifest.
        manifest: String,
        /// Digest in the job.
        job: String,
    },
    /// Nothing to report.
    #[error("no rows or images are named; a report has at least one")]
    Nothing,
    /// A number that is none.
    #[error("{what} {number} has no finite value; the job has to be run again")]
    NotFinite {
        /// `row` or `image`.
        what: &'static str,
        /// Its number, from 0.
        number: usize,
    },
    /// What is said is not what a model of images says.
    #[error("the numbers of an image are no rows; name the model, which knows its classes")]
    Rows,
    /// An identifier of DICOM that is none.
    #[error(
        "{found:?} is no DICOM UID; expected numbers with points between, at most 64 characters, such as 2.25.17"
    )]
    Uid {
        /// What was given.
        found: String,
    },
    /// A time beyond the calendar of FHIR.
    #[error("{seconds} seconds since 1970 are beyond the year 9999; correct this machine's clock")]
    Clock {
        /// The time, in seconds since 1970.
        seconds: u64,
    },
}
