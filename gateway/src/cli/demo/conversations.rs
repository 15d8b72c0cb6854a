//! What people wrote to Harbour & Lane on social platforms. The accounts are not connected to anything: nothing comes in or goes out.

use chrono::TimeDelta;
use inbox::{
    Direction, Platform, SetConversationStatus, SocialAccountStatus, TakeMessage,
    entities::social_account::{ActiveModel, Entity},
};
use kernel::{Cx, Db, Result, id::SocialAccountId};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::at;

/// One message: hours ago, whether it is the participant's, and what it says.
type Line = (i64, bool, &'static str);

/// The conversations: where, with whom, whether it is closed, and what was written.
const CONVERSATIONS: [(Platform, &str, &str, bool, &[Line]); 4] = [
    (
        Platform::Facebook,
        "5512",
        "Nadia Petrov",
        false,
        &[
            (30, true, "Hi! Our boiler makes a knocking sound since yesterday. Do you come to Quay Street?"),
            (29, false, "Hello Nadia, we do. Does it knock all the time, or when it heats up?"),
            (28, true, "When it heats up. I would like to have it replaced before the winter, what would that cost?"),
        ],
    ),
    (
        Platform::Facebook,
        "5519",
        "Jonas Weber",
        true,
        &[(80, true, "Thank you for the quick help on Saturday!"), (79, false, "You are welcome, Jonas.")],
    ),
    (
        Platform::X,
        "90211",
        "Marisol Vega",
        false,
        &[(6, true, "Can you send me a quote for painting three rooms? Landlord here, 40 flats in all.")],
    ),
    (
        Platform::Linkedin,
        "urn:li:person:k3",
        "Adaeze Obi",
        false,
        &[(20, true, "Do you also look after office buildings? We have two in the harbour.")],
    ),
];

/// Fills in the accounts and what was written.
///
/// # Errors
/// What the use cases fail with.
pub async fn fill(db: &Db, cx: &Cx) -> Result<()> {
    let begun = &at(cx, cx.now - TimeDelta::days(60));
    for (platform, account_id) in
        [(Platform::Facebook, "104"), (Platform::X, "77001"), (Platform::Linkedin, "urn:li:organization:104")]
    {
        let account: SocialAccountId = begun.new_id();
        db.transact(begun, "demo.fill", |tx| async move {
            Entity::insert(ActiveModel {
                id: Set(account),
                platform: Set(platform),
                account_id: Set(account_id.into()),
                account_name: Set(Some("Harbour & Lane".into())),
                access_token_encrypted: Set(None),
                refresh_token_encrypted: Set(None),
                token_expires_at: Set(None),
                refreshing_until: Set(None),
                paused_until: Set(None),
                status: Set(SocialAccountStatus::Disconnected),
                last_error: Set(None),
                metadata: Set(json!({})),
                connected_by_id: Set(None),
                connected_at: Set(begun.now),
                active: Set(false),
                version: Set(1),
                updated_at: Set(begun.now),
            })
            .exec_without_returning(tx.conn())
            .await?;
            Ok(())
        })
        .await?;
        for (_, participant, name, closed, lines) in CONVERSATIONS.iter().filter(|(on, ..)| *on == platform) {
            write(db, cx, account, (participant, name), *closed, lines).await?;
        }
    }
    Ok(())
}

async fn write(
    db: &Db,
    cx: &Cx,
    account: SocialAccountId,
    (participant, name): (&str, &str),
    closed: bool,
    lines: &[Line],
) -> Result<()> {
    for (n, (hours, inbound, content)) in lines.iter().enumerate() {
        let cx = &at(cx, cx.now - TimeDelta::hours(*hours));
        let message = &TakeMessage {
            account,
            platform_conversation_id: participant.to_owned(),
            participant_id: participant.to_owned(),
            participant_name: Some(name.to_owned()),
            platform_message_id: format!("demo-{participant}-{n}"),
            direction: if *inbound { Direction::Inbound } else { Direction::Outbound },
            sender_id: inbound.then(|| participant.to_owned()),
            content: (*content).to_owned(),
            at: cx.now,
            metadata: json!({}),
        };
        let last = closed && n + 1 == lines.len();
        db.transact(cx, "conversation.take", |tx| async move {
            let taken = inbox::take_message(&tx, cx, message).await?;
            if last {
                let status = inbox::ConversationStatus::Closed;
                let close = SetConversationStatus { conversation: taken.conversation, status };
                inbox::set_conversation_status(&tx, cx, &close).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}
