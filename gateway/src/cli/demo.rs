//! `FRONTDESK_DEMO=1`: a small home-services firm, Harbour & Lane, to look around in.
//!
//! Everything is made by the real use cases, in the order in which it is said to have happened and with contexts of
//! those past instants, so that events and the audit trail are there too. No mail is sent.

mod b2chat;
mod b2chat_sample;
mod b2chat_words;
mod conversations;
mod front_desk;
mod help;
mod leads;
mod newsletter;
mod stories;
mod work;

pub use b2chat_sample::SampleB2chat;

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use identity::{AddPerson, CreateDepartment, Details, TheirRole};
use inbox::{AssignMessage, ConvertMessage, ReplyToMessage, SetMessageStatus, SubmitMessage};
use kernel::{
    Actor, Cx, Db, Error, Permissions, Result,
    cx::{Origin, UserActor, UserKind},
    id::{ClientId, MessageId, StaffId, UserId},
};

use crate::wiring::{app::App, bridges::InTransaction};
use stories::{DEPARTMENTS, PEOPLE, STORIES, Step, Story};

/// How to sign in to the demo. The rest of its staff have the same password, to see what other roles may do.
pub struct DemoSignIn {
    /// The administrator's address.
    pub email: String,
    /// A client's address.
    pub client: String,
    /// The password, made up at random when the demo was filled and kept nowhere.
    pub password: String,
}

/// Fills the tenant of `cx`, who must be Frontdesk itself, and says how to sign in; `None` where there are staff
/// besides a first administrator already, because then it is filled or in use.
///
/// # Errors
/// What the use cases fail with.
pub async fn demo(app: &App, cx: &Cx) -> Result<Option<DemoSignIn>> {
    let (db, files, passwords) = (&app.db, &app.files, &app.passwords);
    if identity::count_people(&db.reader(cx).await?, cx, identity::UserKind::Staff, &kernel::record::Filter::default())
        .await?
        > 1
    {
        return Ok(None);
    }
    let password = password(cx);
    let hash = passwords.hash(cx.source(), &password).await?;
    let staff = people(db, cx, &hash).await?;
    let mut messages: Vec<Option<MessageId>> = vec![None; STORIES.len()];
    for (at, index, step) in script(cx.now) {
        let story = &STORIES[index];
        match (step, messages[index]) {
            (None, _) => messages[index] = Some(receive(db, cx, at, index, story).await?),
            (Some((who, step)), Some(message)) => {
                take_step(db, &by(cx, at, &staff[*who]), message, story, step, &staff).await?
            }
            (Some(_), None) => return Err(Error::internal("a story that begins before its message")),
        }
    }
    let messages: Vec<_> = messages.into_iter().flatten().collect();
    front_desk::fill(db, cx, &staff, &messages).await?;
    conversations::fill(db, cx).await?;
    newsletter::fill(db, cx).await?;
    work::fill(db, cx, &staff, &hash).await?;
    help::fill(db, files, cx, &staff).await?;
    leads::fill(db, cx, &staff, &messages).await?;
    b2chat::fill(db, cx, &staff).await?;
    b2chat::connect(db, &*app.b2chat, cx, &staff[0]).await?;
    Ok(Some(DemoSignIn { email: PEOPLE[0].email.into(), client: work::CLIENTS[0].1.into(), password }))
}

/// Sixteen characters of thirty-two, none of which is taken for another: 80 bits.
fn password(cx: &Cx) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let letters: Vec<_> = cx.random::<16>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A step of a story with who takes it; none for the message that it begins with.
type Turn = (DateTime<Utc>, usize, Option<&'static (usize, Step)>);

/// All steps of all stories in the order in which they happened.
fn script(now: DateTime<Utc>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for (index, story) in STORIES.iter().enumerate() {
        let received = now - TimeDelta::hours(story.hours_ago);
        turns.push((received, index, None));
        turns.extend(
            story.then.iter().map(|(minutes, step)| (received + TimeDelta::minutes(*minutes), index, Some(step))),
        );
    }
    turns.sort_by_key(|(at, ..)| *at);
    turns
}

/// The same context at another instant.
fn at(cx: &Cx, now: DateTime<Utc>) -> Cx {
    let mut cx = cx.clone();
    cx.now = now;
    cx
}

fn by(cx: &Cx, now: DateTime<Utc>, staff: &Arc<UserActor>) -> Cx {
    at(&cx.acting_as(Actor::User(staff.clone())), now)
}

/// The names of all permissions.
fn names() -> Vec<&'static str> {
    crate::wiring::app::catalog().into_iter().map(|permission| permission.name).collect()
}

/// Somebody who acts with these permissions.
fn actor(id: UserId, kind: UserKind, email: &str, permissions: &[&str]) -> Arc<UserActor> {
    Arc::new(UserActor {
        id,
        kind,
        session: None,
        api_key: None,
        email: email.into(),
        permissions: Permissions::new(permissions.iter().map(|name| (*name).into()).collect()),
        team: Arc::default(),
        duty: None,
    })
}

