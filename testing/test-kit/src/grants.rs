//! Consents, emergencies and heads of audit logs.

use bithive_api::grants::{
    AuditHeadResponse, Basis, BreakGlassResponse, ConsentResponse, ExecuteMsg, InstantiateMsg,
    PermitResponse, QueryMsg, Reason, Standing, limits,
};
use bithive_consent::grant::commitment;
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, HexBinary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::{JobsSuite, Suite};

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Grants)
}

/// What creates the contract.
#[must_use]
pub fn message(suite: &Suite) -> InstantiateMsg {
    InstantiateMsg { registry: suite.registry.to_string() }
}

/// The opening with this number.
#[must_use]
pub fn opening(number: u8) -> [u8; 32] {
    [number; 32]
}

/// What a subject records so that `reader` may use the opening with this number.
#[must_use]
pub fn digest(number: u8, reader: &Addr) -> HexBinary {
    HexBinary::from(commitment(&opening(number), reader.as_str()))
}

/// The consent of `subject` with the opening of this number.
#[must_use]
pub fn basis(subject: &Addr, number: u8) -> Basis {
    Basis::Consent { subject: subject.into(), opening: opening(number).into() }
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Grants {
    /// Address of the contract.
    pub address: Addr,
}

impl Grants {
    /// Without any consent.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let message = message(suite);
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let address = suite.app.instantiate_contract(code_id, owner, &message, &[], "grants", admin).unwrap();
        Self { address }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// The subject lets `reader` use the opening with this number for a day.
    pub fn consent(&self, suite: &mut Suite, subject: &Addr, number: u8, reader: &Addr) {
        let (digests, expires) = (vec![digest(number, reader)], suite.now() + DAY);
        self.send(suite, subject, &ExecuteMsg::Record { digests, expires, signed: None }).unwrap();
    }

    /// The subject takes that back.
    pub fn revoke(&self, suite: &mut Suite, subject: &Addr, number: u8, reader: &Addr) {
        let message = ExecuteMsg::Revoke { digests: vec![digest(number, reader)], signed: None };
        self.send(suite, subject, &message).unwrap();
    }

    /// A requester states an emergency.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn break_glass(&self, suite: &mut Suite, requester: &Addr, subject: &Addr) -> AnyResult<AppResponse> {
        let message = ExecuteMsg::BreakGlass {
            subject: subject.into(),
            reference: [5; 32].into(),
            reason: Reason::Etreat,
            text: [6; 32].into(),
        };
        self.send(suite, requester, &message)
    }

    /// An account puts a head of its log on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn anchor(
        &self,
        suite: &mut Suite,
        account: &Addr,
        log: u8,
        count: u64,
        head: u8,
    ) -> AnyResult<AppResponse> {
        let message = ExecuteMsg::AnchorAudit { log: [log; 32].into(), count, head: [head; 32].into() };
        self.send(suite, account, &message)
    }

    /// An author registers the content with this number.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn register(
        &self,
        suite: &mut Suite,
        author: &Addr,
        content: u8,
        granters: &[&Addr],
    ) -> AnyResult<AppResponse> {
        let message = ExecuteMsg::RegisterContent {
            content: [content; 32].into(),
            commitment: [7; 32].into(),
            wrap: vec![8; limits::WRAP_BYTES].into(),
            granters: granters.iter().map(ToString::to_string).collect(),
        };
        self.send(suite, author, &message)
    }

    /// An account permits readers of a content for a number of seconds from now.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn permit(
        &self,
        suite: &mut Suite,
        by: &Addr,
        content: u8,
        readers: &[&Addr],
        seconds: u64,
    ) -> AnyResult<AppResponse> {
        let message = ExecuteMsg::Permit {
            content: [content; 32].into(),
            readers: readers.iter().map(ToString::to_string).collect(),
            purpose: "TREAT".into(),
            until: suite.now() + seconds,
        };
        self.send(suite, by, &message)
    }

    /// An account takes permits of readers back.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn revoke_permit(
        &self,
        suite: &mut Suite,
        by: &Addr,
        content: u8,
        readers: &[&Addr],
    ) -> AnyResult<AppResponse> {
        let readers = readers.iter().map(ToString::to_string).collect();
        self.send(suite, by, &ExecuteMsg::RevokePermit { content: [content; 32].into(), readers })
    }

    /// Whether a reader may read a content now.
    #[must_use]
    pub fn allowed(&self, suite: &Suite, content: u8, reader: &Addr) -> Standing {
        suite
            .query(&self.address, &QueryMsg::Allowed { content: [content; 32].into(), reader: reader.into() })
    }

    /// A page of permits of a content.
    #[must_use]
    pub fn permits(&self, suite: &Suite, content: u8, start_after: Option<String>) -> Vec<PermitResponse> {
        let query = QueryMsg::Permits { content: [content; 32].into(), start_after, limit: Some(u32::MAX) };
        suite.query(&self.address, &query)
    }

    /// How bases stand for a reader.
    #[must_use]
    pub fn check(&self, suite: &Suite, reader: &Addr, bases: &[Basis]) -> Vec<Standing> {
        suite.query(&self.address, &QueryMsg::Check { reader: reader.into(), bases: bases.to_vec() })
    }

    /// What the contract keeps of a consent.
    #[must_use]
    pub fn row(&self, suite: &Suite, subject: &Addr, digest: &HexBinary) -> Option<ConsentResponse> {
        let query = QueryMsg::Consent { subject: subject.into(), digest: digest.clone() };
        suite.query(&self.address, &query)
    }

    /// Emergencies of a subject.
    #[must_use]
    pub fn emergencies(&self, suite: &Suite, subject: &Addr) -> Vec<BreakGlassResponse> {
        let query = QueryMsg::BreakGlass { subject: subject.into(), start_after: None, limit: None };
        suite.query(&self.address, &query)
    }

    /// The newest head of a log.
    #[must_use]
    pub fn head(&self, suite: &Suite, account: &Addr, log: u8) -> Option<AuditHeadResponse> {
        suite.query(&self.address, &QueryMsg::AuditHead { account: account.into(), log: [log; 32].into() })
    }
}

impl JobsSuite {
    /// A contract of consents that the market asks.
    pub fn with_grants(&mut self) -> Grants {
        let grants = Grants::new(&mut self.suite);
        let (owner, address) = (self.suite.owner.clone(), grants.address.to_string());
        self.send(&owner, &bithive_api::jobs::ExecuteMsg::SetGrants { grants: Some(address) }).unwrap();
        grants
    }
}
