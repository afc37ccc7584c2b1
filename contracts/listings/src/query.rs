//! One function for each query.

use bithive_api::listings::{
    Asset, CategoryResponse, ChallengeResponse, ConfigResponse, HeldResponse, JurorResponse, LabelResponse,
    ListingResponse, Of, limits,
};
use bithive_contract_kit::input;
use bithive_contract_kit::ledger::{AssetLedger, Held, Ledger};
use bithive_contract_kit::{page, pause};
use cosmwasm_std::{Addr, Deps, Empty, Order, StdResult, Uint128};
use cw_storage_plus::{Bound, Prefix};

use crate::challenge::price;
use crate::state::{
    CATEGORIES, CHALLENGES, CONFIG, CONTENTS, Category, Challenge, IN_CATEGORY, LABELS, LISTINGS, Listing,
    OF_PARTY, TERMS, listing,
};
use crate::{ContractError, pool};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        treasury: config.treasury,
        drand: config.drand,
        paused: pause::is_paused(deps.storage)?,
    })
}

pub(crate) fn category(deps: Deps<'_>, name: String) -> StdResult<Option<CategoryResponse>> {
    CATEGORIES.may_load(deps.storage, &name)?.map(|category| with_terms(deps, name, category)).transpose()
}

pub(crate) fn categories(
    deps: Deps<'_>,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> StdResult<Vec<CategoryResponse>> {
    let rows = CATEGORIES.range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending);
    rows.take(page::size(limit, limits::MAX_PAGE))
        .map(|row| row.and_then(|(name, category)| with_terms(deps, name, category)))
        .collect()
}

fn with_terms(deps: Deps<'_>, name: String, category: Category) -> StdResult<CategoryResponse> {
    let Category { number, jurors, open, labellers } = category;
    let terms = TERMS.load(deps.storage, (&name, number))?;
    let seated = pool::pool(deps.storage, &name)?.seated();
    Ok(CategoryResponse { name, number, terms, jurors, seated, open, labellers })
}

pub(crate) fn listing_of(deps: Deps<'_>, now: u64, id: u64) -> StdResult<Option<ListingResponse>> {
    let found = LISTINGS.may_load(deps.storage, id)?;
    found.map(|listing| with_challenge(deps, now, id, listing)).transpose()
}

pub(crate) fn listings(
    deps: Deps<'_>,
    now: u64,
    of: Option<Of>,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<ListingResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let ids = match of {
        None => LISTINGS.keys(deps.storage, start, None, Order::Ascending).take(size).collect(),
        Some(Of::Category(name)) => numbers(deps, IN_CATEGORY.prefix(&name), start, size),
        Some(Of::Party(party)) => {
            let party = input::address(deps.api, "party", &party)?;
            numbers(deps, OF_PARTY.prefix(&party), start, size)
        }
    };
    ids?.into_iter().map(|id| Ok(with_challenge(deps, now, id, listing(deps.storage, id)?)?)).collect()
}

fn numbers(
    deps: Deps<'_>,
    rows: Prefix<u64, Empty, u64>,
    start: Option<Bound<'_, u64>>,
    size: usize,
) -> StdResult<Vec<u64>> {
    rows.keys(deps.storage, start, None, Order::Ascending).take(size).collect()
}

fn with_challenge(deps: Deps<'_>, now: u64, id: u64, listing: Listing) -> StdResult<ListingResponse> {
    let storage = deps.storage;
    let present = CATEGORIES.load(storage, &listing.category)?.number;
    let challenge_bond = price(&listing, listing.terms(storage)?.bond, now);
    let challenge = CHALLENGES.may_load(storage, id)?.map(response);
    let content = CONTENTS.load(storage, id)?;
    let Listing { category, terms, owner, revision, asset, bond, state, unruled, cases, .. } = listing;
    let current = terms == present;
    Ok(ListingResponse {
        id,
        category,
        terms,
        current,
        owner,
        content,
        revision,
        asset,
        bond,
        state,
        challenge,
        challenge_bond,
        unruled,
        cases,
    })
}

fn response(challenge: Challenge) -> ChallengeResponse {
    let Challenge { number, challenger, bond, revision, evidence, uri, deadline, round, jurors, .. } =
        challenge;
    let jurors = jurors.into_iter().map(|juror| JurorResponse {
        id: juror.id,
        juror: juror.juror,
        upheld: juror.upheld,
    });
    let jurors = jurors.collect();
    ChallengeResponse { number, challenger, bond, revision, evidence, uri, deadline, round, jurors }
}

pub(crate) fn labels(
    deps: Deps<'_>,
    id: u64,
    start_after: Option<&str>,
) -> Result<Vec<LabelResponse>, ContractError> {
    let listing = listing(deps.storage, id)?;
    let named = CATEGORIES.load(deps.storage, &listing.category)?.labellers;
    let after = start_after.map(|text| input::address(deps.api, "start_after", text)).transpose()?;
    let start = after.as_ref().map(Bound::exclusive);
    let rows = LABELS.prefix(id).range(deps.storage, start, None, Order::Ascending);
    let response = |(labeller, label): (Addr, String)| {
        let named = named.contains(&labeller);
        LabelResponse { labeller, named, label }
    };
    let rows = rows.take(page::size(None, limits::MAX_PAGE)).map(|row| row.map(response));
    Ok(rows.collect::<StdResult<_>>()?)
}

pub(crate) fn claimable(deps: Deps<'_>, account: &str, asset: Asset) -> Result<Uint128, ContractError> {
    let account = input::address(deps.api, "account", account)?;
    let asset = input::asset(deps.api, "asset", asset)?;
    Ok(AssetLedger::new(&asset).claimable(deps.storage, &account)?.unwrap_or_default())
}

pub(crate) fn held(deps: Deps<'_>, asset: Asset) -> Result<HeldResponse, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    let Held { escrowed, claimable } = AssetLedger::new(&asset).held(deps.storage)?;
    Ok(HeldResponse { escrowed, claimable })
}
