//! The resources that are read and written, as structs with the elements that are worked with. The rest of each is in `other`.

use crate::check::check;
use crate::decimal::Decimal;
use crate::element::{Element, Mismatch, choices, elements};
use crate::issue::Issue;
use crate::json::{Json, JsonError, Object};
use crate::types::{
    Annotation, CodeableConcept, Coding, HumanName, Identifier, Meta, Period, Quantity, Reference,
};

elements! {
    /// A person who is cared for.
    Patient {
        /// On a server.
        id "id": Option<String>,
        /// About the resource.
        meta "meta": Option<Meta>,
        /// Names of the person in the systems of hospitals.
        identifier "identifier": Vec<Identifier>,
        /// Names of the person.
        name "name": Vec<HumanName>,
        /// `male`, `female`, `other` or `unknown`.
        gender "gender": Option<String>,
        /// Date of birth, a `date`.
        birth_date "birthDate": Option<String>,
    }
    /// A measurement, or a statement about a subject.
    Observation {
        /// On a server.
        id "id": Option<String>,
        /// About the resource.
        meta "meta": Option<Meta>,
        /// Names of it.
        identifier "identifier": Vec<Identifier>,
        /// `preliminary`, `final` and so on.
        status "status": String,
        /// What was observed.
        code "code": CodeableConcept,
        /// Whom or what it is about.
        subject "subject": Option<Reference>,
        /// When it was so.
        effective "effective[x]": Option<Effective>,
        /// When it was made available, an `instant`.
        issued "issued": Option<String>,
        /// What was found.
        value "value[x]": Option<ObservationValue>,
        /// Why nothing was.
        data_absent_reason "dataAbsentReason": Option<CodeableConcept>,
        /// Words about it.
        note "note": Vec<Annotation>,
        /// How it was found.
        method "method": Option<CodeableConcept>,
        /// What found it.
        device "device": Option<Reference>,
        /// Values of several parts.
        component "component": Vec<ObservationComponent>,
        /// What it was found from.
        derived_from "derivedFrom": Vec<Reference>,
    }
    /// A part of an observation with a value of its own.
    ObservationComponent {
        /// What was observed.
        code "code": CodeableConcept,
        /// What was found.
        value "value[x]": Option<ObservationValue>,
    }
    /// Images that were made together.
    ImagingStudy {
        /// On a server.
        id "id": Option<String>,
        /// About the resource.
        meta "meta": Option<Meta>,
        /// Names, among them the DICOM study UID as `urn:oid:` in the system `urn:dicom:uid`.
        identifier "identifier": Vec<Identifier>,
        /// `available` and so on.
        status "status": String,
        /// Whom it shows.
        subject "subject": Reference,
        /// When it began, a `dateTime`.
        started "started": Option<String>,
        /// The series that it has.
        series "series": Vec<ImagingSeries>,
    }
    /// Images of one kind within a study.
    ImagingSeries {
        /// DICOM series UID.
        uid "uid": String,
        /// What made it.
        modality "modality": Coding,
        /// The images, and objects of other kinds, that it has.
        instance "instance": Vec<ImagingInstance>,
    }
    /// One image, or object of another kind.
    ImagingInstance {
        /// DICOM SOP instance UID.
        uid "uid": String,
        /// DICOM SOP class, `urn:oid:` in the system `urn:ietf:rfc:3986`.
        sop_class "sopClass": Coding,
    }
    /// Findings as they are given to those who asked.
    DiagnosticReport {
        /// On a server.
        id "id": Option<String>,
        /// About the resource.
        meta "meta": Option<Meta>,
        /// Names of it.
        identifier "identifier": Vec<Identifier>,
        /// `preliminary`, `final` and so on.
        status "status": String,
        /// What kind of report it is.
        code "code": CodeableConcept,
        /// Whom it is about.
        subject "subject": Option<Reference>,
        /// When it was so.
        effective "effective[x]": Option<Effective>,
        /// When it was made available, an `instant`.
        issued "issued": Option<String>,
        /// The observations that it is made of.
        result "result": Vec<Reference>,
        /// The images that it is about.
        imaging_study "imagingStudy": Vec<Reference>,
        /// Words about the findings.
        conclusion "conclusion": Option<String>,
    }
    /// What a person allows or forbids.
    Consent {
        /// On a server.
        id "id": Option<String>,
        /// About the resource.
        meta "meta": Option<Meta>,
        /// Names of it.
        identifier "identifier": Vec<Identifier>,
        /// `active` and so on.
        status "status": String,
        /// What it is about: research, treatment and so on.
        scope "scope": CodeableConcept,
        /// Who gives it.
        patient "patient": Option<Reference>,
        /// When it was given, a `dateTime`.
        date_time "dateTime": Option<String>,
        /// What it allows or forbids.
        provision "provision": Option<Provision>,
    }
    /// What a consent allows or forbids, to whom, for what, and when.
    Provision {
        /// `permit` or `deny`.
        kind "type": Option<String>,
        /// When it holds.
        period "period": Option<Period>,
        /// What may be done.
        action "action": Vec<CodeableConcept>,
        /// What the data may or may not be used for, by codes.
        purpose "purpose": Vec<Coding>,
        /// Exceptions to it.
        provision "provision": Vec<Object>,
    }
    /// Several resources in one document.
    Bundle {
        /// On a server.
        id "id": Option<String>,
        /// About the resource.
        meta "meta": Option<Meta>,
        /// A name of it.
        identifier "identifier": Option<Identifier>,
        /// `collection`, `transaction`, `searchset` and so on.
        kind "type": String,
        /// When it was put together, an `instant`.
        timestamp "timestamp": Option<String>,
        /// The resources in it, in their order.
        entry "entry": Vec<BundleEntry>,
    }
    /// A resource in a Bundle.
    BundleEntry {
        /// The identity of the resource: an absolute URL.
        full_url "fullUrl": Option<String>,
        /// The resource; [`Resource::of`] reads it.
        resource "resource": Option<Object>,
    }
    /// Who and what made a resource.
    Provenance {
        /// On a server.
        id "id": Option<String>,
        /// What was made.
        target "target": Vec<Reference>,
        /// When it was made.
        occurred "occurred[x]": Option<Occurred>,
        /// When this was written down, an `instant`.
        recorded "recorded": String,
        /// What was done.
        activity "activity": Option<CodeableConcept>,
        /// Who did it.
        agent "agent": Vec<ProvenanceAgent>,
        /// What it was made from.
        entity "entity": Vec<ProvenanceEntity>,
    }
    /// Who took part in making something.
    ProvenanceAgent {
        /// In which role, such as author.
        kind "type": Option<CodeableConcept>,
        /// The person, organisation or device.
        who "who": Reference,
    }
    /// What something was made from.
    ProvenanceEntity {
        /// `source`, `derivation` and so on.
        role "role": String,
        /// The resource that it was made from.
        what "what": Reference,
    }
    /// Something that happened and has to be on record.
    AuditEvent {
        /// On a server.
        id "id": Option<String>,
        /// What kind of event it is.
        kind "type": Coding,
        /// What kind of that kind.
        subtype "subtype": Vec<Coding>,
        /// `C`, `R`, `U`, `D` or `E`.
        action "action": Option<String>,
        /// When, an `instant`.
        recorded "recorded": String,
        /// `0` for success, `4`, `8` or `12` for what went wrong.
        outcome "outcome": Option<String>,
        /// What went wrong.
        outcome_desc "outcomeDesc": Option<String>,
        /// What it was done for, by codes.
        purpose_of_event "purposeOfEvent": Vec<CodeableConcept>,
        /// Who took part.
        agent "agent": Vec<AuditAgent>,
        /// Who recorded it.
        source "source": AuditSource,
        /// What it was done to.
        entity "entity": Vec<AuditEntity>,
    }
    /// Who took part in an event.
    AuditAgent {
        /// In which role it took part.
        kind "type": Option<CodeableConcept>,
        /// The roles that it had, from a list of the deployment.
        role "role": Vec<CodeableConcept>,
        /// The person, organisation or device.
        who "who": Option<Reference>,
        /// Whether it began the event.
        requestor "requestor": bool,
        /// The purposes of the event, as codes.
        purpose_of_use "purposeOfUse": Vec<CodeableConcept>,
    }
    /// Who recorded an event.
    AuditSource {
        /// The person, organisation or device.
        observer "observer": Reference,
        /// What kind of system it is.
        kind "type": Vec<Coding>,
    }
    /// What an event was about.
    AuditEntity {
        /// The resource that it was about.
        what "what": Option<Reference>,
        /// What kind of thing.
        kind "type": Option<Coding>,
        /// What it was in the event.
        role "role": Option<Coding>,
        /// More about it.
        detail "detail": Vec<AuditDetail>,
    }
    /// More about what an event was about.
    AuditDetail {
        /// What it says.
        kind "type": String,
        /// The value, which R4 demands.
        value "value[x]": Option<AuditValue>,
    }
}

