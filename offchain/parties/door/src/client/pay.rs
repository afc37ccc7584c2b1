//! A request, paid for where the server asks for it.

use bithive_api::asset::Asset;
use bithive_api::flows::FlowResponse;
use bithive_chain::SigningKey;
use bithive_client::{Account, Flows, Incomplete};
use bithive_x402::header::{self, PAYMENT_SIGNATURE};
use bithive_x402::{Amount, BATCH_SETTLEMENT, Limits, Payment, PaymentRequired, Resource, Terms, digest};
use bytes::Bytes;
use reqwest::Url;

use super::error::{PayError, shown};
use super::flow::{Flow, Signer};
use super::http::{self, Http};
use super::purse::{Page, Pending, Purse};

/// Vouchers that one request may need: its own, and where the purse has lost track, those that show where the flow stands.
const ROUNDS: u32 = 4;

/// What is asked for, and what may be paid for it.
pub struct Ask {
    /// URL of the request.
    pub url: String,
    /// Body of a POST; a GET without.
    pub data: Option<Bytes>,
    /// Most that it may cost, in base units of `asset`.
    pub max_price: u128,
    /// What it is paid in.
    pub asset: Asset,
    /// Longest notice of a flow that is opened, in seconds: so long a deposit may be held.
    pub max_notice: u64,
    /// The flow that pays.
    pub flow: Flow,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Body of the reply, as it came.
    pub body: Bytes,
    /// What it cost, in base units: 0 where the server asked for nothing.
    pub price: u128,
    /// The flow that paid, and what was signed for it in all.
    pub flow: Option<(u64, u128)>,
}

/// An account that pays for requests.
pub struct Payer {
    signer: Signer,
    purse: Purse,
    http: Http,
}

impl Payer {
    /// An account with its key, and its purse.
    ///
    /// # Errors
    /// The network has no flows, or the HTTP client can't be set up.
    pub fn new(account: Account, key: SigningKey, purse: Purse) -> Result<Self, PayError> {
        let flows = Flows::new(account.client().clone());
        let flows = flows.map_err(|error: Incomplete| PayError::Setup(error.to_string()))?;
        Ok(Self { signer: Signer { account, key, flows }, purse, http: Http::new()? })
    }

    /// Asks, and pays if the server asks for it within the limits.
    ///
    /// # Errors
    /// See [`PayError`]. After [`PayError::Lost`] the same request is sent with the same voucher when it is made again.
    pub async fn get(&self, ask: &Ask) -> Result<Reply, PayError> {
        let url = http::url(&ask.url)?;
        let first = self.http.ask(&url, ask.data.as_ref(), None).await?;
        if first.status != 402 {
            return Ok(Reply { body: first.reply()?, price: 0, flow: None });
        }
        let required = first.required()?;
        let terms = self.terms(&required, ask)?;
        let flow = self.signer.flow(ask.flow, &terms, &ask.asset).await?;
        self.pay(&url, ask, (&terms, &required.resource), flow).await
    }

    fn terms(&self, required: &PaymentRequired, ask: &Ask) -> Result<Terms, PayError> {
        let asset = ask.asset.to_string();
        let limits = Limits {
            chain_id: self.signer.flows.chain_id(),
            scheme: BATCH_SETTLEMENT,
            contract: self.signer.flows.contract(),
            price: ask.max_price,
            asset: &asset,
            notice: ask.max_notice,
        };
        Ok(Terms::choose(required, &limits)?)
    }

