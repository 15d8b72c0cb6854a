//! The help centre of Harbour & Lane: what the assistant answers from.

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, Result,
    cx::UserActor,
    files::{Files, whole},
    id::GuideCategoryId,
};
use ticketing::{Filling, GuideType, HelpAudience, SaveGuide, SaveGuideCategory, SaveHelpDocument};

use super::by;

/// The categories.
const CATEGORIES: [(&str, &str); 3] = [
    ("Water and heating", "Boilers, radiators, taps."),
    ("Your order", "Offers, appointments and bills."),
    ("How we work", "For colleagues."),
];

/// The guides: category, title, text, whether it is published.
const GUIDES: [(usize, &str, &str, bool); 4] = [
    (
        0,
        "The pressure of the boiler falls",
        "<p>Open the filling valve under the boiler slowly until the hand stands between <b>1 and 1.5 bar</b>, and close it.</p>\
         <p>Where it falls again within a day, write to us: there is a leak.</p>",
        true,
    ),
    (
        0,
        "A radiator stays cold",
        "<ol><li>Turn it fully on.</li><li>Open the small valve at its side with the key until water comes.</li>\
         <li>Look at the pressure of the boiler.</li></ol>",
        true,
    ),
    (
        1,
        "How to move an appointment",
        "<p>Use the link in the mail that confirmed it, until four hours before. Later than that, please call us.</p>",
        true,
    ),
    (1, "Paying in parts", "<p>From 1,000 pounds on we share the price over six months.</p>", false),
];

/// A help document for colleagues.
const CALL_OUTS: &str = "# Call-outs\n\nWhoever is on call has the van with the blue sign and the yellow box.\n\n\
    A call-out costs 95 pounds on weekdays and 140 pounds on Sundays; the first half hour is in it.\n\n\
    Water that runs comes first, then heating of people who are ill or old, then everything else.\n";
/// And one for everybody.
const WARRANTY: &str = "# Warranty\n\nOn our work you have a warranty of five years, on parts that of their maker, two years at least.\n\n\
    Keep the bill: the number on it is all that we need.\n";

/// Fills the help centre.
///
/// # Errors
/// What the use cases fail with.
pub async fn fill(db: &Db, files: &Files, cx: &Cx, staff: &[Arc<UserActor>]) -> Result<()> {
    let ben = &by(cx, cx.now - TimeDelta::days(20), &staff[1]);
    let categories: Vec<GuideCategoryId> = db
        .transact(ben, "guide_category.create", |tx| async move {
            let mut made = Vec::new();
            for (order, (name, description)) in (1..).zip(CATEGORIES) {
                let save = SaveGuideCategory {
                    name: Some(name.into()),
                    description: Some(description.into()),
                    display_order: Some(order),
                    is_active: Some(true),
                };
                made.push(ticketing::create_guide_category(&tx, ben, &save).await?.id);
            }
            Ok(made)
        })
        .await?;
    let [.., of_orders, of_colleagues] = categories[..] else { return Err(Error::internal("too few categories")) };
    for (order, (category, title, text, is_published)) in (1..).zip(GUIDES) {
        let save = &SaveGuide {
            title: Some(title.into()),
            description: None,
            category: Some(categories[category]),
            filling: Filling { r#type: Some(GuideType::Html), content: Some(text.into()), ..Filling::default() },
            display_order: Some(order),
        };
        db.transact(ben, "guide.create", |tx| async move {
            let guide = ticketing::create_guide(&tx, ben, save).await?;
            if is_published {
                ticketing::publish_guide(&tx, ben, guide.id, true).await?;
            }
            Ok(())
        })
        .await?;
    }
    let documents = [
        ("Call-outs", "call-outs.md", CALL_OUTS, of_colleagues, HelpAudience::Staff),
        ("Warranty", "warranty.md", WARRANTY, of_orders, HelpAudience::Everyone),
    ];
    for (title, name, text, category, audience) in documents {
        let file = files.upload(db, ben, name, whole(text)).await?;
        let save = &SaveHelpDocument {
            title: Some(title.into()),
            category: Some(Some(category)),
            audience: Some(audience),
            file: Some(file),
            is_published: Some(true),
        };
        db.transact(
            ben,
            "help_document.create",
            |tx| async move { ticketing::create_help_document(&tx, ben, save).await },
        )
        .await?;
    }
    Ok(())
}