choices! {
    /// What an observation found: `value[x]`.
    ObservationValue "value" {
        /// An amount with its unit.
        Quantity "valueQuantity": Quantity,
        /// A concept, by codes or in words.
        CodeableConcept "valueCodeableConcept": CodeableConcept,
        /// A text, without a code.
        String "valueString": String,
        /// Yes or no.
        Boolean "valueBoolean": bool,
        /// A whole number.
        Integer "valueInteger": i32,
        /// A time of partial precision, a `dateTime`.
        DateTime "valueDateTime": String,
    }
    /// When an observation or report was so: `effective[x]`.
    Effective "effective" {
        /// A time of partial precision.
        DateTime "effectiveDateTime": String,
        /// From one to another.
        Period "effectivePeriod": Period,
        /// An exact time.
        Instant "effectiveInstant": String,
    }
    /// A value in an audit event: `value[x]`.
    AuditValue "value" {
        /// Words, or a number as text.
        String "valueString": String,
        /// Bytes, in Base64.
        Base64 "valueBase64Binary": String,
    }
    /// When something was made: `occurred[x]`.
    Occurred "occurred" {
        /// A time of partial precision.
        DateTime "occurredDateTime": String,
        /// From one to another.
        Period "occurredPeriod": Period,
    }
}

/// A resource that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resource {
    /// A person who is cared for.
    Patient(Box<Patient>),
    /// A measurement, or a statement about a subject.
    Observation(Box<Observation>),
    /// The images of one examination, by reference.
    ImagingStudy(Box<ImagingStudy>),
    /// Findings of an examination.
    DiagnosticReport(Box<DiagnosticReport>),
    /// What a person allows.
    Consent(Box<Consent>),
    /// Several resources in one document.
    Bundle(Box<Bundle>),
    /// Who made something.
    Provenance(Box<Provenance>),
    /// Something that happened and has to be on record.
    AuditEvent(Box<AuditEvent>),
    /// A resource of another type, as it is.
    Other(Object),
}

