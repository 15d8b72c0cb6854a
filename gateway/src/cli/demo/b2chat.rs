//! Ninety days of chats at B2Chat: more on weekdays and at noon than otherwise, most of them answered soon, some late and a few
//! never, so that numbers have something to show. A day's are the same whenever they are made up. All but the last days are here as if
//! a synchronisation had brought them; the last are left to one that begins at once, with the demo's own B2Chat.

use std::{collections::HashSet, sync::Arc};

use analytics_sync::{
    AnalyseChats, Attributes, B2chatAgent, B2chatChat, B2chatContact, B2chatDepartment, B2chatMessage,
    B2chatMessageType, B2chatPriority, B2chatStatus, ChatProvider, ChosenChats, MediaState, Source, StartSync,
    SyncEntity, SyncOperation, SyncSettings, Texts, analyse_chats, chat_closed_order, chats_changed,
    entities::{agent, chat, chat_tag, contact, department, message},
    message_key, start_sync,
};
use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use identity::{SetSetting, SettingScope};
use kernel::{
    Cx, Db, Result, Tx,
    cx::UserActor,
    db::search,
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, B2chatDepartmentId, B2chatMessageId, StaffId},
    text::fold,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{
    b2chat_sample::{ADDRESS, WORD, word},
    b2chat_words::{AGENTS, DEPARTMENTS, FIRST_NAMES, LAST_NAMES, TALKS, Talk},
    by,
};
use crate::cli::seed::dice::{Dice, For};

/// For so many days there are chats.
const DAYS: i64 = 90;
/// So many people wrote.
const CONTACTS: u64 = 420;
/// So many rows go into one statement.
const ROWS: usize = 200;
/// Who has chats analysed.
const BEN: usize = 1;

/// Which hours of a day chats begin in, each as often as it stands here.
const HOURS: [u32; 24] = [7, 8, 8, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 12, 12, 13, 14, 15, 15, 16, 16, 17, 18, 20];

/// So many days are left to the first synchronisation, today among them.
const LEFT: i64 = 2;
/// And so many it reads.
const READ: u64 = 10;

/// All that there is.
#[derive(Default)]
pub struct Rows {
    /// The departments, each behind the one above it.
    pub departments: Vec<B2chatDepartment>,
    /// The agents.
    pub agents: Vec<B2chatAgent>,
    /// The contacts.
    pub contacts: Vec<B2chatContact>,
    /// The chats, oldest first.
    pub chats: Vec<B2chatChat>,
    /// What was said in them.
    pub messages: Vec<B2chatMessage>,
}

/// Fills them in, and has those of two departments analysed.
///
/// # Errors
/// What the database says.
pub async fn fill(db: &Db, cx: &Cx, staff: &[Arc<UserActor>]) -> Result<()> {
    let colleagues: Vec<_> =
        staff.iter().filter_map(|person| Some((person.email.clone(), person.staff_id()?))).collect();
    let mut rows = made(cx.now, &colleagues);
    let until = midnight(cx.now) - TimeDelta::days(LEFT - 1);
    rows.chats.retain(|chat| chat.created_at < until);
    let last = rows.chats.iter().map(|chat| chat.id).collect::<HashSet<_>>();
    rows.messages.retain(|message| last.contains(&message.chat_id));
    let rows = &rows;
    db.transact(cx, "demo.fill", |tx| async move { write(&tx, cx, rows).await }).await?;
    let ben = &by(cx, cx.now, &staff[BEN]);
    for department in rows.departments.iter().filter(|department| department.is_leaf).take(2) {
        let chosen = ChosenChats {
            department: Some(department.id),
            status: Some(B2chatStatus::Closed),
            ..ChosenChats::default()
        };
        let cmd = &AnalyseChats { chosen, provider: analytics_sync::AnalystName::Builtin, budget: None, limit: 150 };
        let analyse = |tx| async move { analyse_chats(&tx, ben, cmd).await };
        db.transact(ben, "effectiveness_batch.start", analyse).await?;
    }
    Ok(())
}

