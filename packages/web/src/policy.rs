//! Policies: parsed, explained, and made into a request to the committee.

use bithive_blindmatch::policy::{CompiledPolicy, Leaf, ParseError, Policy as Conditions};
use bithive_blindmatch::schema::{Schema, SlotId};
use bithive_blindmatch::tree::Tree;
use bithive_blindmatch::vault::{DEFAULT_BUDGET, Vault};
use zeroize::Zeroizing;

use crate::evaluation::Pending;
use crate::{Failure, Kind};

/// Most bytes of a policy's JSON.
pub const MAX_JSON_BYTES: usize = 64 << 10;

/// Reads a schema.
///
/// # Errors
/// [`Kind::Schema`].
pub fn parse_schema(json: &str) -> Result<Schema, Failure> {
    if json.len() > MAX_JSON_BYTES {
        let found = json.len();
        return Err(
            Kind::Schema.failure(format!("the schema has {found} bytes; expected at most {MAX_JSON_BYTES}"))
        );
    }
    serde_json::from_str(json).map_err(Kind::Schema.because())
}

/// A policy with the schema that it fits.
#[derive(Clone)]
pub struct Policy {
    schema: Schema,
    conditions: Conditions,
    compiled: CompiledPolicy,
}

/// What a policy costs, and what is public of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Leaves of the vault, decoys among them.
    pub leaves: usize,
    /// Blinded points that the committee is asked for.
    pub evaluations: usize,
    /// Bytes of the vault on chain.
    pub vault_bytes: usize,
    /// Worst case for a node that tries it, in field operations.
    pub decoding_cost: u64,
    /// Most that it may cost.
    pub budget: u64,
    /// Attributes that are asked about, in the schema's order.
    pub attributes: Vec<String>,
    /// Gates and slots, as the vault shows them.
    pub shape: Tree<SlotId>,
}

impl Policy {
    /// Reads a policy's text.
    ///
    /// # Errors
    /// [`Kind::Policy`], with the column.
    pub fn parse(text: &str, schema: &Schema) -> Result<Self, Failure> {
        let conditions = Conditions::parse(text, schema).map_err(|error| {
            let column = match &error {
                ParseError::Syntax { column, .. } | ParseError::Type { column, .. } => Some(*column),
                ParseError::TooLong { .. } => None,
            };
            Failure { column, ..Kind::Policy.failure(error) }
        })?;
        Self::new(conditions, schema)
    }

    /// Reads a policy's JSON.
    ///
    /// # Errors
    /// [`Kind::Policy`].
    pub fn from_json(json: &str, schema: &Schema) -> Result<Self, Failure> {
        if json.len() > MAX_JSON_BYTES {
            let found = json.len();
            let message = format!("the policy has {found} bytes of JSON; expected at most {MAX_JSON_BYTES}");
            return Err(Kind::Policy.failure(message));
        }
        let conditions = serde_json::from_str(json).map_err(Kind::Policy.because())?;
        Self::new(conditions, schema)
    }

    /// What does not fit the budget of a vault is refused here, before the committee is asked.
    fn new(conditions: Conditions, schema: &Schema) -> Result<Self, Failure> {
        let compiled = conditions.compile(schema).map_err(Kind::Policy.because())?;
        compiled.tree().check(DEFAULT_BUDGET).map_err(Kind::Policy.because())?;
        Ok(Self { schema: schema.clone(), conditions, compiled })
    }

    /// The schema that it fits.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The policy in the language of [`Policy::parse`].
    #[must_use]
    pub fn text(&self) -> String {
        self.conditions.to_text()
    }

    /// The policy as JSON, as it goes into the input.
    ///
    /// # Errors
    /// [`Kind::Policy`], which no policy causes.
    pub fn json(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        serde_json::to_vec(&self.conditions).map(Zeroizing::new).map_err(Kind::Policy.because())
    }

    /// What it costs, and what is public of it.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let shape = self.compiled.tree().map(&mut Leaf::slot);
        let slots = shape.leaves();
        let named = |name: &&str| slots.iter().any(|slot| self.schema.attribute_of(**slot) == Some(*name));
        let names = self.schema.attributes().iter().map(|attribute| attribute.name());
        Explanation {
            leaves: slots.len(),
            evaluations: self.compiled.evaluations().len(),
            vault_bytes: Vault::encoded_len(&self.compiled),
            decoding_cost: self.compiled.tree().decoding_cost(),
            budget: DEFAULT_BUDGET,
            attributes: names.filter(named).map(str::to_owned).collect(),
            shape,
        }
    }

    /// Blinds what the policy asks, for an epoch of the committee.
    ///
    /// # Errors
    /// [`Kind::Random`].
    pub fn blind(&self, epoch: u64) -> Result<Pending, Failure> {
        Pending::draw(&self.schema, &self.compiled.evaluations(), epoch)
    }

    pub(crate) fn compiled(&self) -> &CompiledPolicy {
        &self.compiled
    }
}
