//! Categories are made and changed. None is deleted: one that is not to be shown any more is taken out of use, and what is in it is
//! shown to nobody but who keeps it.

use kernel::{
    Cx, Result,
    db::Emit,
    id::GuideCategoryId,
    record::{self, Records},
    text::{Check, rename},
};

use crate::{
    limits,
    policy::MANAGE_HELP,
    store::help::category::{Entity as GuideCategories, Model as GuideCategory},
};

/// What a category is to be; what is absent stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct SaveGuideCategory {
    /// Its name, unique.
    pub name: Option<String>,
    /// What it is about; empty clears it.
    pub description: Option<String>,
    /// Where it stands among the others.
    pub display_order: Option<i32>,
    /// Whether it is shown.
    pub is_active: Option<bool>,
}

impl SaveGuideCategory {
    fn apply(&self, check: &mut Check, category: &mut GuideCategory) {
        if let Some(name) = &self.name {
            let name = check.line("name", name, limits::LINE);
            rename(&mut category.name, &mut category.name_folded, name);
        }
        if let Some(description) = &self.description {
            category.description = check.optional_body("description", Some(description), limits::DESCRIPTION);
        }
        category.display_order = self.display_order.unwrap_or(category.display_order);
        category.is_active = self.is_active.unwrap_or(category.is_active);
    }
}

/// Makes a category.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a bad or taken name.
pub async fn create_guide_category<S: Records<GuideCategories> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SaveGuideCategory,
) -> Result<GuideCategory> {
    cx.require(MANAGE_HELP)?;
    let mut check = Check::default();
    let mut category = GuideCategory {
        id: cx.new_id(),
        name: String::new(),
        name_folded: None,
        description: None,
        display_order: 0,
        is_active: true,
        created_at: cx.now,
        updated_at: cx.now,
    };
    SaveGuideCategory { name: Some(cmd.name.clone().unwrap_or_default()), ..cmd.clone() }
        .apply(&mut check, &mut category);
    check.done()?;
    record::add::<GuideCategories, _>(s, cx, category).await
}

/// Changes a category.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] for a bad or taken name.
pub async fn update_guide_category<S: Records<GuideCategories> + Emit>(
    s: &S,
    cx: &Cx,
    id: GuideCategoryId,
    cmd: &SaveGuideCategory,
) -> Result<GuideCategory> {
    cx.require(MANAGE_HELP)?;
    let before = s.lock(cx, id).await?;
    let (mut check, mut after) = (Check::default(), before.clone());
    cmd.apply(&mut check, &mut after);
    check.done()?;
    record::save::<GuideCategories, _>(s, cx, before, after).await
}