/// Connects with the demo's B2Chat, and begins to read the last days.
///
/// # Errors
/// What the use cases fail with.
pub async fn connect(db: &Db, source: &dyn Source, cx: &Cx, who: &Arc<UserActor>) -> Result<()> {
    // As if she sat at her desk.
    let who = UserActor { session: Some(cx.new_id()), ..UserActor::clone(who) };
    let cx = &by(cx, cx.now, &Arc::new(who));
    let set = |tx: Tx| async move {
        for (key, value) in [(identity::B2CHAT_API_URL, ADDRESS), (identity::B2CHAT_TIME_ZONE, "UTC")] {
            let set =
                SetSetting { key: key.into(), scope: SettingScope::System, value: value.into(), description: None };
            identity::set_setting(&tx, cx, set).await?;
        }
        Ok(())
    };
    db.transact(cx, "setting.set", set).await?;
    let settings = &SyncSettings {
        api_url: ADDRESS.into(),
        zone: Tz::UTC,
        first_day: None,
        trailing_days: 3,
        page_size: 200,
        interval_hours: 6,
    };
    analytics_sync::connect_b2chat(db, source, settings, cx, WORD, WORD).await?;
    let today = cx.now.date_naive();
    let run = &StartSync {
        entity: SyncEntity::Chats,
        operation: SyncOperation::Manual,
        from: today.checked_sub_days(Days::new(READ - 1)),
        to: Some(today),
    };
    db.transact(cx, "sync.start", |tx| async move { start_sync(&tx, settings, cx, run).await }).await?;
    Ok(())
}

/// Rows in several statements, as many as both databases take.
async fn put<M, E>(tx: &Tx, rows: &[M]) -> Result<()>
where
    M: Clone + IntoActiveModel<E::ActiveModel>,
    E: EntityTrait,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    for rows in rows.chunks(ROWS) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        E::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

async fn write(tx: &Tx, cx: &Cx, rows: &Rows) -> Result<()> {
    put::<_, department::Entity>(tx, &rows.departments).await?;
    put::<_, agent::Entity>(tx, &rows.agents).await?;
    for contact in &rows.contacts {
        let row: contact::ActiveModel = contact.clone().into_active_model();
        let set = row.reset_all();
        search::insert(tx.conn(), set, contact.texts()).await?;
    }
    put::<_, chat::Entity>(tx, &rows.chats).await?;
    let tags = rows.chats.iter().flat_map(|chat| {
        chat.tags.0.iter().map(|tag| chat_tag::Model { chat_id: chat.id, tag_folded: fold(tag), tag: tag.clone() })
    });
    put::<_, chat_tag::Entity>(tx, &tags.collect::<Vec<_>>()).await?;
    put::<_, message::Entity>(tx, &rows.messages).await?;
    for chats in rows.chats.chunks(ROWS) {
        let ids: Vec<_> = chats.iter().map(|chat| chat.id).collect();
        chats_changed(tx, cx, &ids).await?;
    }
    Ok(())
}

/// What comes of a whole number of seconds.
fn later(at: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
    at + TimeDelta::seconds(i64::try_from(seconds).unwrap_or_default())
}

/// The beginning of a day.
fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// All that there is at an instant. Whom agents are is said by their addresses.
pub fn made(now: DateTime<Utc>, colleagues: &[(String, StaffId)]) -> Rows {
    // To the second, as B2Chat tells of them.
    let now = now.with_nanosecond(0).unwrap_or(now);
    let begun = now - TimeDelta::days(DAYS);
    let mut rows = Rows::default();
    departments(&mut rows, begun, now);
    agents(&mut rows, begun, now, colleagues);
    contacts(&mut rows, begun, now);
    for ago in (0..DAYS).rev() {
        let midnight = midnight(now) - TimeDelta::days(ago);
        let weekend = midnight.weekday().number_from_monday() > 5;
        // What a day has does not change with the day on which it is asked for.
        let day = u64::try_from(midnight.timestamp() / 86_400).unwrap_or_default();
        let dice = &mut Dice::of(For::ChatDay, day);
        for n in 0..if weekend { 5 } else { 15 } + dice.below(5) {
            let at = midnight + TimeDelta::hours(i64::from(dice.one_of(&HOURS)));
            let at = later(at, dice.below(3_600));
            if at < now - TimeDelta::minutes(3) {
                chat_at(&mut rows, day * 100 + n, at, now);
            }
        }
    }
    rows.chats.sort_by_key(|chat| chat.created_at);
    rows
}

fn departments(rows: &mut Rows, begun: DateTime<Utc>, now: DateTime<Utc>) {
    for (index, (code, name, parent)) in (0_u64..).zip(DEPARTMENTS) {
        let id = B2chatDepartmentId(Dice::of(For::ChatDepartment, index).id(begun));
        let above = parent.and_then(|parent| rows.departments.get(parent)).cloned();
        let path = above.as_ref().map(|above| above.path.clone()).unwrap_or_default();
        rows.departments.push(B2chatDepartment {
            id,
            code: code.into(),
            code_derived: false,
            name: name.into(),
            name_order: fold(name),
            parent_id: above.as_ref().map(|above| above.id),
            path: format!("{path}{}/", id.0.simple()),
            level: above.as_ref().map_or(0, |above| above.level + 1),
            is_leaf: !DEPARTMENTS.iter().any(|(.., parent)| parent.is_some_and(|parent| parent as u64 == index)),
            is_active: true,
            last_sync_at: Some(now),
            created_at: begun,
            updated_at: begun,
        });
    }
}

