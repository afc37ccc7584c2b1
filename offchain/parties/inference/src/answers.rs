//! What a model says of what it read, in the words of its classes.

use bithive_tensor::{Answers, AnswersError, ModelInput, Spacing};

use crate::model::Model;

impl Model {
    /// What logits say of rows or images, by what the model reads. `spacing` is that of a mask's pixels ([`Model::mask_spacing`]), where it
    /// is known.
    ///
    /// # Errors
    /// When there are not as many logits as the model gives for whole images.
    pub fn answers(&self, logits: &[f32], spacing: Option<Spacing>) -> Result<Answers, AnswersError> {
        match self.answer() {
            Some(answer) => Answers::of_images(answer, self.classes(), logits, spacing),
            None => Ok(Answers::of_rows(logits)),
        }
    }

    /// Size of a pixel of the masks of these images, where that of the images is known: a mask covers the whole image.
    #[must_use]
    pub fn mask_spacing(&self, input: &ModelInput) -> Option<Spacing> {
        let ModelInput::Images(images) = input else { return None };
        let [height, width] = self.answer()?.mask?;
        let (shape, spacing) = (images.shape(), images.spacing()?);
        let scaled = |size: f32, own: usize, mask: usize| size * own as f32 / mask as f32;
        let row = scaled(spacing.row(), shape.height(), height);
        Spacing::new(row, scaled(spacing.column(), shape.width(), width)).ok()
    }
}
