//! A message became something else.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::MessageId,
    record::{self, Records},
};

use crate::{
    domain::{conversion::Target, events::MessageConverted},
    policy::MANAGE_MESSAGES,
    ports::Targets,
    store::message::{Entity as Messages, Model as Message},
};

/// Which message became what.
#[derive(Debug, Clone)]
pub struct ConvertMessage {
    /// The message.
    pub message: MessageId,
    /// The id of what it became.
    pub target: String,
}

/// Notes what the message became, and returns it as it is then: converted.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for the id of what a message cannot become, or of what the actor does not see.
pub async fn convert_message<S: Records<Messages> + Emit>(
    s: &S,
    targets: &impl Targets,
    cx: &Cx,
    cmd: &ConvertMessage,
) -> Result<Message> {
    cx.require(MANAGE_MESSAGES)?;
    let refused = |code, why: String| Error::invalid("targetId", code, why);
    let target: Target = cmd.target.parse().map_err(|why| refused(ProblemCode::InvalidFormat, why))?;
    let before = s.lock(cx, cmd.message).await?;
    if !targets.sees(cx, target).await? {
        return Err(refused(ProblemCode::NotAvailable, "is not there".into()));
    }
    let mut message = before.clone();
    if message.convert(target) {
        message = record::change(s, cx, &before, message).await?;
        let (from, previous) = (before.status, before.converted_to);
        s.emit(cx, &MessageConverted { message: message.id, from, previous, to: target.to_string() });
    }
    Ok(message)
}
