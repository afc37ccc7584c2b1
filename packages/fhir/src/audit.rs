//! AuditEvents in the manner of IHE's Basic Audit Log Patterns (BALP 1.1): who did what with which record, when, and what for.
//!
//! Nothing in them says who a patient is but the identifier that the caller gives, which should be a pseudonym.

use crate::date::instant;
use crate::resource::{AuditAgent, AuditEntity, AuditEvent, AuditSource};
use crate::types::{CodeableConcept, Coding, Identifier, Reference};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ENTITY: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const PURPOSE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// What was done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was made.
    Create,
    /// It was read.
    Read,
    /// It was changed.
    Update,
    /// It was deleted.
    Delete,
}

impl Action {
    const fn codes(self) -> (&'static str, &'static str) {
        match self {
            Self::Create => ("C", "create"),
            Self::Read => ("R", "read"),
            Self::Update => ("U", "update"),
            Self::Delete => ("D", "delete"),
        }
    }
}

/// One access to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What was done.
    pub action: Action,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Whether it worked; otherwise why not, without personal data.
    pub outcome: Result<(), String>,
    /// Who asked for it.
    pub user: Identifier,
    /// The program that did it, and records it.
    pub program: Identifier,
    /// The record that was accessed.
    pub record: Reference,
    /// Whose record it is, by a pseudonym.
    pub patient: Option<Identifier>,
    /// What for: a code of v3-ActReason, such as `HRESCH` for research or `TREAT`.
    pub purpose: Option<String>,
    /// The consent that it relied on.
    pub consent: Option<Identifier>,
}

impl Access {
    /// The event; none beyond the year 9999.
    #[must_use]
    pub fn event(self) -> Option<AuditEvent> {
        let (action, interaction) = self.action.codes();
        let agent = |kind, who, requestor| AuditAgent {
            kind: Some(kind),
            who: Some(Reference { identifier: Some(who), ..Reference::default() }),
            requestor,
            ..AuditAgent::default()
        };
        let program = self.program.clone();
        let entity = |what, kind, role| AuditEntity {
            what: Some(what),
            kind: Some(Coding::new(ENTITY, kind)),
            role: Some(Coding::new(ROLE, role)),
            ..AuditEntity::default()
        };
        let named = |identifier| Reference { identifier: Some(identifier), ..Reference::default() };
        // Kinds and roles of BALP: a system object that is a domain resource; a person who is the patient; a consent is a security resource.
        let mut entities = vec![entity(self.record, "2", "4")];
        entities.extend(self.patient.map(|patient| entity(named(patient), "1", "1")));
        entities.extend(self.consent.map(|consent| entity(named(consent), "2", "13")));
        let (outcome, outcome_desc) = match self.outcome {
            Ok(()) => ("0", None),
            Err(reason) => ("8", Some(reason)),
        };
        Some(AuditEvent {
            kind: Coding::new("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest"),
            subtype: vec![Coding::new("http://hl7.org/fhir/restful-interaction", interaction)],
            action: Some(action.into()),
            recorded: instant(self.at)?,
            outcome: Some(outcome.into()),
            outcome_desc,
            purpose_of_event: self
                .purpose
                .map(|code| CodeableConcept::of_code(PURPOSE, code))
                .into_iter()
                .collect(),
            agent: vec![
                agent(
                    CodeableConcept::of_code(
                        "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                        "IRCP",
                    ),
                    self.user,
                    true,
                ),
                agent(CodeableConcept::of_code(DICOM, "110153"), self.program, false),
            ],
            source: AuditSource { observer: named(program), ..AuditSource::default() },
            entity: entities,
            ..AuditEvent::default()
        })
    }
}
