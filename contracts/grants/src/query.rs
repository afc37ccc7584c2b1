//! One function for each query.

use bithive_api::grants::{
    AuditHeadResponse, BreakGlassResponse, ConfigResponse, ConsentResponse, ContentResponse, PermitResponse,
    limits,
};
use bithive_contract_kit::input::{address, sized};
use bithive_contract_kit::page;
use cosmwasm_std::{Addr, Deps, Env, HexBinary, Order};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{
    CONSENTS, CONTENTS, Consent, Content, EMERGENCIES, HEADS, Head, OF_SUBJECT, PERMITS, Permit, REGISTRY,
};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    Ok(ConfigResponse { registry: REGISTRY.load(deps.storage)? })
}

pub(crate) fn consent(
    deps: Deps<'_>,
    env: &Env,
    subject: &str,
    digest: &HexBinary,
) -> Result<Option<ConsentResponse>, ContractError> {
    let subject = address(deps.api, "subject", subject)?;
    let digest = sized::<32>("digest", digest)?;
    let found = CONSENTS.may_load(deps.storage, (&subject, digest.as_slice()))?;
    Ok(found.map(|consent| row(env, &subject, &digest, consent)))
}

pub(crate) fn consents(
    deps: Deps<'_>,
    env: &Env,
    subject: &str,
    start_after: Option<HexBinary>,
    limit: Option<u32>,
) -> Result<Vec<ConsentResponse>, ContractError> {
    let subject = address(deps.api, "subject", subject)?;
    let start = start_after.map(|digest| sized::<32>("start_after", &digest)).transpose()?;
    let start = start.as_ref().map(|digest| Bound::exclusive(digest.as_slice()));
    CONSENTS
        .prefix(&subject)
        .range(deps.storage, start, None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE))
        .map(|found| {
            let (digest, consent) = found?;
            Ok(row(env, &subject, &digest, consent))
        })
        .collect()
}

fn row(env: &Env, subject: &Addr, digest: &[u8], consent: Consent) -> ConsentResponse {
    ConsentResponse {
        subject: subject.clone(),
        digest: digest.into(),
        recorded_at: consent.recorded.map(|recorded| recorded.at),
        expires: consent.recorded.map(|recorded| recorded.expires),
        revoked_at: consent.revoked_at,
        standing: consent.standing(env.block.time.seconds()),
    }
}

pub(crate) fn emergencies(
    deps: Deps<'_>,
    subject: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<BreakGlassResponse>, ContractError> {
    let subject = address(deps.api, "subject", subject)?;
    OF_SUBJECT
        .prefix(&subject)
        .keys(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE))
        .map(|id| Ok(EMERGENCIES.load(deps.storage, id?)?))
        .collect()
}

pub(crate) fn head(
    deps: Deps<'_>,
    account: &str,
    log: &HexBinary,
) -> Result<Option<AuditHeadResponse>, ContractError> {
    let account = address(deps.api, "account", account)?;
    let log = sized::<32>("log", log)?;
    let found = HEADS.may_load(deps.storage, (&account, log.as_slice()))?;
    Ok(found.map(|head| anchored(&account, &log, head)))
}

pub(crate) fn heads(
    deps: Deps<'_>,
    account: &str,
    start_after: Option<HexBinary>,
    limit: Option<u32>,
) -> Result<Vec<AuditHeadResponse>, ContractError> {
    let account = address(deps.api, "account", account)?;
    let start = start_after.map(|log| sized::<32>("start_after", &log)).transpose()?;
    let start = start.as_ref().map(|log| Bound::exclusive(log.as_slice()));
    HEADS
        .prefix(&account)
        .range(deps.storage, start, None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE))
        .map(|found| {
            let (log, head) = found?;
            Ok(anchored(&account, &log, head))
        })
        .collect()
}

fn anchored(account: &Addr, log: &[u8], head: Head) -> AuditHeadResponse {
    let Head { count, head, at } = head;
    AuditHeadResponse { account: account.clone(), log: log.into(), count, head, at }
}

pub(crate) fn content(deps: Deps<'_>, content: HexBinary) -> Result<Option<ContentResponse>, ContractError> {
    let digest = sized::<32>("content", &content)?;
    let found = CONTENTS.may_load(deps.storage, &digest)?;
    Ok(found.map(|found| {
        let Content { author, commitment, wrap, granters, at } = found;
        ContentResponse { content, author, commitment, wrap, granters, at }
    }))
}

pub(crate) fn permits(
    deps: Deps<'_>,
    env: &Env,
    content: &HexBinary,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<PermitResponse>, ContractError> {
    let digest = sized::<32>("content", content)?;
    let start = start_after.map(|reader| address(deps.api, "start_after", &reader)).transpose()?;
    PERMITS
        .prefix(&digest)
        .range(deps.storage, start.as_ref().map(Bound::exclusive), None, Order::Ascending)
        .take(page::size(limit, limits::MAX_PAGE))
        .map(|found| {
            let (reader, permit) = found?;
            let standing = permit.standing(env.block.time.seconds());
            let Permit { by, purpose, until, at, revoked } = permit;
            let revoked_at = revoked.map(|revoked| revoked.at);
            let content = content.clone();
            Ok(PermitResponse { content, reader, by, purpose, until, at, revoked_at, standing })
        })
        .collect()
}
