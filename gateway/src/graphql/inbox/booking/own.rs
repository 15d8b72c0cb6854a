//! What visitors do with their own consultations, with no account: book, move, cancel.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use inbox::{
    BookConsultation, Phone, admit_booking, admit_change, book_consultation, cancel_own_consultation,
    reschedule_own_consultation,
};
use kernel::Cx;

use super::types::ConsultationReceipt;
use crate::{
    graphql::{
        errors::{Result, UserError, payload},
        filters::Instant,
        records::write,
        scalars::{EmailAddress, id},
        scope::{Scope, scope},
    },
    wiring::bookings::Desk,
};

/// What the booking form sends. No text may hold control characters, except line ends and tabs in `notes`.
#[derive(Clone, InputObject)]
pub struct BookConsultationInput {
    /// What, `svc_…`.
    pub service_id: ID,
    /// When: the `startsAt` of one of the `availableSlots`.
    pub starts_at: Instant,
    /// With whom, `stf_…`; whoever is free and has least to do that day without it.
    pub staff_id: Option<ID>,
    /// The visitor's name, 1–200 characters.
    pub name: String,
    /// The visitor's address; mails about the consultation go there.
    pub email: EmailAddress,
    /// Their company, at most 200 characters.
    pub company: Option<String>,
    /// Their telephone number, at most 40 characters; one of the company's region needs no country code.
    pub phone: Option<String>,
    /// What they want to talk about, at most 2,000 characters.
    pub notes: Option<String>,
    /// Their time zone, as an IANA name.
    pub time_zone: Option<String>,
    /// What brought them here, at most 200 characters.
    pub source: Option<String>,
    /// The visitor's token of an earlier receipt.
    pub visitor_token: Option<String>,
    /// Leave it out. A form shows it to programs only, and what comes with it is discarded.
    pub website: Option<String>,
}

/// What came of booking.
#[derive(SimpleObject)]
pub struct BookConsultationPayload {
    /// The receipt.
    pub receipt: Option<ConsultationReceipt>,
    /// Keep it in the browser and send it with the next booking or message.
    pub visitor_token: Option<String>,
    /// What the visitor can correct.
    pub errors: Vec<UserError>,
}

/// A visitor moves their own consultation.
#[derive(Clone, InputObject)]
pub struct RescheduleConsultationByTokenInput {
    /// The token of the receipt, or of the link in a mail.
    pub token: String,
    /// When it is to begin: the `startsAt` of one of the `availableSlots`.
    pub starts_at: Instant,
}

/// A visitor cancels their own consultation.
#[derive(Clone, InputObject)]
pub struct CancelConsultationByTokenInput {
    /// The token of the receipt, or of the link in a mail.
    pub token: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub struct OwnConsultationPayload {
    /// The receipt.
    pub receipt: Option<ConsultationReceipt>,
    /// What the visitor can correct.
    pub errors: Vec<UserError>,
}

impl OwnConsultationPayload {
    fn of((done, errors): (Option<inbox::Consultation>, Vec<UserError>), token: String) -> Self {
        Self { receipt: done.map(|done| ConsultationReceipt::of(done, token)), errors }
    }
}

/// The telephone number of a form.
async fn phone(scope: &Scope, cx: &Cx, typed: Option<&str>) -> kernel::Result<Phone> {
    let Some(typed) = typed.filter(|typed| !typed.trim().is_empty()) else { return Ok(Phone::None) };
    let profile = identity::CompanyProfile::of(cx, scope.app.settings.all(cx).await?.as_ref());
    let read = identity::telephone(typed, profile.region.as_deref().unwrap_or_default());
    Ok(read.map_or_else(Phone::Wrong, Phone::Number))
}

/// What visitors do with their own consultations.
#[derive(Default)]
pub struct OwnConsultationMutation;

#[Object]
impl OwnConsultationMutation {
    /// Public: a website visitor books a consultation, and gets a mail with a file for their calendar. Limited per address.
    async fn book_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: BookConsultationInput,
    ) -> Result<BookConsultationPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let cmd = BookConsultation {
            service: id("input.serviceId", &input.service_id)?,
            starts_at: input.starts_at.read("input.startsAt")?,
            staff: input.staff_id.as_ref().map(|staff| id("input.staffId", staff)).transpose()?,
            name: input.name,
            email: input.email.0,
            company: input.company,
            phone: phone(scope, &cx, input.phone.as_deref()).await?,
            notes: input.notes,
            time_zone: input.time_zone,
            source: input.source,
            visitor_token: input.visitor_token,
            honeypot: input.website,
            limited: scope.app.rate_limits,
        };
        let desk = Arc::new(Desk::of(&scope.app, &cx).await?);
        let (booked, errors) = match payload(admit_booking(&scope.app.db, &desk.company, &cx, &cmd).await)? {
            (Some(None), _) => {
                write(ctx, "consultation.book", cmd, move |tx, cx, cmd| {
                    let desk = desk.clone();
                    async move { book_consultation(&tx, &desk.post(&tx), &desk.company, &cx, &cmd).await }
                })
                .await?
            }
            (discarded, errors) => (discarded.flatten(), errors),
        };
        let (receipt, visitor_token) = booked
            .map(|booked| (ConsultationReceipt::of(booked.consultation, booked.token), booked.visitor_token))
            .unzip();
        Ok(BookConsultationPayload { receipt, visitor_token, errors })
    }

    /// Public: a visitor moves their own consultation, until it begins. Who has it keeps it where they are free. Limited per
    /// consultation and per address.
    async fn reschedule_consultation_by_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RescheduleConsultationByTokenInput,
    ) -> Result<OwnConsultationPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let desk = Arc::new(Desk::of(&scope.app, &cx).await?);
        if scope.app.rate_limits {
            admit_change(&scope.app.db, &desk.company, &cx, &input.token, true).await?;
        }
        let cmd = (input.token.clone(), input.starts_at.read("input.startsAt")?);
        let done = write(ctx, "consultation.reschedule", cmd, move |tx, cx, cmd| {
            let desk = desk.clone();
            async move { reschedule_own_consultation(&tx, &desk.post(&tx), &desk.company, &cx, (&cmd.0, cmd.1)).await }
        });
        Ok(OwnConsultationPayload::of(done.await?, input.token))
    }

    /// Public: a visitor cancels their own consultation, until it begins. Limited per address.
    async fn cancel_consultation_by_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CancelConsultationByTokenInput,
    ) -> Result<OwnConsultationPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let desk = Arc::new(Desk::of(&scope.app, &cx).await?);
        if scope.app.rate_limits {
            admit_change(&scope.app.db, &desk.company, &cx, &input.token, false).await?;
        }
        let done = write(ctx, "consultation.cancel", input.token.clone(), move |tx, cx, token| {
            let desk = desk.clone();
            async move { cancel_own_consultation(&tx, &desk.post(&tx), &desk.company, &cx, &token).await }
        });
        Ok(OwnConsultationPayload::of(done.await?, input.token))
    }
}
