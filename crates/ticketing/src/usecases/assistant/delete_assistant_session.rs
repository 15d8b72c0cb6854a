//! Somebody deletes one of their sessions, with all that was said in it.

use kernel::{Cx, Result, db::Emit, id::AssistantSessionId, record::Records};

use crate::{
    domain::assistant::events::SessionDeleted, policy::asks_for_themselves, ports::assistant::Conversations,
    store::assistant::session::Entity as Sessions,
};

/// Deletes a session. An answer under way in it ends.
///
/// # Errors
/// [`kernel::Error::NotFound`] for a session that is not the actor's.
pub async fn delete_assistant_session<S>(s: &S, cx: &Cx, id: AssistantSessionId) -> Result<AssistantSessionId>
where
    S: Records<Sessions> + Conversations + Emit,
{
    asks_for_themselves(cx)?;
    let session = s.lock(cx, id).await?;
    s.remove(session.id).await?;
    s.emit(cx, &SessionDeleted { session: session.id });
    Ok(session.id)
}
