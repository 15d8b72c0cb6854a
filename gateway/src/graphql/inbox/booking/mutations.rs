//! Keeping consultations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use inbox::{
    AssignConsultation, RescheduleConsultation, assign_consultation, cancel_consultation, complete_consultation,
    mark_no_show, reschedule_consultation,
};
use kernel::id::ConsultationId;

use super::types::Consultation;
use crate::{
    graphql::{
        directives::requires, errors::Result, filters::Instant, identity::Permission, records::write, scalars::id,
        scope::scope,
    },
    payload,
    wiring::{bookings::Desk, bridges::InTransaction},
};

/// A consultation is to be moved.
#[derive(Clone, InputObject)]
pub struct RescheduleConsultationInput {
    /// The consultation, `con_…`.
    pub consultation_id: ID,
    /// When it is to begin: the `startsAt` of one of the `availableSlots`.
    pub starts_at: Instant,
    /// Who is to have it, `stf_…`, one of those who hold its service; whoever is free without it, who has it now first.
    pub staff_id: Option<ID>,
}

/// A consultation goes to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignConsultationInput {
    /// The consultation, `con_…`.
    pub consultation_id: ID,
    /// Who gets it, `stf_…`; nobody when null.
    pub assignee_id: Option<ID>,
}

/// What is to be done to a consultation.
#[derive(Clone, InputObject)]
pub struct ConsultationInput {
    /// The consultation, `con_…`.
    pub consultation_id: ID,
}

payload! {
    /// What came of moving a consultation.
    RescheduleConsultationPayload {
        /// The consultation.
        consultation: Consultation as inbox::Consultation
    }
    /// What came of assigning a consultation.
    AssignConsultationPayload {
        /// The consultation.
        consultation: Consultation as inbox::Consultation
    }
    /// What came of cancelling a consultation.
    CancelConsultationPayload {
        /// The consultation.
        consultation: Consultation as inbox::Consultation
    }
    /// What came of noting that a consultation was held.
    CompleteConsultationPayload {
        /// The consultation.
        consultation: Consultation as inbox::Consultation
    }
    /// What came of noting that nobody came.
    MarkNoShowPayload {
        /// The consultation.
        consultation: Consultation as inbox::Consultation
    }
}

/// Keeping consultations.
#[derive(Default)]
pub struct BookingMutation;

#[Object]
impl BookingMutation {
    /// Moves a consultation to another time, and tells the visitor.
    #[graphql(directive = requires::apply(Permission::ManageConsultations))]
    async fn reschedule_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RescheduleConsultationInput,
    ) -> Result<RescheduleConsultationPayload> {
        let scope = scope(ctx);
        let cmd = RescheduleConsultation {
            consultation: id("input.consultationId", &input.consultation_id)?,
            starts_at: input.starts_at.read("input.startsAt")?,
            staff: input.staff_id.as_ref().map(|staff| id("input.staffId", staff)).transpose()?,
        };
        let desk = Arc::new(Desk::of(&scope.app, &scope.cx()).await?);
        let done = write(ctx, "consultation.reschedule", cmd, move |tx, cx, cmd| {
            let desk = desk.clone();
            async move { reschedule_consultation(&tx, &desk.post(&tx), &desk.company, &cx, &cmd).await }
        });
        Ok(done.await?.into())
    }

    /// Hands a consultation to a colleague who may see it and is free then, whether or not they hold its service, or back to
    /// nobody.
    #[graphql(directive = requires::apply(Permission::ManageConsultations))]
    async fn assign_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignConsultationInput,
    ) -> Result<AssignConsultationPayload> {
        let cmd = AssignConsultation {
            consultation: id("input.consultationId", &input.consultation_id)?,
            assignee: input.assignee_id.as_ref().map(|staff| id("input.assigneeId", staff)).transpose()?,
        };
        let done = write(ctx, "consultation.assign", cmd, |tx, cx, cmd| async move {
            assign_consultation(&tx, &InTransaction(&tx), &cx, &cmd).await
        });
        Ok(done.await?.into())
    }

    /// Calls a consultation off, and tells the visitor.
    #[graphql(directive = requires::apply(Permission::ManageConsultations))]
    async fn cancel_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConsultationInput,
    ) -> Result<CancelConsultationPayload> {
        let scope = scope(ctx);
        let consultation: ConsultationId = id("input.consultationId", &input.consultation_id)?;
        let desk = Arc::new(Desk::of(&scope.app, &scope.cx()).await?);
        let done = write(ctx, "consultation.cancel", consultation, move |tx, cx, consultation| {
            let desk = desk.clone();
            async move { cancel_consultation(&tx, &desk.post(&tx), &desk.company, &cx, *consultation).await }
        });
        Ok(done.await?.into())
    }

    /// Notes that a consultation was held, once it has begun.
    #[graphql(directive = requires::apply(Permission::ManageConsultations))]
    async fn complete_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConsultationInput,
    ) -> Result<CompleteConsultationPayload> {
        let consultation: ConsultationId = id("input.consultationId", &input.consultation_id)?;
        let done = write(ctx, "consultation.complete", consultation, |tx, cx, consultation| async move {
            complete_consultation(&tx, &cx, *consultation).await
        });
        Ok(done.await?.into())
    }

    /// Notes that the visitor did not come, once it has begun.
    #[graphql(directive = requires::apply(Permission::ManageConsultations))]
    async fn mark_no_show(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConsultationInput,
    ) -> Result<MarkNoShowPayload> {
        let consultation: ConsultationId = id("input.consultationId", &input.consultation_id)?;
        let done = write(ctx, "consultation.mark_no_show", consultation, |tx, cx, consultation| async move {
            mark_no_show(&tx, &cx, *consultation).await
        });
        Ok(done.await?.into())
    }
}
