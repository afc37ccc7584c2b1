//! What the contract's owner sets: categories, whose terms bind later listings only.

use bithive_api::listings::{
    Asset, Category as Setting, Event, ExecuteMsg, InstantiateMsg, Ruler, Terms, limits,
};
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{
    self, InputError, address, count, length, outside, positive, sized, within,
};
use bithive_drand::PUBLIC_KEY_BYTES;
use cosmwasm_schema::serde::ser::{Error, Serialize, SerializeStructVariant, Serializer};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CATEGORIES, CONFIG, Category, Config, TERMS};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    delay::begin(deps.storage, env)?;
    let treasury = outside(deps.api, "treasury", &msg.treasury, &[&env.contract.address])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    sized::<PUBLIC_KEY_BYTES>("drand.public_key", &msg.drand.public_key)?;
    positive("drand.period", msg.drand.period.into())?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { treasury, drand: msg.drand })?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let ExecuteMsg::SetCategory { name, category } = msg else { return Ok(false) };
    check(deps, env, name, category)?;
    Ok(delay::waits(deps.storage, env)?)
}

/// A message that waits, written as [`ExecuteMsg`] writes it. Only categories wait, so the contract needs no code that writes the others.
pub(crate) struct Waiting<'a>(pub(crate) &'a ExecuteMsg);

impl Permitted for Waiting<'_> {
    const PERMISSIONS: &'static [(&'static str, Permission)] = ExecuteMsg::PERMISSIONS;

    fn line(&self) -> (&'static str, Permission) {
        self.0.line()
    }
}

impl Serialize for Waiting<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ExecuteMsg::SetCategory { name, category } = self.0 else {
            return Err(S::Error::custom("only categories wait"));
        };
        let mut fields = serializer.serialize_struct_variant("ExecuteMsg", 0, "set_category", 2)?;
        fields.serialize_field("name", name)?;
        fields.serialize_field("category", category)?;
        fields.end()
    }
}

/// Makes a category, or gives it new terms. The same terms keep their number: whoever stands under them stays current.
pub(crate) fn set(
    deps: DepsMut<'_>,
    env: &Env,
    name: String,
    setting: &Setting,
) -> Result<Response, ContractError> {
    let (terms, labellers) = check(deps.as_ref(), env, &name, setting)?;
    let before = match CATEGORIES.may_load(deps.storage, &name)? {
        Some(category) => Some((category.number, TERMS.load(deps.storage, (&name, category.number))?)),
        None => None,
    };
    let number = match before {
        Some((number, same)) if same == terms => number,
        Some((number, _)) => number.checked_add(1).ok_or(ContractError::Numbers)?,
        None => 1,
    };
    let Setting { jurors, open, .. } = *setting;
    CATEGORIES.save(deps.storage, &name, &Category { number, jurors, open, labellers })?;
    TERMS.save(deps.storage, (&name, number), &terms)?;
    let Terms { asset, bond, .. } = terms;
    Ok(Response::new().add_event(Event::Category { category: name, terms: number, asset, bond, open }))
}

/// What a setting names, checked.
fn check(
    deps: Deps<'_>,
    env: &Env,
    name: &str,
    setting: &Setting,
) -> Result<(Terms<Addr>, Vec<Addr>), ContractError> {
    length("name", name.len(), 1..=limits::MAX_CATEGORY)?;
    if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        return Err(ContractError::Name { found: name.into() });
    }
    let terms = check_terms(deps, env, name, setting)?;
    if let Some(before) = CATEGORIES.may_load(deps.storage, name)? {
        if before.jurors != setting.jurors {
            return Err(ContractError::Jurors { category: name.into(), jurors: before.jurors });
        }
        let present = TERMS.load(deps.storage, (name, before.number))?;
        if before.jurors && (present.asset != terms.asset || terms.bond < present.bond) {
            let (asset, bond) = (present.asset.to_string(), present.bond);
            return Err(ContractError::Cheaper { category: name.into(), asset, bond });
        }
    }
    count("labellers", setting.labellers.len(), 0..=limits::MAX_LABELLERS)?;
    let labellers = each(&setting.labellers, "labellers", |text| address(deps.api, "labellers", text))?;
    Ok((terms, labellers))
}

fn check_terms(
    deps: Deps<'_>,
    env: &Env,
    name: &str,
    setting: &Setting,
) -> Result<Terms<Addr>, ContractError> {
    let Terms { asset, bond, unbond_seconds, ruling_seconds, ruler, slashers } = &setting.terms;
    if let Asset::Native(denom) = asset {
        length("asset", denom.len(), 1..=bithive_api::datasets::limits::MAX_NAME_BYTES)?;
    }
    let asset = input::asset(deps.api, "asset", asset.clone())?;
    within("bond", bond.u128(), 1..=limits::MAX_BOND.u128())?;
    for (field, found, (least, most)) in [
        ("unbond_seconds", *unbond_seconds, limits::UNBOND_SECONDS),
        ("ruling_seconds", *ruling_seconds, limits::RULING_SECONDS),
    ] {
        within(field, found.into(), least.into()..=most.into())?;
    }
    let ruler = match ruler {
        Ruler::Named(ruler) => Ruler::Named(outside(deps.api, "ruler", ruler, &[&env.contract.address])?),
        Ruler::Jurors(pool) => {
            let itself = pool == name && setting.jurors;
            if !itself && !CATEGORIES.may_load(deps.storage, pool)?.is_some_and(|pool| pool.jurors) {
                return Err(ContractError::NoPool { found: pool.clone() });
            }
            Ruler::Jurors(pool.clone())
        }
    };
    count("slashers", slashers.len(), 0..=limits::MAX_SLASHERS)?;
    let slashers = each(slashers, "slashers", |text| input::contract(deps, "slashers", text))?;
    let (unbond_seconds, ruling_seconds) = (*unbond_seconds, *ruling_seconds);
    Ok(Terms { asset, bond: *bond, unbond_seconds, ruling_seconds, ruler, slashers })
}

/// Each of a list, checked, and none twice.
fn each(
    list: &[String],
    field: &'static str,
    check: impl Fn(&str) -> Result<Addr, InputError>,
) -> Result<Vec<Addr>, ContractError> {
    let mut checked = Vec::with_capacity(list.len());
    for text in list {
        let address = check(text)?;
        if checked.contains(&address) {
            return Err(InputError::Duplicate { field, found: address.into() }.into());
        }
        checked.push(address);
    }
    Ok(checked)
}
