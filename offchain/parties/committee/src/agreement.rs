//! How the members of a committee agree on their keys before it begins.
//!
//! Each member draws contributions, once, and gives each other member those to the seeds that both will hold. From
//! the contributions of all holders each derives its seeds, and tells all members its commitments to the points of
//! every epoch of the term. Who has the statements of all, without a contradiction, is ready. Every step is on
//! disk before its result leaves, and can be repeated after a crash.

use bithive_blindmatch::committee::{Commitments, Contribution, MemberIndex, MemberSeeds, Statement, Term};
use bithive_exchange::{PeerId, Protocol};

use crate::ask::ask_all;
use crate::keys::{decode_contributions, encode_contributions};
use crate::registered::Committee;
use crate::requests::ShareKeyRequest;
use crate::{Member, ServiceError};

/// Epochs that a committee can serve, four months of daily ones, and so the longest time between two rotations.
pub const TERM_EPOCHS: u16 = 128;

impl Member {
    /// Agrees with the other members of the committee of `epoch`, current or still to come, on its keys, unless
    /// that is done. All of them must be there. Repeat it until it succeeds.
    ///
    /// # Errors
    /// [`ServiceError::NotAMember`]; [`ServiceError::NotAgreed`] names who is missing;
    /// [`ServiceError::Committee`] names who contradicts others: such a committee must not begin.
    pub async fn prepare(&self, epoch: u64) -> Result<(), ServiceError> {
        self.retire().await?;
        let (committee, _) = Committee::at(self.client(), epoch).await?;
        let me = self.seat_in(&committee)?;
        if self.keys.commitments(&committee)?.is_some() {
            return Ok(());
        }
        let own = self.own_statement(&committee, me).await?;
        let statements = self.statements(&committee, own).await?;
        let commitments = Commitments::agree(committee.params, self.term(&committee)?, &statements)?;
        self.keys.agreed(&committee, &commitments)
    }

    /// Destroys the keys of committees whose duties are over, or that were replaced before they began, and forgets
    /// the quota of epochs that are no longer answered.
    ///
    /// # Errors
    /// [`ServiceError::Chain`], [`ServiceError::State`].
    pub async fn retire(&self) -> Result<(), ServiceError> {
        // Held from the question to the deed: nothing that is drawn in between can be taken for outdated.
        let _rng = self.rng.lock().await;
        let (committees, current) = Committee::in_service(self.client()).await?;
        self.keys.keep_only(&committees)?;
        self.tables.lock().await.retain(|epoch, _| epoch.saturating_add(1) >= current);
        Ok(self.ledger.prune(current)?)
    }

    /// This member's number in a committee.
    pub(crate) fn seat_in(&self, committee: &Committee) -> Result<MemberIndex, ServiceError> {
        let account = self.account.address();
        let from_epoch = committee.from_epoch;
        committee
            .member(account)
            .ok_or_else(|| ServiceError::NotAMember { account: account.to_owned(), from_epoch })
    }

    fn term(&self, committee: &Committee) -> Result<Term, ServiceError> {
        Ok(Term::new(committee.from_epoch, TERM_EPOCHS, self.schema.slot_count())?)
    }

    /// Contributions for another member, or a statement: who is not in the committee gets neither.
    pub(crate) async fn answer_member(
        &self,
        from: PeerId,
        request: ShareKeyRequest,
        id: [u8; 32],
    ) -> Result<Vec<u8>, ServiceError> {
        let (committees, _) = Committee::in_service(self.client()).await?;
        let committee = committees.into_iter().find(|committee| committee.id == id);
        let committee = committee.ok_or(ServiceError::UnknownCommittee)?;
        let (me, asking) = (self.seat_in(&committee)?, committee.holder(from));
        let asking = asking.ok_or(ServiceError::NotForOutsiders { from_epoch: committee.from_epoch })?;
        if matches!(request, ShareKeyRequest::Statement(_)) {
            return Ok(self.own_statement(&committee, me).await?.encode());
        }
        let own = self.own_contributions(&committee, me).await?;
        let shared = own.iter().filter(|contribution| contribution.subset().contains(asking));
        Ok(encode_contributions(shared).to_vec())
    }

    async fn own_contributions(
        &self,
        committee: &Committee,
        me: MemberIndex,
    ) -> Result<Vec<Contribution>, ServiceError> {
        let mut rng = self.rng.lock().await;
        self.keys.contributions(committee, me, &mut *rng)
    }

    /// What this member commits to. It agrees on its seeds with their other holders first, if it has not yet.
    async fn own_statement(&self, committee: &Committee, me: MemberIndex) -> Result<Statement, ServiceError> {
        if let (Some(_), Some(statement)) = (self.keys.seeds(committee)?, self.keys.statement(committee)?) {
            return Ok(statement);
        }
        let mut contributions = self.own_contributions(committee, me).await?;
        let request = ShareKeyRequest::Contributions(committee.id).encode();
        let decode = |bytes: &[u8]| decode_contributions(bytes).map_err(|error| error.to_string());
        let seats = committee.others(me);
        let answers =
            ask_all(&self.exchange, seats, Protocol::ShareKeys, request, self.patience, decode).await;
        let answers = answers.into_iter().map(|(from, answer)| {
            let own = |received: &Vec<Contribution>| received.iter().all(|one| one.from() == from);
            let answer = answer.and_then(|received| {
                if own(&received) {
                    Ok(received)
                } else {
                    Err("it names another member as the sender of a contribution".to_owned())
                }
            });
            (from, answer)
        });
        contributions.extend(all_or_missing(committee, answers)?.into_iter().flatten());
        let seeds = MemberSeeds::agree(committee.params, me, &contributions)?;
        let statement = seeds.statement(self.term(committee)?);
        self.keys.agreed_on_seeds(committee, &seeds, &statement)?;
        Ok(statement)
    }

    async fn statements(
        &self,
        committee: &Committee,
        own: Statement,
    ) -> Result<Vec<Statement>, ServiceError> {
        let request = ShareKeyRequest::Statement(committee.id).encode();
        let decode = |bytes: &[u8]| Statement::decode(bytes).map_err(|error| error.to_string());
        let seats = committee.others(own.member());
        let answers =
            ask_all(&self.exchange, seats, Protocol::ShareKeys, request, self.patience, decode).await;
        let answers = answers.into_iter().map(|(from, answer)| {
            let answer = answer.and_then(|statement| {
                let right = statement.member() == from;
                if right {
                    Ok(statement)
                } else {
                    Err("it names another member as the sender of a statement".to_owned())
                }
            });
            (from, answer)
        });
        let mut statements = all_or_missing(committee, answers)?;
        statements.push(own);
        Ok(statements)
    }
}

fn all_or_missing<T>(
    committee: &Committee,
    answers: impl Iterator<Item = (MemberIndex, Result<T, String>)>,
) -> Result<Vec<T>, ServiceError> {
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    for (index, answer) in answers {
        match answer {
            Ok(answer) => all.push(answer),
            Err(reason) => missing.push(format!("{}: {reason}", committee.name(index))),
        }
    }
    if missing.is_empty() {
        return Ok(all);
    }
    Err(ServiceError::NotAgreed { from_epoch: committee.from_epoch, reasons: missing.join("; ") })
}