/// Why a document is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "a document that is not read says nothing"]
pub enum ReadError {
    /// It is not JSON that is read here.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// It does not hold to R4.
    #[error("the document does not hold to FHIR R4: {}", first(.0))]
    Issues(Vec<Issue>),
    /// An element is not what its struct needs.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

fn first(issues: &[Issue]) -> String {
    let more = issues.len().saturating_sub(1);
    let first = issues.first().map(ToString::to_string).unwrap_or_default();
    if more == 0 { first } else { format!("{first} (and {more} more)") }
}

macro_rules! by_type {
    ($($name:ident),*) => {
        impl Resource {
            /// The struct of a resource. What it has beside the struct's elements is kept.
            ///
            /// # Errors
            /// An element of another kind than the struct's; [`crate::check()`] finds these before.
            pub fn of(object: Object) -> Result<Self, Mismatch> {
                let kind = object.text("resourceType").unwrap_or_default().to_owned();
                match kind.as_str() {
                    $(stringify!($name) => {
                        let read = <$name as Element>::read(Json::Object(object));
                        Ok(Self::$name(Box::new(read.map_err(|mismatch| mismatch.within(stringify!($name)))?)))
                    })*
                    _ => Ok(Self::Other(object)),
                }
            }

            /// The resource as an object.
            #[must_use]
            pub fn into_object(self) -> Object {
                let json = match self {
                    $(Self::$name(resource) => (*resource).write(),)*
                    Self::Other(object) => return object,
                };
                // Structs write objects.
                if let Json::Object(object) = json { object } else { Object::default() }
            }
        }

        $(impl $name {
            /// The resource as an object, with its type.
            #[must_use]
            pub fn into_object(self) -> Object {
                let mut object = crate::types::typed(stringify!($name));
                if let Json::Object(own) = self.write() {
                    for (name, value) in own {
                        object.insert(name, value);
                    }
                }
                object
            }
        })*
    };
}

by_type!(Patient, Observation, ImagingStudy, DiagnosticReport, Consent, Bundle, Provenance, AuditEvent);

impl Resource {
    /// Reads a document and checks it. Elements that R4 does not have are kept and not refused: a later version of FHIR may have them, and
    /// only modifiers change the meaning of others; [`check()`] reports them.
    ///
    /// # Errors
    /// What is not JSON or beyond the bounds, and whatever [`check()`] finds but unknown elements.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let object = Json::parse(bytes)?;
        let issues: Vec<Issue> =
            check(&object).issues.into_iter().filter(|issue| !issue.fault.is_unknown_element()).collect();
        if !issues.is_empty() {
            return Err(ReadError::Issues(issues));
        }
        Ok(Self::of(object)?)
    }
}

impl From<Decimal> for ObservationValue {
    fn from(value: Decimal) -> Self {
        Self::Quantity(Quantity { value: Some(value), ..Quantity::default() })
    }
}