/// Departments and staff, as they were hired half a year ago.
async fn people(db: &Db, cx: &Cx, password_hash: &str) -> Result<Vec<Arc<UserActor>>> {
    let cx = &at(cx, cx.now - TimeDelta::days(180));
    let ids: Vec<StaffId> = db
        .transact(cx, "demo.fill", |tx| async move {
            // The built-in roles are there unless this tenant has never been served.
            identity::bootstrap(&tx, cx, None).await?;
            let mut departments = Vec::new();
            for name in DEPARTMENTS {
                let create = CreateDepartment { name: (*name).into(), ..CreateDepartment::default() };
                departments.push(identity::create_department(&tx, cx, &create).await?.id);
            }
            let mut ids = Vec::new();
            for person in PEOPLE {
                let add = AddPerson {
                    kind: identity::UserKind::Staff,
                    email: person.email.into(),
                    details: Details::named(person.name),
                    role: TheirRole::Named(person.role.into()),
                    department: Some(departments[person.department]),
                    password_hash: Some(password_hash.into()),
                    must_change_password: false,
                    email_verified: false,
                };
                ids.push(StaffId(identity::add_person(&tx, cx, &[], add).await?.id.0));
            }
            Ok(ids)
        })
        .await?;
    let names = names();
    let actor = |(id, person): (StaffId, &stories::Person)| actor(id.into(), UserKind::Staff, person.email, &names);
    Ok(ids.into_iter().zip(PEOPLE).map(actor).collect())
}

/// A visitor on the website.
fn web(cx: &Cx, when: DateTime<Utc>, number: usize) -> Cx {
    // Addresses set aside for documentation (RFC 5737).
    let address = IpAddr::from([203, 0, 113, u8::try_from(10 + number).unwrap_or(u8::MAX)]);
    let origin = Origin {
        address: Some(address),
        agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into()),
        ..Origin::default()
    };
    at(&cx.acting_as(Actor::Anonymous).from(origin), when)
}

/// A visitor writes.
async fn receive(db: &Db, cx: &Cx, when: DateTime<Utc>, index: usize, story: &Story) -> Result<MessageId> {
    let cx = web(cx, when, index);
    let page = story
        .service
        .map_or("contact".into(), |service| format!("services/{}", service.to_lowercase().replace(' ', "-")));
    let submit = SubmitMessage {
        name: story.name.into(),
        email: story.email.into(),
        company: story.company.map(Into::into),
        service: story.service.map(Into::into),
        content: story.text.into(),
        source: story.source.map(Into::into),
        page_url: Some(format!("https://www.harbour-and-lane.example/{page}")),
        ..SubmitMessage::default()
    };
    Ok(inbox::submit_message(db, &cx, &submit).await?.message)
}

async fn take_step(
    db: &Db,
    cx: &Cx,
    message: MessageId,
    story: &Story,
    step: &Step,
    staff: &[Arc<UserActor>],
) -> Result<()> {
    match *step {
        Step::Assign(to) => {
            let assign = &AssignMessage { message, assignee: staff[to].staff_id() };
            db.transact(cx, "message.assign", |tx| async move {
                inbox::assign_message(&tx, &InTransaction(&tx), cx, assign).await
            })
            .await?;
        }
        Step::Reply(text) => {
            let reply = &ReplyToMessage { message, content: text.into(), send_email: false };
            db.transact(cx, "message.reply", |tx| async move { inbox::reply_to_message(&tx, cx, reply).await }).await?;
        }
        Step::Convert => {
            db.transact(cx, "message.convert", |tx| async move {
                let add = AddPerson {
                    kind: identity::UserKind::Client,
                    email: story.email.into(),
                    details: Details::named(story.name),
                    role: TheirRole::Named("CLIENT".into()),
                    department: None,
                    password_hash: None,
                    must_change_password: false,
                    email_verified: false,
                };
                let client = ClientId(identity::add_person(&tx, cx, &[], add).await?.id.0);
                let convert = ConvertMessage { message, target: client.to_string() };
                inbox::convert_message(&tx, &InTransaction(&tx), cx, &convert).await
            })
            .await?;
        }
        Step::Set(status) => {
            let set = &SetMessageStatus { message, status };
            db.transact(cx, "message.set_status", |tx| async move { inbox::set_message_status(&tx, cx, set).await })
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use inbox::MessageStatus::Archived;

    use super::*;

    #[test]
    fn stories_end_before_now_and_make_sense() {
        assert!(
            identity::ROLES.iter().filter(|(role, _)| PEOPLE.iter().any(|person| person.role == *role)).count() >= 4
        );
        for story in STORIES {
            assert!(story.then.is_sorted_by_key(|(minutes, _)| minutes), "{}", story.text);
            assert!(
                story.then.iter().all(|(minutes, (who, _))| *minutes < story.hours_ago * 60 && *who < PEOPLE.len())
            );
            let end = story.then.iter().position(|(_, (_, step))| matches!(step, Step::Set(Archived)));
            assert!(
                end.is_none_or(|end| end + 1 == story.then.len()),
                "an archived message takes nothing more: {}",
                story.text
            );
        }
    }
}
