//! References to what only DICOM has a name of.

use super::error::ReportError;
use crate::primitive::is_oid;
use crate::types::{Identifier, Reference};

/// The system of identifiers of DICOM objects (<https://hl7.org/fhir/R4/imagingstudy.html>).
const DICOM_UID: &str = "urn:dicom:uid";
/// Most characters of a UID (PS3.5, section 9.1).
const MAX_UID: usize = 64;

/// A reference to a study or an object of DICOM, as a resource of this type, by its UID.
pub(super) fn reference(kind: &str, uid: &str) -> Result<Reference, ReportError> {
    if uid.len() > MAX_UID || !is_oid(uid) {
        return Err(ReportError::Uid { found: uid.chars().take(MAX_UID).collect() });
    }
    let identifier = Identifier::new(DICOM_UID, format!("urn:oid:{uid}"));
    Ok(Reference { kind: Some(kind.into()), identifier: Some(identifier), ..Reference::default() })
}
