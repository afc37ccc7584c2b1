//! Who may send each message, as data: each enum of messages is followed by a table with a line for every message.
//!
//! Contracts enforce the table before they dispatch a message (`bithive_contract_kit::permission`); a message without a
//! line does not compile. `permissions.txt` in the folder of each contract has its table, so that every change of
//! permissions shows in a review. What a cw20 hook carries acts for the account that sent the tokens.

/// Who may send a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Everybody: the message affects only the sender, or carries its own proof, or has the same effect whoever sends
    /// it.
    Anyone,
    /// The contract's owner, a governance address.
    Owner,
    /// The account that the owner has proposed as the next owner.
    ProposedOwner,
    /// The owner of the registry, where the contract has no owner of its own.
    Governance,
    /// The token that the contract works with, by its cw20 hook.
    Token,
    /// Any cw20 token, by its hook: only tokens of the sender itself are ever moved because of it.
    AnyToken,
    /// Who may mint the token now.
    Minter,
    /// Who may change what wallets show of the token.
    Marketing,
    /// A contract that the owner has named to credit work or idle time.
    Meter,
    /// A member that the owner has named to vouch for idle time.
    Member,
    /// A contract that the owner has named to cut stakes or bonds.
    Slasher,
    /// A party that the owner has given a role in approving rewards.
    Party,
    /// The market, once it is wired.
    Jobs,
    /// The requester of the job that the message names.
    Requester,
    /// A requester that has the bond that the registry asks for.
    BondedRequester,
    /// A worker of the present round of the job that the message names.
    Worker,
    /// A member of the committee of the epoch that the message names.
    CommitteeMember,
    /// The node, requester or committee member whose endpoint the message names.
    EndpointHolder,
    /// Who may vouch for nodes' attributes: listed by the owner.
    Accreditor,
    /// The owner of the data set that the message names.
    DatasetOwner,
    /// The owner of the model that the message names.
    ModelOwner,
    /// The owner of the position that the message names.
    PositionOwner,
    /// Who may take back the position that the message names.
    Revoker,
    /// The payee of the flow that the message names.
    Payee,
    /// The payer or the payee of the flow that the message names.
    FlowParty,
    /// A payee of the agreement that the message names.
    AgreementPayee,
    /// The first payee of the agreement that the message names.
    LeadPayee,
    /// Who approves the agreement that the message names: its payer, its signers or its contributors.
    Approver,
    /// The arbiter of the agreement that the message names.
    Arbiter,
    /// The seller of the offer or of the receipt that the message names.
    Seller,
    /// The owner of the listing that the message names.
    ListingOwner,
    /// Who decides on challenges of the listing that the message names.
    Ruler,
    /// A juror that was drawn for the challenge that the message names.
    Juror,
    /// Who may label listings of the category that the message's listing is in.
    Labeller,
    /// The author of the content that the message names, or an account that it has named to permit readers.
    ContentGranter,
}

/// Messages with a table of who may send them. Implemented by [`permissions!`](crate::permissions).
pub trait Permitted {
    /// The table: each message, by the name of its variant, in the order of the enum.
    const PERMISSIONS: &'static [(&'static str, Permission)];

    /// The message's line of the table: the name of its variant, and who may send it.
    fn line(&self) -> (&'static str, Permission);

    /// Who may send it.
    fn permission(&self) -> Permission {
        self.line().1
    }
}

/// States who may send each message of an enum: `permissions!(ExecuteMsg { Receive: Token, Withdraw: Anyone })`. It does
/// not compile where a message has no line.
#[macro_export]
macro_rules! permissions {
    ($messages:ty { $($message:ident: $permission:ident),+ $(,)? }) => {
        impl $crate::permission::Permitted for $messages {
            const PERMISSIONS: &'static [(&'static str, $crate::permission::Permission)] =
                &[$((stringify!($message), $crate::permission::Permission::$permission)),+];

            fn line(&self) -> (&'static str, $crate::permission::Permission) {
                match self {
                    $(Self::$message { .. } => {
                        (stringify!($message), $crate::permission::Permission::$permission)
                    })+
                }
            }
        }
    };
}
