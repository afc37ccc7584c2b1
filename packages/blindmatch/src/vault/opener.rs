//! A contributor's tags against one vault or many.

use core::borrow::Borrow;

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::{
    opening::find,
    oprf::{Tag, Tags},
    schema::MAX_SLOTS,
    sharing::{Share, join},
    vault::{Masks, Opened, Poster, Vault, VaultError, commitment},
};

/// Vaults that [`Opener::open_many`] takes from its input at once.
const BATCH: usize = 1024;

/// One contributor's tags of one epoch, by slot.
pub struct Opener<'t> {
    own: &'t Tags,
    by_slot: Vec<Option<&'t Tag>>,
}

impl<'t> Opener<'t> {
    /// Puts the tags in order.
    ///
    /// # Errors
    /// [`VaultError::SlotTwice`] for two tags of one slot.
    pub fn new(own: &'t Tags) -> Result<Self, VaultError> {
        let mut by_slot = vec![None; MAX_SLOTS];
        for (slot, tag) in own.iter() {
            if by_slot.get_mut(usize::from(slot.0)).and_then(|known| known.replace(tag)).is_some() {
                return Err(VaultError::SlotTwice(slot));
            }
        }
        Ok(Self { own, by_slot })
    }

    /// Tries one vault, posted by `poster`; `None` if the tags don't satisfy its policy, or the vault is not what that account
    /// sealed. Time depends on which leaves agree, which is
    /// what the contributor itself learns.
    ///
    /// # Errors
    /// [`VaultError`] for a vault of another schema or epoch.
    pub fn open(&self, vault: &Vault, poster: &Poster) -> Result<Option<Opened>, VaultError> {
        if self.own.schema_digest() != vault.schema_digest {
            return Err(VaultError::Schema);
        }
        if self.own.epoch() != vault.epoch {
            return Err(VaultError::Epoch { found: self.own.epoch(), expected: vault.epoch });
        }
        Ok(self.try_leaves(vault, poster))
    }

    fn try_leaves(&self, vault: &Vault, poster: &Poster) -> Option<Opened> {
        let (slots, terms) = (vault.tree.leaves(), vault.terms());
        let head = vault.head(&terms, poster);
        let mut masks = Masks::new(&head);
        let mut shares = Zeroizing::new(Vec::with_capacity(slots.len()));
        shares.extend(slots.iter().zip(&vault.masked).enumerate().map(|(leaf, (slot, masked))| {
            let tag = self.by_slot.get(usize::from(slot.0)).copied().flatten()?;
            Some(Share::from_bytes(masked).plus(masks.mask(tag, leaf)))
        }));
        let found = find(&vault.tree, &shares)?;
        let secret = Zeroizing::new(join(&vault.tree, &shares, &found)?);
        // Another secret is one that the sealer gave some leaves to learn from the claim which they are.
        if commitment(&terms, poster, *secret) != vault.commitment {
            return None;
        }
        // Other shares are somebody's who wants to know which of them are needed.
        if vault.mac_under(*secret, &head) != vault.mac {
            return None;
        }
        let leaves = found.iter().filter_map(|leaf| Some((leaf as u16, **slots.get(leaf)?))).collect();
        Some(Opened { key: vault.match_key(terms, poster, *secret), leaves })
    }

    /// Tries many vaults, each with who posted it, on all cores (one after the other in a browser), and gives those that open with their number from 0, in
    /// order. Vaults of another schema or epoch stay shut. The input is read as results are taken, 1024 vaults
    /// at a time, and is not kept.
    pub fn open_many<V>(
        &self,
        vaults: impl IntoIterator<Item = (V, Poster)>,
    ) -> impl Iterator<Item = (usize, Opened)>
    where
        V: Borrow<Vault> + Send + Sync,
    {
        let mut numbered = vaults.into_iter().enumerate();
        core::iter::from_fn(move || {
            let batch: Vec<_> = numbered.by_ref().take(BATCH).collect();
            (!batch.is_empty()).then(|| self.open_batch(&batch))
        })
        .flatten()
    }

    fn open_batch<V: Borrow<Vault> + Send + Sync>(
        &self,
        batch: &[(usize, (V, Poster))],
    ) -> Vec<(usize, Opened)> {
        let open = |(number, (vault, poster)): &(usize, (V, Poster))| {
            Some((*number, self.open(vault.borrow(), poster).ok().flatten()?))
        };
        #[cfg(not(target_arch = "wasm32"))]
        return batch.par_iter().with_min_len(16).filter_map(open).collect();
        #[cfg(target_arch = "wasm32")]
        batch.iter().filter_map(open).collect()
    }
}

impl Vault {
    /// Tries the vault with one's own tags, as posted by `poster`; `None` if they don't satisfy the policy. [`Opener`] tries
    /// many.
    ///
    /// # Errors
    /// [`VaultError`] for tags of another schema or epoch, or two tags for one slot.
    pub fn open(&self, own: &Tags, poster: &Poster) -> Result<Option<Opened>, VaultError> {
        Opener::new(own)?.open(self, poster)
    }
}
