//! Which field goes where, held against what the CRM says of itself.

use futures_util::future::FutureExt;
use kernel::{
    Cx, Db, Error, Problem, ProblemCode, Result,
    db::Emit,
    id::CrmConnectionId,
    record::{self, Records},
};

use super::{ask::asked, complete::refused};
use crate::{
    domain::crm_connections::{
        events::CrmConnectionTested,
        mapping::{Mapping, Mappings},
        remote::RemoteField,
    },
    policy::MANAGE_CRM,
    ports::crm::Crms,
    queries::crm::connections::connection,
    store::crm_connections::connection::{Entity as CrmConnections, Model as CrmConnection},
};

/// The fields that a CRM has for leads, as it says itself.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] at `crmConnectionId` where the CRM refuses us;
/// [`Error::Unavailable`] where it does not answer.
pub async fn describe_crm_fields(db: &Db, crms: &dyn Crms, cx: &Cx, id: CrmConnectionId) -> Result<Vec<RemoteField>> {
    cx.require(MANAGE_CRM)?;
    if connection(&db.reader(cx).await?, id).await?.is_none() {
        return Err(Error::NotFound { what: "ConnectedCrm" });
    }
    let said = asked(db, crms, cx, id, &|crm, held| crm.describe(held).boxed()).await?;
    said.map_err(|no| refused("crmConnectionId", &no))
}

/// Sets which field goes where, once it is known that the CRM takes it so.
///
/// # Errors
/// As [`describe_crm_fields`]; [`Error::Invalid`] naming every field that is wrong.
pub async fn set_crm_field_mappings(
    db: &Db,
    crms: &dyn Crms,
    cx: &Cx,
    id: CrmConnectionId,
    given: &[Mapping],
) -> Result<CrmConnection> {
    let checked = async {
        cx.require(MANAGE_CRM)?;
        let mappings = Mappings::given(given)?;
        let fields = describe_crm_fields(db, crms, cx, id).await?;
        let found = connection(&db.reader(cx).await?, id).await?;
        let found = found.ok_or(Error::NotFound { what: "ConnectedCrm" })?;
        let problems = mappings.problems(found.provider, &fields);
        if problems.is_empty() { Ok(mappings) } else { Err(Error::Invalid(problems)) }
    };
    let checked = &checked.await;
    db.transact(cx, "crm_connection.map", |tx| async move {
        cx.require(MANAGE_CRM)?;
        let before: CrmConnection = Records::<CrmConnections>::lock(&tx, cx, id).await?;
        let field_mappings = checked.clone()?;
        let after = CrmConnection { field_mappings, ..before.clone() };
        record::save::<CrmConnections, _>(&tx, cx, before, after).await
    })
    .await
}

/// Tries a connection: whether the CRM lets us in, knows our leads by a field, and takes the fields that are mapped. Returns
/// everything that is wrong.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`].
pub async fn test_crm_connection(db: &Db, crms: &dyn Crms, cx: &Cx, id: CrmConnectionId) -> Result<Vec<Problem>> {
    let tried = &tried(db, crms, cx, id).await;
    db.transact(cx, "crm_connection.test", |tx| async move {
        let problems = tried.clone()?;
        tx.emit(cx, &CrmConnectionTested { connection: id, problems: problems.len() });
        Ok(problems)
    })
    .await
}

async fn tried(db: &Db, crms: &dyn Crms, cx: &Cx, id: CrmConnectionId) -> Result<Vec<Problem>> {
    cx.require(MANAGE_CRM)?;
    let found = connection(&db.reader(cx).await?, id).await?;
    let found = found.ok_or(Error::NotFound { what: "ConnectedCrm" })?;
    Ok(match asked(db, crms, cx, id, &|crm, held| crm.describe(held).boxed()).await? {
        Ok(fields) => found.field_mappings.problems(found.provider, &fields),
        Err(no) => {
            let path = vec!["crmConnectionId".to_owned()];
            vec![Problem { path, code: ProblemCode::NotAvailable, message: no.sentence() }]
        }
    })
}
