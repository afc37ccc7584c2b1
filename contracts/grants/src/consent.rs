//! What subjects do: consent, and withdraw it.

use bithive_api::grants::{Event, SubjectSignature, limits};
use bithive_consent::grant::Order;
use bithive_contract_kit::input::{count, sized};
use cosmwasm_std::{Addr, CanonicalAddr, Deps, DepsMut, Env, HexBinary, Response};

use crate::ContractError;
use crate::state::{CONSENTS, Consent, Recorded};

/// Records consents until a time: all of them or none, so that nobody believes that more holds than does.
pub(crate) fn record(
    deps: DepsMut<'_>,
    env: &Env,
    sender: Addr,
    digests: &[HexBinary],
    expires: u64,
    signed: Option<&SubjectSignature>,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let latest = now.saturating_add(limits::MAX_SECONDS);
    if expires <= now || expires > latest {
        return Err(ContractError::Expires { found: expires, now, latest });
    }
    let digests = checked(digests)?;
    let order = Order::Record { until: expires };
    let subject = subject(deps.as_ref(), env, sender, signed, order, &digests)?;
    let mut response = Response::new();
    for digest in digests {
        let key = (&subject, digest.as_slice());
        if let Some(known) = CONSENTS.may_load(deps.storage, key)? {
            let standing = known.standing(now).name();
            return Err(ContractError::Known { digest: HexBinary::from(digest).to_hex(), standing });
        }
        let recorded = Some(Recorded { at: now, expires });
        CONSENTS.save(deps.storage, key, &Consent { recorded, revoked_at: None })?;
        let (subject, digest) = (subject.clone(), digest.into());
        response = response.add_event(Event::Recorded { subject, digest, expires });
    }
    Ok(response)
}

/// Revokes consents. What is revoked already is passed over: a repetition must not keep the others from being revoked. What was never
/// recorded is revoked, too: an order to record it, which somebody keeps, is worth nothing from then on.
pub(crate) fn revoke(
    deps: DepsMut<'_>,
    env: &Env,
    sender: Addr,
    digests: &[HexBinary],
    signed: Option<&SubjectSignature>,
) -> Result<Response, ContractError> {
    let digests = checked(digests)?;
    let subject = subject(deps.as_ref(), env, sender, signed, Order::Revoke, &digests)?;
    let mut response = Response::new();
    for digest in digests {
        let key = (&subject, digest.as_slice());
        let known = CONSENTS.may_load(deps.storage, key)?;
        if known.is_some_and(|known| known.revoked_at.is_some()) {
            continue;
        }
        let recorded = known.and_then(|known| known.recorded);
        let revoked_at = Some(env.block.time.seconds());
        CONSENTS.save(deps.storage, key, &Consent { recorded, revoked_at })?;
        let (subject, digest) = (subject.clone(), digest.into());
        response = response.add_event(Event::Revoked { subject, digest });
    }
    Ok(response)
}

fn checked(digests: &[HexBinary]) -> Result<Vec<[u8; 32]>, ContractError> {
    count("digests", digests.len(), 1..=limits::MAX_DIGESTS)?;
    let digests: Result<_, _> = digests.iter().map(|digest| sized::<32>("digests", digest)).collect();
    Ok(digests?)
}

/// Whose consents they are: the sender's, or those of the account whose signature it brings.
fn subject(
    deps: Deps<'_>,
    env: &Env,
    sender: Addr,
    signed: Option<&SubjectSignature>,
    order: Order,
    digests: &[[u8; 32]],
) -> Result<Addr, ContractError> {
    let Some(signed) = signed else { return Ok(sender) };
    let key = sized::<33>("public_key", &signed.public_key)?;
    let signature = sized::<64>("signature", &signed.signature)?;
    let account = CanonicalAddr::from(bithive_signed::account_of(&key).as_slice());
    let subject = deps.api.addr_humanize(&account)?;
    let place = (env.block.chain_id.as_str(), env.contract.address.as_str());
    let hash = order.hash(place, subject.as_str(), digests);
    // A key or a signature that is no point or number at all is an error of the host.
    match deps.api.secp256k1_verify(&hash, &signature, &key) {
        Ok(true) => Ok(subject),
        Ok(false) | Err(_) => Err(ContractError::Signature { subject: subject.into() }),
    }
}
