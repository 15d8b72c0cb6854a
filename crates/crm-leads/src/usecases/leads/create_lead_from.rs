//! A lead is made of what somebody wrote, said or booked.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ChatId, ConsultationId, ConversationId, LeadId, MessageId, TypedId, prefix},
    record::Records,
    text::{Check, email},
};
use uuid::Uuid;

use super::{create_lead::blank, keep::make};
use crate::{
    domain::leads::lead::{LINE, NOTES, PHONE},
    policy::MANAGE_LEADS,
    ports::leads::{Known, LeadBook, Sources, Telephones},
    store::leads::lead::{Entity as Leads, LeadSource, Model as Lead},
};

/// What a lead is to be made of.
#[derive(Debug, Clone)]
pub struct CreateLeadFrom {
    /// The id of a message, a chat, a consultation or a conversation.
    pub source: String,
}

/// What an id names that a lead can be made of.
fn source_of(text: &str) -> Option<(LeadSource, Uuid)> {
    fn read<I: TypedId + std::str::FromStr>(text: &str) -> Option<Uuid> {
        text.parse::<I>().ok().map(TypedId::uuid)
    }
    match prefix(text)? {
        MessageId::PREFIX => Some((LeadSource::Message, read::<MessageId>(text)?)),
        ChatId::PREFIX => Some((LeadSource::Chat, read::<ChatId>(text)?)),
        ConsultationId::PREFIX => Some((LeadSource::Consultation, read::<ConsultationId>(text)?)),
        ConversationId::PREFIX => Some((LeadSource::Conversation, read::<ConversationId>(text)?)),
        _ => None,
    }
}

/// A source that is a lead already, at the input `source`.
async fn taken<S: Records<Leads>>(s: &S, cx: &Cx, lead: LeadId) -> Result<Error> {
    let why = match s.lock(cx, lead).await {
        Ok(lead) => format!("is the lead {} already", lead.id),
        // Of one that the actor does not see nothing more is said.
        Err(Error::NotFound { .. }) => "is a lead already".into(),
        Err(error) => return Err(error),
    };
    Ok(Error::invalid("source", ProblemCode::NotAvailable, why))
}

/// Makes a lead of something, with what that says of the person as the actor sees it. What it says that no lead can hold is left
/// out: it came from outside.
///
/// # Errors
/// [`Error::Invalid`] at `source` for what no lead is made of, what the actor does not see, and what is a lead already.
pub async fn create_lead_from<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    house: &(impl Sources + Telephones),
    cx: &Cx,
    cmd: &CreateLeadFrom,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let refused = |code, why: &str| Error::invalid("source", code, why);
    let Some((kind, source)) = source_of(&cmd.source) else {
        let why = "is not the id of what a lead is made of: a message, a chat, a consultation or a conversation";
        return Err(refused(ProblemCode::InvalidFormat, why));
    };
    let known = house.known_of(cx, kind, source).await?;
    let known = known.ok_or_else(|| refused(ProblemCode::NotAvailable, "is not there"))?;
    if let Some(lead) = s.lead_of_source(kind, source).await? {
        return Err(taken(s, cx, lead.id).await?);
    }
    let lead = Lead { source_kind: kind, source_id: Some(source), ..of_known(house, cx, &known).await? };
    if lead.name.is_empty() && lead.email.is_none() && lead.phone.is_none() {
        return Err(refused(ProblemCode::NotAllowed, "says nothing of who wrote it"));
    }
    make(s, cx, lead).await
}

/// A lead with what is known of a person, as far as it fits.
async fn of_known(telephones: &impl Telephones, cx: &Cx, known: &Known) -> Result<Lead> {
    let line = |text: &Option<String>| Check::default().optional_line("", text.as_deref(), LINE);
    let typed = known.phone.as_deref().filter(|typed| typed.chars().count() <= PHONE);
    let phone = match typed {
        Some(typed) => telephones.number(typed, &telephones.region().await?).ok(),
        None => None,
    };
    Ok(Lead {
        name: line(&known.name).unwrap_or_default(),
        email: known.email.as_deref().and_then(email),
        phone,
        company: line(&known.company),
        notes: Check::default().optional_body("", known.notes.as_deref(), NOTES).unwrap_or_default(),
        visitor_id: known.visitor,
        ..blank(cx)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_is_made_of_what_somebody_said_and_of_nothing_else() {
        let id = "0192aaaabbbb7ccc8dddeeeeffff0001";
        for (prefix, kind) in [
            ("msg", LeadSource::Message),
            ("cht", LeadSource::Chat),
            ("con", LeadSource::Consultation),
            ("cnv", LeadSource::Conversation),
        ] {
            assert_eq!(source_of(&format!("{prefix}_{id}")).map(|(kind, _)| kind), Some(kind), "{prefix}");
        }
        for none in
            ["", "msg_", "msg_x", "tkt_0192aaaabbbb7ccc8dddeeeeffff0001", "msg_0192AAAABBBB7CCC8DDDEEEEFFFF0001"]
        {
            assert_eq!(source_of(none), None, "{none}");
        }
    }
}
