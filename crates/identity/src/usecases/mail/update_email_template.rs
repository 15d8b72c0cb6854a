//! A mail is worded otherwise.

use kernel::{Conn, Cx, Error, Result, db::Emit};
use serde_json::{Value as Json, json};

use crate::{
    domain::mail::events::WordingChanged,
    mail::{Rendered, Template, Wording, render_wording},
    policy::MANAGE_SETTINGS,
    ports::MailSetup,
    queries::mail::wordings::wording,
    store::mail::email_template::Model,
};

/// A wording to be changed; what is `None` stays.
#[derive(Debug, Clone)]
pub struct UpdateEmailTemplate {
    /// Of which mail.
    pub template: Template,
    /// The subject.
    pub subject: Option<String>,
    /// The HTML part.
    pub html: Option<String>,
    /// The plain text.
    pub text: Option<String>,
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

/// Changes the wording of a mail.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`]; [`Error::Invalid`] at `subject`, `html` or `text` for an unknown
/// variable, one that is not closed, and markup that is broken or not allowed, with its place.
pub async fn update_email_template<S: MailSetup + Emit>(s: &S, cx: &Cx, cmd: &UpdateEmailTemplate) -> Result<()> {
    cx.require(MANAGE_SETTINGS)?;
    let template = cmd.template;
    let old = s.wording(template).await?;
    let was = old.as_ref().map(Model::wording);
    let Wording { subject, html, text } = cmd.over(was.clone().unwrap_or_else(|| template.default_wording()))?;
    let row = Model {
        id: old.as_ref().map_or_else(|| cx.new_id(), |old| old.id),
        key: template.key().into(),
        subject,
        html,
        text,
        updated_by: cx.person().ok().map(|person| person.id),
        created_at: old.as_ref().map_or(cx.now, |old| old.created_at),
        updated_at: cx.now,
    };
    if !s.put_wording(&row, old.is_none()).await? {
        return Err(Error::lost_race("the mail template"));
    }
    let new = Some(shown(&row.wording()));
    s.emit(cx, &WordingChanged { wording: row.id, template, old: was.as_ref().map(shown), new });
    Ok(())
}

/// Gives a mail back the wording that it comes with.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`].
pub async fn reset_email_template<S: MailSetup + Emit>(s: &S, cx: &Cx, template: Template) -> Result<()> {
    cx.require(MANAGE_SETTINGS)?;
    let Some(old) = s.wording(template).await? else { return Ok(()) };
    s.remove_wording(old.id).await?;
    s.emit(cx, &WordingChanged { wording: old.id, template, old: Some(shown(&old.wording())), new: None });
    Ok(())
}

/// A mail as it would go out in this wording, with sample values. Nothing is stored.
///
/// # Errors
/// As [`update_email_template`].
pub async fn preview(conn: &Conn, cx: &Cx, cmd: &UpdateEmailTemplate) -> Result<Rendered> {
    cx.require(MANAGE_SETTINGS)?;
    let wording = cmd.over(wording(conn, cmd.template).await?)?;
    let samples: Vec<_> = cmd.template.variables().map(|variable| (variable.name, variable.sample)).collect();
    let name = samples.iter().find(|(name, _)| *name == "name").map_or("", |(_, sample)| sample);
    render_wording(conn, cx, &wording, name, &samples).await
}

fn shown(wording: &Wording) -> Json {
    json!({ "subject": wording.subject, "html": wording.html, "text": wording.text })
}