fn agents(rows: &mut Rows, begun: DateTime<Utc>, now: DateTime<Utc>, colleagues: &[(String, StaffId)]) {
    for (index, (name, email, department)) in (0_u64..).zip(AGENTS) {
        let username = email.split('@').next().unwrap_or_default().to_owned();
        rows.agents.push(B2chatAgent {
            id: B2chatAgentId(Dice::of(For::ChatAgent, index).id(begun)),
            b2chat_id: username.clone(),
            id_derived: false,
            name: name.into(),
            name_order: fold(name),
            email: Some(email.into()),
            username: Some(username),
            department_id: rows.departments.get(department).map(|department| department.id),
            staff_id: colleagues.iter().find(|(address, _)| address == email).map(|(_, id)| *id),
            is_active: true,
            is_deleted: false,
            deleted_at: None,
            deletion_reason: None,
            last_sync_at: Some(now),
            created_at: begun,
            updated_at: begun,
        });
    }
}

fn contacts(rows: &mut Rows, begun: DateTime<Utc>, now: DateTime<Utc>) {
    for index in 0..CONTACTS {
        let dice = &mut Dice::of(For::ChatContact, index);
        let (first, last) = (dice.one_of(FIRST_NAMES), dice.one_of(LAST_NAMES));
        let full_name = format!("{first} {last}");
        // Some on each day.
        let changed = midnight(begun) + TimeDelta::days(i64::try_from(index).unwrap_or_default() % DAYS);
        let email = dice.chance(40).then(|| format!("{}.{index}@people.example", fold(first)));
        rows.contacts.push(B2chatContact {
            id: B2chatContactId(dice.id(begun)),
            b2chat_id: (40_000 + index).to_string(),
            name_order: fold(&full_name),
            full_name,
            // Numbers that are set aside for stories.
            mobile: Some(format!("+1555010{index:04}")),
            phone_number: None,
            email,
            identification: None,
            address: None,
            city: Some(dice.one_of(&["Harbour", "Old Town", "Lakeside", "Hillcrest"]).to_owned()),
            country: None,
            company: None,
            custom_attributes: Attributes::default(),
            tags: Texts::default(),
            source_created_at: Some(changed),
            last_modified_at: Some(changed),
            is_deleted: false,
            deleted_at: None,
            deletion_reason: None,
            digest: vec![0; 32],
            last_sync_at: Some(now),
            created_at: begun,
            updated_at: begun,
        });
    }
}

/// How long the first answer takes, in seconds.
fn patience(dice: &mut Dice) -> u64 {
    let (from, to) = dice.weighted(&[(55, (20, 240)), (25, (240, 600)), (14, (600, 3_600)), (6, (3_600, 14_400))]);
    from + dice.below(to - from)
}

fn chat_at(rows: &mut Rows, number: u64, created_at: DateTime<Utc>, now: DateTime<Utc>) {
    let dice = &mut Dice::of(For::B2chat, number);
    let id = B2chatChatId(dice.id(created_at));
    let talk = &TALKS[usize::try_from(dice.below(TALKS.len() as u64)).unwrap_or_default()];
    let agent = rows.agents[usize::try_from(dice.below(rows.agents.len() as u64)).unwrap_or_default()].clone();
    let contact = rows.contacts[usize::try_from(dice.below(CONTACTS)).unwrap_or_default()].id;
    let opened_at = later(created_at, 2 + dice.below(20));
    let answered = later(opened_at, patience(dice));
    let picked = later(opened_at, dice.below(u64::try_from((answered - opened_at).num_seconds()).unwrap_or(1).max(1)));
    let is_answered = dice.chance(94) && answered < now;
    let closed = later(answered, 240 + dice.below(5_400));
    let is_closed = closed < now && (is_answered && dice.chance(97) || dice.chance(60));
    let well = is_answered && dice.chance(78);
    let provider = dice.weighted(&[
        (58, ChatProvider::Whatsapp),
        (14, ChatProvider::Facebook),
        (10, ChatProvider::Instagram),
        (12, ChatProvider::Livechat),
        (6, ChatProvider::Telegram),
    ]);
    let status = match (is_closed, is_answered) {
        (true, _) => B2chatStatus::Closed,
        (false, true) => B2chatStatus::Open,
        (false, false) => B2chatStatus::Pending,
    };
    let priority = dice.weighted(&[
        (70, B2chatPriority::Normal),
        (15, B2chatPriority::High),
        (10, B2chatPriority::Low),
        (5, B2chatPriority::Urgent),
    ]);
    let is_taken = is_answered || is_closed && dice.chance(50);
    let until = if is_closed { closed } else { now };
    let written = messages(dice, id, talk, (created_at, is_answered.then_some(answered), until), well);
    let unread = written.iter().rev().take_while(|message| message.incoming).count();
    let department = agent.department_id;
    rows.chats.push(B2chatChat {
        id,
        b2chat_id: (7_000_000 + number).to_string(),
        agent_id: is_taken.then_some(agent.id),
        contact_id: Some(contact),
        department_id: department,
        provider,
        source_provider: sea_orm::ActiveEnum::to_value(&provider),
        status,
        source_status: word(status).into(),
        is_agent_available: Some(is_answered),
        alias: Some("Harbour & Lane".into()),
        tags: Texts(if dice.chance(70) { vec![talk.tag.into()] } else { Vec::new() }),
        priority,
        priority_order: priority.order(),
        topic: Some(talk.topic.into()),
        unread_count: if is_closed { 0 } else { i32::try_from(unread).unwrap_or_default() },
        resolution_note: (is_closed && well && dice.chance(60)).then(|| talk.note.into()),
        viewer_url: None,
        created_at,
        opened_at: Some(opened_at),
        picked_up_at: is_taken.then_some(picked),
        response_at: is_answered.then_some(answered),
        closed_at: is_closed.then_some(closed),
        closed_order: chat_closed_order(is_closed.then_some(closed)),
        duration_seconds: is_closed.then(|| i32::try_from((closed - created_at).num_seconds()).unwrap_or_default()),
        source_duration_seconds: None,
        unknown_fields: Attributes::default(),
        message_count: i32::try_from(written.len()).unwrap_or_default(),
        is_deleted: false,
        deleted_at: None,
        deletion_reason: None,
        last_modified_at: Some(until),
        modified_order: until,
        digest: vec![0; 32],
        last_sync_at: Some(now),
        sync_version: 1,
    });
    rows.messages.extend(written);
}

