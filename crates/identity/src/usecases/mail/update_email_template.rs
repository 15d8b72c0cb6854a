//! A mail is worded otherwise.

use kernel::{Conn, Cx, Error, ProblemCode, Result, db::Emit};
use serde_json::{Value as Json, json};

use crate::{
    domain::mail::events::WordingChanged,
    mail::{Rendered, Template, Wording, render_wording},
    policy::MANAGE_SETTINGS,
    ports::MailSetup,
    queries::mail::wordings::wording,
    store::mail::email_template::Model,
};

/// A mail to be worded otherwise, or not to be sent; what is `None` stays.
#[derive(Debug, Clone)]
pub struct UpdateEmailTemplate {
    /// Which mail.
    pub template: Template,
    /// The subject.
    pub subject: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// The plain text.
    pub text: Option<String>,
    /// Whether it is sent.
    pub is_active: Option<bool>,
}

impl UpdateEmailTemplate {
    /// The wording that this makes of another.
    fn over(&self, old: Wording) -> Result<Wording> {
        let new = Wording {
            subject: self.subject.clone().unwrap_or(old.subject),
            html: self.html.clone().unwrap_or(old.html),
            text: self.text.clone().unwrap_or(old.text),
        };
        new.checked(self.template)
    }
}

/// Changes the wording of a mail, or whether it is sent.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`]; [`Error::Invalid`] at `subject`, `html` or `text` for an unknown
/// variable, one that is not closed, and markup that is broken or not allowed, with its place; at `isActive` for a mail
/// without which people could not get in.
pub async fn update_email_template<S: MailSetup + Emit>(s: &S, cx: &Cx, cmd: &UpdateEmailTemplate) -> Result<()> {
    cx.require(MANAGE_SETTINGS)?;
    let template = cmd.template;
    if cmd.is_active == Some(false) && !template.can_be_off() {
        let message = "people get in by this mail, so it cannot be switched off";
        return Err(Error::invalid("isActive", ProblemCode::NotAllowed, message));
    }
    let old = s.wording(template).await?;
    let own = old.as_ref().and_then(Model::wording);
    let words = [&cmd.subject, &cmd.html, &cmd.text].into_iter().any(Option::is_some);
    let wording = match words {
        true => Some(cmd.over(own.unwrap_or_else(|| template.default_wording()))?),
        false => own,
    };
    let row = Model {
        id: old.as_ref().map_or_else(|| cx.new_id(), |old| old.id),
        key: template.key().into(),
        subject: None,
        html: None,
        text: None,
        is_active: cmd.is_active.unwrap_or_else(|| old.as_ref().is_none_or(|old| old.is_active)),
        updated_by: cx.person().ok().map(|person| person.id),
        created_at: old.as_ref().map_or(cx.now, |old| old.created_at),
        updated_at: cx.now,
    }
    .worded(wording);
    if !s.put_wording(&row, old.is_none()).await? {
        return Err(Error::lost_race("the mail template"));
    }
    let new = Some(shown(&row));
    s.emit(cx, &WordingChanged { wording: row.id, template, old: old.as_ref().map(shown), new });
    Ok(())
}

/// Gives a mail back the wording that it comes with. One that is switched off stays so.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`].
pub async fn reset_email_template<S: MailSetup + Emit>(s: &S, cx: &Cx, template: Template) -> Result<()> {
    cx.require(MANAGE_SETTINGS)?;
    let Some(old) = s.wording(template).await? else { return Ok(()) };
    let kept = (!old.is_active).then(|| Model { updated_at: cx.now, ..old.clone() }.worded(None));
    match &kept {
        Some(row) => drop(s.put_wording(row, false).await?),
        None => s.remove_wording(old.id).await?,
    }
    let new = kept.as_ref().map(shown);
    s.emit(cx, &WordingChanged { wording: old.id, template, old: Some(shown(&old)), new });
    Ok(())
}

/// A mail as it would go out in this wording, with sample values. Nothing is stored.
///
/// # Errors
/// As [`update_email_template`].
pub async fn preview(conn: &Conn, cx: &Cx, cmd: &UpdateEmailTemplate) -> Result<Rendered> {
    cx.require(MANAGE_SETTINGS)?;
    let wording = cmd.over(wording(conn, cmd.template).await?.wording)?;
    let samples: Vec<_> = cmd.template.variables().map(|variable| (variable.name, variable.sample)).collect();
    let name = samples.iter().find(|(name, _)| *name == "name").map_or("", |(_, sample)| sample);
    render_wording(conn, cx, &wording, name, &samples).await
}

fn shown(row: &Model) -> Json {
    json!({ "subject": row.subject, "html": row.html, "text": row.text, "isActive": row.is_active })
}
