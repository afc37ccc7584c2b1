//! FHIR R4 (4.0.1): the resources that a hospital sends and gets back.
//!
//! [`Json::parse`] reads bytes within the bounds of [`limits`]; digits of decimals stay as they are written. [`check()`] says what is wrong
//! with a document, each with its place and what helps. [`Resource::read`] does both and gives the structs; what they do not name is kept, so
//! that what was read can be written again. [`report()`] writes the answer of a job, [`Access`] events for an audit log, and
//! [`Consent::holds_at`] says whether a consent can be relied on.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

mod audit;
mod check;
mod consent;
mod contained;
mod date;
mod decimal;
mod element;
mod issue;
mod json;
pub mod limits;
mod narrative;
mod path;
mod primitive;
mod reference;
mod report;
mod resource;
mod rules;
mod table;
mod types;

pub use audit::{Access, Action};
pub use check::{Checked, RESOURCES, check};
pub use consent::ConsentError;
pub use date::{Precision, When, instant};
pub use decimal::Decimal;
pub use element::Mismatch;
pub use issue::{Fault, Issue};
pub use json::{Json, JsonError, Object};
pub use report::{
    ACCOUNT, ATTESTATION, About, Finding, FindingValue, INPUT, JOB, Job, MODEL, Manifest, ManifestCode,
    ManifestCodes, ManifestOutput, ReportError, report,
};
pub use resource::{
    AuditAgent, AuditDetail, AuditEntity, AuditEvent, AuditSource, AuditValue, Bundle, BundleEntry, Consent,
    DiagnosticReport, Effective, ImagingInstance, ImagingSeries, ImagingStudy, Observation,
    ObservationComponent, ObservationValue, Occurred, Patient, Provenance, ProvenanceAgent, ProvenanceEntity,
    Provision, ReadError, Resource,
};
pub use types::{
    Annotation, CodeableConcept, Coding, HumanName, Identifier, Meta, Period, Quantity, Reference,
};