fn messages(
    dice: &mut Dice,
    chat: B2chatChatId,
    talk: &Talk,
    (created, answered, until): (DateTime<Utc>, Option<DateTime<Utc>>, DateTime<Utc>),
    well: bool,
) -> Vec<B2chatMessage> {
    let ending = if well { talk.well } else { talk.badly };
    let mut lines: Vec<(bool, &str)> = vec![(true, talk.asks)];
    match answered {
        Some(_) => {
            lines.extend(talk.talk.iter().copied());
            lines.extend(ending.iter().copied());
        }
        None => lines.extend(talk.badly.iter().copied().filter(|(incoming, _)| *incoming)),
    }
    let mut at = created;
    let mut written = Vec::with_capacity(lines.len());
    for (n, (incoming, text)) in (0_u64..).zip(lines) {
        at = match answered {
            Some(answered) if !incoming && at < answered => answered,
            _ if n == 0 => created,
            _ => later(at, 15 + dice.below(90)),
        };
        if at > until {
            // It is not written yet.
            break;
        }
        written.push(B2chatMessage {
            id: B2chatMessageId(dice.id(at)),
            chat_id: chat,
            b2chat_message_id: None,
            source_key: message_key(at.naive_utc(), incoming, "TEXT", Some(text)),
            text: Some(text.into()),
            r#type: B2chatMessageType::Text,
            source_type: "TEXT".into(),
            incoming,
            broadcasted: false,
            image_url: None,
            file_url: None,
            caption: None,
            location: None,
            file_id: None,
            media_state: MediaState::None,
            media_attempts: 0,
            media_next_at: None,
            media_error: None,
            media_size: None,
            media_mime_type: None,
            sent_at: at,
            last_sync_at: None,
        });
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ninety_believable_days() {
        let now: DateTime<Utc> = "2026-11-29T15:30:00Z".parse().unwrap();
        let rows = made(now, &[("ben@demo.frontdesk.example".into(), StaffId(uuid::Uuid::nil()))]);
        assert!((1_150..1_600).contains(&rows.chats.len()), "{}", rows.chats.len());
        assert!(rows.chats.iter().all(|chat| chat.created_at < now && chat.closed_at.is_none_or(|at| at < now)));
        assert!(rows.chats.iter().all(|chat| chat.closed_at.is_some() == (chat.status == B2chatStatus::Closed)));
        assert!(rows.messages.iter().all(|message| message.sent_at <= now));
        assert_eq!(rows.agents.iter().filter(|agent| agent.staff_id.is_some()).count(), 1);
        let of = |status| rows.chats.iter().filter(|chat| chat.status == status).count();
        assert!(of(B2chatStatus::Open) > 5 && of(B2chatStatus::Pending) > 5 && of(B2chatStatus::Closed) > 1_000);
        let again = made(now, &[]);
        assert_eq!(rows.messages, again.messages);
        assert_eq!(rows.chats, again.chats);
    }
}
