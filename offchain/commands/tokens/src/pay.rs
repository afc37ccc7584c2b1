//! `bithive pay`: payments for offers, links that ask for them, and requests that are paid for.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::checkout::{Event, OfferResponse, OfferState, Pay, Price, events, limits};
use bithive_command_kit::Output;
use bithive_payment::{Link, Request};
use clap::{Args, Subcommand};
use cosmwasm_std::HexBinary;
use serde_json::json;

use super::accounts::{Accounts, AddressBook, address, now};
use super::currency::Currency;
use super::invoices::{Site, details, print};
use super::network::On;
use super::pay_get;
use super::qr;
use super::unsigned::{Transactions, Transacts};

/// What a payer allows beyond the present price of an offer in another currency, in 1/10,000: prices move until a block has the payment.
const SLIPPAGE_BPS: u128 = 100;

/// Payments for offers (`bithive invoice`), links that ask for them, and requests that are paid for. Each payment for an offer has a key: who is not sure whether one went through sends it
/// again with the same key, and pays once. What is sent beyond the price comes back.
#[derive(Subcommand)]
pub enum Command {
    /// Pay an offer, for example: pay offer 1 --from bob
    Offer {
        /// Number of the offer.
        id: u64,
        /// Wallet that pays.
        #[arg(long)]
        from: String,
        /// How much is paid at most.
        #[command(flatten)]
        args: PayArgs,
        /// Key of the payment, 16 to 64 bytes in hex; a new one when left out.
        #[arg(long, value_name = "HEX", value_parser = key)]
        key: Option<HexBinary>,
        /// Account that is given the offer's referral part.
        #[arg(long)]
        referrer: Option<String>,
    },
    /// Make a link that asks to pay an offer, and print it with its QR code.
    ///
    /// For example: `pay link 1 --page https://bithive.example --png bill.png`. What is to be paid stands behind the #, which browsers send to
    /// no server.
    Link(LinkArgs),
    /// Show what a link asks for, and pay it if --from names a wallet.
    Open {
        /// The link, in quotation marks: shells read an &.
        link: String,
        /// Wallet that pays.
        #[arg(long)]
        from: Option<String>,
        /// How much is paid at most.
        #[command(flatten)]
        args: PayArgs,
    },
    /// Ask a server that is paid by the request (x402), for example: `pay get https://model.example/predict --from alice --data rows.csv
    /// --max-price 0.01 --deposit 1`
    ///
    /// What the server asks for is paid by a voucher of a stream to it, which --deposit opens where there is none yet. A repetition after a
    /// lost reply sends the same voucher. With --scheme exact it is paid by a transaction for the server's offer, which it sends; the same request of the
    /// same wallet is paid for once, and a repetition finds the receipt. The reply's body goes to standard output, and what it cost to standard error.
    Get(pay_get::GetArgs),
}

/// How much a payer pays.
#[derive(Args)]
pub struct PayArgs {
    /// Amount, where the offer leaves it to the payer.
    #[arg(long, allow_negative_numbers = true)]
    amount: Option<String>,
    /// Most that is paid; the price when left out, and a hundredth more where a feed prices the offer.
    #[arg(long, allow_negative_numbers = true, conflicts_with = "amount")]
    max: Option<String>,
}

/// A link to make.
#[derive(Args)]
pub struct LinkArgs {
    /// Number of the offer.
    id: u64,
    /// Page that opens it, such as `https://bithive.example`; http only of this machine.
    #[arg(long, value_name = "URL")]
    page: String,
    /// Key of the payment, 16 to 64 bytes in hex, such as an order's: a payer that opens the link twice pays once. The payer's own when left out.
    #[arg(long, value_name = "HEX", value_parser = key)]
    key: Option<HexBinary>,
    /// Account that is given the offer's referral part.
    #[arg(long)]
    referrer: Option<String>,
    /// New file for the QR code as a picture.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
}