    async fn pay(
        &self,
        url: &Url,
        ask: &Ask,
        (terms, resource): (&Terms, &Resource),
        mut flow: FlowResponse,
    ) -> Result<Reply, PayError> {
        let method = if ask.data.is_some() { "POST" } else { "GET" };
        let request = digest(method, url.as_str(), ask.data.as_deref().unwrap_or_default());
        let of = (self.signer.flows.chain_id().to_owned(), self.signer.flows.contract().to_owned(), flow.id);
        let mut page = self.purse.page(&of)?;
        let mut last = String::new();
        for _ in 0..ROUNDS {
            let beyond = || PayError::Flow(format!("stream {} has paid all that an amount can be", flow.id));
            let (cumulative, signed) = page.next(terms.price, flow.paid.u128()).ok_or_else(beyond)?;
            if cumulative > flow.deposit.u128() {
                flow = self.add(ask, &flow, cumulative).await?;
            }
            let signature = match signed {
                Some(signature) => signature,
                None => self.signer.sign(&flow, cumulative)?,
            };
            // On disk before it leaves: whatever happens, no second voucher is signed for what this one is for.
            let price = Amount(terms.price);
            page.pending = Some(Pending { request, price, cumulative: Amount(cumulative), signature });
            self.purse.put(&of, &page)?;
            let voucher = self.signer.voucher(flow.id, cumulative, signature);
            let payment = Payment::with_voucher(Some(resource.clone()), terms.accepted.clone(), voucher);
            let header = header::encode(&payment)
                .map_err(|problem| PayError::Header { name: PAYMENT_SIGNATURE, problem })?;
            let answer = self.http.ask(url, ask.data.as_ref(), Some(&header)).await?;
            match answer.status {
                409 => {
                    // An earlier request arrived after all, and its reply was lost: its price is paid.
                    last = answer.text();
                    page.settle(cumulative);
                    self.purse.put(&of, &page)?;
                }
                402 => {
                    let required = answer.required()?;
                    terms.hold(&self.terms(&required, ask)?)?;
                    last = required.error.clone().unwrap_or_default();
                    if !self.learn(&mut page, &flow, &required) {
                        let (code, what) = (shown(&last), format!(": {}", answer.text()));
                        return Err(PayError::Refused { code, what });
                    }
                    self.purse.put(&of, &page)?;
                }
                _ => {
                    let settled = answer.settled()?;
                    let body = answer.reply()?;
                    page.settle(cumulative);
                    self.purse.put(&of, &page)?;
                    let charged = settled.and_then(|settled| settled.extra);
                    let charged = charged.map_or(terms.price, |charge| charge.charged_amount.0);
                    if charged != terms.price {
                        return Err(PayError::Charged { charged, price: terms.price });
                    }
                    return Ok(Reply { body, price: terms.price, flow: Some((flow.id, cumulative)) });
                }
            }
        }
        Err(PayError::Refused { code: shown(&last), what: " (after several vouchers)".into() })
    }

    /// Takes over where the server says that the flow stands, if it shows this account's own signature for it. Whether that was news.
    fn learn(&self, page: &mut Page, flow: &FlowResponse, required: &PaymentRequired) -> bool {
        let shown = required.accepts.iter().find_map(|accepted| accepted.extra.voucher_state.as_ref());
        let Some(state) = shown else { return false };
        let cumulative = state.signed_max_claimable.0;
        let news = cumulative > page.settled.0.max(flow.paid.u128());
        if !news || !self.signer.has_signed(flow, cumulative, state.signature) {
            return false;
        }
        page.settle(cumulative);
        true
    }

    /// Adds to the deposit of a flow that has not enough for a voucher, if that is allowed.
    async fn add(&self, ask: &Ask, flow: &FlowResponse, needed: u128) -> Result<FlowResponse, PayError> {
        let short = |what: &str| {
            let id = flow.id;
            PayError::Flow(format!(
                "stream {id} has {} base units, and the next voucher is for {needed}{what}",
                flow.deposit
            ))
        };
        let opening = match ask.flow {
            Flow::Any(Some(opening)) => opening,
            Flow::Any(None) => return Err(short("; --deposit adds so much to it")),
            Flow::Numbered(id) => {
                return Err(short(&format!("; `bithive stream top-up {id}` adds to it")));
            }
        };
        if flow.deposit.u128().saturating_add(opening.deposit) < needed {
            return Err(short("; --deposit is too little for that"));
        }
        let Signer { account, flows, .. } = &self.signer;
        flows.top_up(account, (&ask.asset, opening.deposit), (flow.id, None)).await?;
        let found = flows.flow(flow.id).await?;
        found.ok_or_else(|| PayError::Flow(format!("stream {} has ended", flow.id)))
    }
}
