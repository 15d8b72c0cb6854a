//! Who may buy from Harbour & Lane: from messages and by hand, scored by the rules that are built in, one of them twice.

use std::sync::Arc;

use chrono::TimeDelta;
use crm_leads::{
    AssignLead, CreateLead, CreateLeadFrom, LeadStatus, MergeLeads, SetLeadStatus, assign_lead, create_lead,
    create_lead_from, merge_leads, score_lead, set_lead_status,
};
use kernel::{
    Cx, Db, Result,
    cx::UserActor,
    id::{LeadId, MessageId},
};

use super::{by, names};
use crate::wiring::{leads::Ears, tickets::House};

const BEN: usize = 1;
const CHIDI: usize = 2;
const DANA: usize = 3;

/// Which messages became leads, who has them, and where they stand.
const FROM_MESSAGES: [(usize, usize, &[LeadStatus]); 3] =
    [(0, CHIDI, &[LeadStatus::Contacted, LeadStatus::Qualified]), (1, DANA, &[LeadStatus::Contacted]), (3, CHIDI, &[])];

/// Leads that somebody wrote down: name, address, number, company, notes, and where they stand.
type Written = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [LeadStatus]);

const WRITTEN: [Written; 4] = [
    (
        "Marta Ruiz",
        "marta@ruiz-hotels.example",
        "+34 912 345 678",
        "Ruiz Hotels",
        "Wants an offer for 40 bathrooms, urgent: the budget is for this year.",
        &[LeadStatus::Contacted, LeadStatus::Qualified],
    ),
    ("Oskar Lind", "oskar@lind.example", "+46 8 123 456 78", "Lind & Co", "Met at the fair.", &[LeadStatus::Contacted]),
    ("Pia Novak", "pia.novak@gmail.com", "", "", "Asked for a catalogue.", &[LeadStatus::Lost]),
    ("Lind, Oskar", "", "", "Lind Co", "Called about heating.", &[]),
];

/// Writes them down.
///
/// # Errors
/// What the use cases fail with.
pub async fn fill(db: &Db, cx: &Cx, staff: &[Arc<UserActor>], messages: &[MessageId]) -> Result<()> {
    let names = &names();
    let mut made = Vec::new();
    for (n, (message, owner, way)) in (0_i64..).zip(FROM_MESSAGES) {
        let Some(message) = messages.get(message) else { continue };
        let ben = &by(cx, cx.now - TimeDelta::hours(30 - 4 * n), &staff[BEN]);
        let cmd = &CreateLeadFrom { source: message.to_string() };
        let lead = db.transact(ben, "lead.create_from", |tx| async move {
            let lead = create_lead_from(&tx, &House(&tx, names), ben, cmd).await?.id;
            let assign = AssignLead { lead, owner: staff[owner].staff_id() };
            assign_lead(&tx, &House(&tx, names), ben, &assign).await?;
            score_lead(&tx, &Ears(tx.conn()), ben, lead).await?;
            Ok(lead)
        });
        let lead = lead.await?;
        go(db, &by(cx, cx.now - TimeDelta::hours(20 - n), &staff[owner]), names, lead, way).await?;
    }
    for (n, (name, email, phone, company, notes, way)) in (0_i64..).zip(WRITTEN) {
        let ben = &by(cx, cx.now - TimeDelta::hours(60 - 10 * n), &staff[BEN]);
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let cmd = &CreateLead {
            name: text(name),
            email: text(email),
            phone: text(phone),
            company: text(company),
            notes: text(notes),
            owner: staff[DANA].staff_id(),
        };
        let lead = db.transact(ben, "lead.create", |tx| async move {
            let lead = create_lead(&tx, &House(&tx, names), ben, cmd).await?.id;
            score_lead(&tx, &Ears(tx.conn()), ben, lead).await?;
            Ok(lead)
        });
        let lead = lead.await?;
        go(db, &by(cx, cx.now - TimeDelta::hours(18 - n), &staff[DANA]), names, lead, way).await?;
        made.push(lead);
    }
    if let [_, into, _, from] = made[..] {
        let dana = &by(cx, cx.now - TimeDelta::hours(3), &staff[DANA]);
        let cmd = &MergeLeads { from, into };
        db.transact(dana, "lead.merge", |tx| async move { merge_leads(&tx, &House(&tx, names), dana, cmd).await })
            .await?;
    }
    Ok(())
}

/// Moves a lead along.
async fn go(db: &Db, cx: &Cx, names: &[&'static str], lead: LeadId, way: &[LeadStatus]) -> Result<()> {
    for status in way {
        let reason = (*status == LeadStatus::Lost).then(|| "Only looked around".to_owned());
        let cmd = &SetLeadStatus { lead, status: *status, reason };
        db.transact(cx, "lead.set_status", |tx| async move { set_lead_status(&tx, &House(&tx, names), cx, cmd).await })
            .await?;
    }
    Ok(())
}