fn key(text: &str) -> Result<HexBinary, String> {
    let read = HexBinary::from_hex(text).ok();
    let sized = read.filter(|key| (limits::MIN_KEY_BYTES..=limits::MAX_KEY_BYTES).contains(&key.len()));
    sized.ok_or_else(|| "expected 32 to 128 hex digits, two for each byte".into())
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Offer { .. } | Self::Open { from: Some(_), .. } => Transactions::One,
            Self::Get(_) => pay_get::TRANSACTIONS,
            Self::Link(_) | Self::Open { from: None, .. } => Transactions::None,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<()> {
    match command {
        Command::Get(args) => pay_get::run(&network, args, home, output).await,
        Command::Offer { id, from, args, key, referrer } => {
            let accounts = Accounts::open(&network, home).await?;
            let referrer = referrer.map(|name| address(&accounts, &name)).transpose()?;
            pay(&Site::open(&accounts)?, (id, key, referrer), &from, &args, output).await
        }
        Command::Link(args) => {
            let accounts = Accounts::open(&network, home).await?;
            link(&Site::open(&accounts)?, args, output).await
        }
        Command::Open { link, from, args } => {
            let accounts = Accounts::open(&network, home).await?;
            open(&Site::open(&accounts)?, &link, from, &args, output).await
        }
    }
}

async fn link(site: &Site<'_>, args: LinkArgs, output: Output) -> Result<()> {
    let (offer, _) = site.known(args.id).await?;
    expect_open(&offer)?;
    let mut request = Request::new(site.checkout.chain_id(), args.id)?;
    if let Some(key) = &args.key {
        request = request.with_key(key)?;
    }
    if let Some(referrer) = &args.referrer {
        ensure!(offer.referral_bps > 0, "--referrer: offer {} has no part for a referrer", args.id);
        request = request.with_referrer(&address(site.accounts, referrer)?)?;
    }
    let text = Link::new(&args.page, request).context("--page")?.to_string();
    if let Some(file) = &args.png {
        let picture = qr::png(&text)?;
        let named = || format!("--png {}: expected the name of a new file", file.display());
        File::create_new(file).and_then(|mut new| new.write_all(&picture)).with_context(named)?;
    }
    let lines = qr::lines(&text)?;
    output.show(&json!({ "link": text, "png": args.png }), |_| println!("{lines}\n{text}"))
}

async fn open(
    site: &Site<'_>,
    text: &str,
    from: Option<String>,
    args: &PayArgs,
    output: Output,
) -> Result<()> {
    let link = Link::parse(text)?;
    let request = link.request();
    let (found, own) = (request.chain(), site.checkout.chain_id());
    ensure!(
        found == own,
        "the link asks for a payment on {found}, and this is {own}; name its chain with --chain or --network"
    );
    let id = request.offer();
    if let Some(from) = from {
        let key = request.key().map(HexBinary::from);
        let referrer = request.referrer().map(ToOwned::to_owned);
        return pay(site, (id, key, referrer), &from, args, output).await;
    }
    let (offer, currency) = site.known(id).await?;
    // Where a feed has no price now, the offer is shown without one.
    let cost = site.checkout.quote(id).await.ok();
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    let answer = json!({
        "page": link.page(),
        "offer": offer,
        "costs": cost.map(|cost| cost.to_string()),
        "key": request.key().map(hex::encode),
        "referrer": request.referrer(),
    });
    output.show(&answer, |_| {
        print(site, &[&offer], &book, now);
        details(site, &offer, &book);
        match cost {
            Some(cost) => println!("it costs {} now; --from WALLET pays it", currency.show(cost)),
            None => println!("its feed has no price now; it can't be paid before it has"),
        }
    })
}

fn expect_open(offer: &OfferResponse) -> Result<()> {
    let state = match offer.state {
        OfferState::Open => return Ok(()),
        OfferState::SoldOut => "was paid as often as it can be",
        OfferState::Expired => "has expired",
        OfferState::Cancelled => "was cancelled by its seller",
    };
    bail!("offer {} {state}; ask for another one", offer.id)
}

/// Pays an offer. Whether it can be paid is the contract's to say: a payment that is sent again is told of its receipt.
async fn pay(
    site: &Site<'_>,
    (id, key, referrer): (u64, Option<HexBinary>, Option<String>),
    from: &str,
    args: &PayArgs,
    output: Output,
) -> Result<()> {
    let (offer, currency) = site.known(id).await?;
    let max = most(site, &offer, &currency, args).await?;
    let key = key.map_or_else(new_key, Ok)?;
    let account = site.accounts.account(from).await?;
    let asset = currency.asset(&site.economy);
    let pay = Pay { offer: id, key: key.clone(), max: max.into(), referrer };
    let again =
        || format!("payment under the key {key}; with --key {key} it can be sent again without paying twice");
    let receipt = site.checkout.pay(&account, (&asset, max), pay).await.with_context(again)?;
    let paid = |event| match event {
        Event::Paid { receipt, amount, .. } => Some((receipt, amount.u128())),
        _ => None,
    };
    let done = site.read(&receipt, events::PAID, paid)?;
    output.show(&done, |done| {
        println!("{} paid for offer {id}: receipt {}", currency.show(done.value.1), done.value.0);
    })
}

/// A key that nobody has used.
fn new_key() -> Result<HexBinary> {
    let mut key = [0; limits::MIN_KEY_BYTES];
    getrandom::fill(&mut key).context("random bytes of this machine")?;
    Ok(key.into())
}

/// What is sent, and the most that is paid of it, in base units.
async fn most(site: &Site<'_>, offer: &OfferResponse, currency: &Currency, args: &PayArgs) -> Result<u128> {
    let id = offer.id;
    let max = args.max.as_deref().map(|max| currency.read("--max", max)).transpose()?;
    let amount = args.amount.as_deref().map(|amount| currency.read("--amount", amount)).transpose()?;
    match &offer.price {
        Price::Open { least } => amount.or(max).with_context(|| {
            format!(
                "offer {id} leaves the amount to its payer; name it with --amount, {} or more",
                currency.show(least.u128())
            )
        }),
        _ if amount.is_some() => {
            bail!("offer {id} has a price; leave --amount out, or bound what you pay with --max")
        }
        Price::Fixed(amount) => Ok(max.unwrap_or_else(|| amount.u128())),
        Price::Quoted { .. } => match (max, site.foreign_oracle(&offer.price)) {
            (Some(max), _) => Ok(max),
            (None, Some(oracle)) => bail!(
                "offer {id} is priced by {oracle}, which is not this network's and may say anything; bound what you pay with --max"
            ),
            (None, None) => {
                let cost = site.checkout.quote(id).await?;
                Ok(cost.saturating_add(cost.div_ceil(10_000).saturating_mul(SLIPPAGE_BPS)))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_sixteen_to_sixty_four_bytes() {
        for bytes in [16, 64] {
            assert_eq!(key(&"ab".repeat(bytes)), Ok(vec![0xab; bytes].into()));
        }
        for text in ["", "ab", &"ab".repeat(15), &"ab".repeat(65), &"zz".repeat(16)] {
            assert!(key(text).unwrap_err().contains("expected 32 to 128 hex digits"), "{text}");
        }
    }
}
