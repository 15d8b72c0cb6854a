//! A person changes what is known of themselves.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::UserId, text::Check};
use serde_json::{Map, json};

use crate::{
    domain::account_events::ProfileUpdated,
    ports::self_service::{Accounts, Profile},
    store::user::Kind,
};

/// What changes: what is absent stays, what is `Some(None)` goes.
#[derive(Debug, Clone, Default)]
pub struct UpdateProfile {
    /// Their name, as others read it.
    pub name: Option<String>,
    /// Their first name.
    pub first_name: Option<Option<String>>,
    /// Their last name.
    pub last_name: Option<Option<String>>,
    /// Their telephone number.
    pub phone: Option<Option<String>>,
    /// The company they buy for; clients only.
    pub company: Option<Option<String>>,
}

/// Changes one's own profile; returns whose it is.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Invalid`] naming every field that is wrong.
pub async fn update_profile<S: Accounts + Emit>(s: &S, cx: &Cx, cmd: &UpdateProfile) -> Result<UserId> {
    let id = cx.user()?.id;
    let person = s.locked(id).await?.ok_or(Error::Unauthenticated)?;
    let mut check = Check::default();
    if cmd.company.is_some() && person.kind == Kind::Staff {
        check.problem("company", ProblemCode::NotAllowed, "only clients have a company");
    }
    let mut line = |field: &str, change: &Option<Option<String>>, now: &Option<String>, max| match change {
        None => now.clone(),
        Some(text) => check.optional_line(field, text.as_deref(), max),
    };
    let first_name = line("firstName", &cmd.first_name, &person.first_name, 100);
    let last_name = line("lastName", &cmd.last_name, &person.last_name, 100);
    let phone = line("phone", &cmd.phone, &person.phone, 50);
    let company = line("company", &cmd.company, &person.company, 200);
    let name = match &cmd.name {
        None => person.name.clone(),
        Some(name) => check.line("name", name, 200),
    };
    check.done()?;
    let old = Profile {
        name: person.name,
        first_name: person.first_name,
        last_name: person.last_name,
        phone: person.phone,
        company: person.company,
    };
    let new = Profile { name, first_name, last_name, phone, company };
    s.save_profile(id, &new, cx.now).await?;
    let (mut before, mut after) = (Map::new(), Map::new());
    for (field, old, new) in [
        ("name", json!(old.name), json!(new.name)),
        ("firstName", json!(old.first_name), json!(new.first_name)),
        ("lastName", json!(old.last_name), json!(new.last_name)),
        ("phone", json!(old.phone), json!(new.phone)),
        ("company", json!(old.company), json!(new.company)),
    ] {
        if old != new {
            before.insert(field.into(), old);
            after.insert(field.into(), new);
        }
    }
    s.emit(cx, &ProfileUpdated { user: id, old: before.into(), new: after.into() });
    Ok(id)
}
