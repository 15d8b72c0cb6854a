//! Visitors are told of their consultations: at every change, and before it begins.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    id::ConsultationId,
    jobs::{Enqueue, Work},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::booking::letter::{Company, ConsultationLetter, Occasion},
    ports::{Bookings, Letters},
    store::booking::consultation::{ConsultationStatus, Model as Consultation},
};

/// The job: remind the visitor of a consultation, where it still begins then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RemindOfConsultation {
    /// The consultation.
    pub consultation: ConsultationId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// How often it had changed by then: one that came back to this time has a job of its own.
    #[serde(default)]
    pub sequence: Option<i32>,
}

impl Work for RemindOfConsultation {
    const KIND: &'static str = "inbox.remind_of_consultation";
}

/// Tells the visitor what became of their consultation, and sees to it that they are reminded of it.
pub(super) async fn tell<S: Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    occasion: Occasion,
    consultation: &Consultation,
) -> Result<()> {
    letters.queue(cx, &ConsultationLetter::of(occasion, consultation, company, cx.now)).await?;
    if consultation.status == ConsultationStatus::Scheduled
        && let Some(at) = consultation.reminder(company.reminder_minutes, cx.now)
    {
        let work = RemindOfConsultation {
            consultation: consultation.id,
            starts_at: consultation.starts_at,
            sequence: Some(consultation.ics_sequence),
        };
        s.enqueue_at(cx, &work, at).await?;
    }
    Ok(())
}

/// Reminds the visitor, unless the consultation was called off, held or moved meanwhile, or has begun.
pub async fn remind_of_consultation<S: Bookings>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    work: &RemindOfConsultation,
) -> Result<()> {
    let Some(found) = s.lock_own(work.consultation).await? else { return Ok(()) };
    let still = found.status == ConsultationStatus::Scheduled
        && found.starts_at == work.starts_at
        && work.sequence.is_none_or(|sequence| sequence == found.ics_sequence);
    if still && found.starts_at > cx.now {
        letters.queue(cx, &ConsultationLetter::of(Occasion::Reminder, &found, company, cx.now)).await?;
    }
    Ok(())
}
