//! Asking for what is held on a person, and taking that back.

use async_graphql::{Context, ID, InputObject, Object};
use audit::{cancel_person_export, request_own_export, request_person_export};
use kernel::id::PersonExportId;

use super::types::PersonExport;
use crate::{
    graphql::{
        audit::persons::start, directives::requires, errors::Result, identity::Permission, records::write, scalars::id,
        scope::scope,
    },
    payload,
    wiring::persons::CATALOGUE,
};

/// What is held on a person is wanted.
#[derive(Debug, Clone, InputObject)]
pub struct RequestPersonExportInput {
    /// The id of a record of theirs (`stf_…`, `cli_…`, `vis_…`, `led_…`, `bct_…`, `bag_…`, `cnv_…`, `nws_…`, `inv_…`), or their
    /// e-mail address.
    pub of: ID,
}

/// An export is to be made no more.
#[derive(Debug, Clone, InputObject)]
pub struct CancelPersonExportInput {
    /// `pex_…`
    pub person_export_id: ID,
}

payload! {
    /// What came of asking for what is held on a person.
    RequestPersonExportPayload {
        /// The export. It is put together in the background; whoever asked is told when it is over.
        person_export: PersonExport as audit::PersonExport
    }
    /// What came of asking for what is held on oneself.
    RequestOwnExportPayload {
        /// The export. It is put together in the background; whoever asked is told when it is over.
        person_export: PersonExport as audit::PersonExport
    }
    /// What came of taking it back.
    CancelPersonExportPayload {
        /// The export.
        person_export: PersonExport as audit::PersonExport
    }
}

/// Giving out what is held on people.
#[derive(Default)]
pub struct PersonExportMutation;

#[Object]
impl PersonExportMutation {
    /// Asks for all that is held on a person, in all their records; one at a time of a person.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn request_person_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom.")] input: RequestPersonExportInput,
    ) -> Result<RequestPersonExportPayload> {
        let app = &scope(ctx).app;
        let work = |tx: kernel::Tx, cx: std::sync::Arc<kernel::Cx>, of: std::sync::Arc<ID>| async move {
            cx.require(audit::MANAGE_PERSONAL_DATA)?;
            let of = start("of", &of)?;
            audit::person_records(&app.db, &cx, &CATALOGUE, &of).await?;
            request_person_export(&tx, &cx, &CATALOGUE, &of).await
        };
        Ok(write(ctx, "person_export.request", input.of, work).await?.into())
    }

    /// Asks for all that is held on the viewer, at most 3 times in a day. What has their e-mail address is theirs once they proved
    /// the address; clients are not given what colleagues keep among themselves.
    async fn request_own_export(&self, ctx: &Context<'_>) -> Result<RequestOwnExportPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.in_session()?;
        // What is counted stays so where the attempt itself is refused.
        audit::count_own_export(&app.db.bookkeeping(&cx).await?, &cx).await?;
        let work = |tx, cx: std::sync::Arc<kernel::Cx>, _: std::sync::Arc<()>| async move {
            request_own_export(&tx, &cx, &CATALOGUE).await
        };
        Ok(write(ctx, "person_export.request", (), work).await?.into())
    }

    /// Takes back one that waits or is being put together; what was written of it goes.
    async fn cancel_person_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: CancelPersonExportInput,
    ) -> Result<CancelPersonExportPayload> {
        let export: PersonExportId = id("input.personExportId", &input.person_export_id)?;
        let work = |tx: kernel::Tx, cx: std::sync::Arc<kernel::Cx>, id: std::sync::Arc<PersonExportId>| async move {
            cancel_person_export(&tx, &cx, *id).await
        };
        Ok(write(ctx, "person_export.cancel", export, work).await?.into())
    }
}
