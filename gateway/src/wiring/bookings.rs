//! What bookings need of identity: how the company presents itself, and its letters.

use identity::{
    CompanyProfile, Template,
    mail::{Attachment, Opens, TemplatedMail, queue_mail_with},
};
use inbox::{Address, CalendarMethod, Company, ConsultationLetter, Letters, Occasion};
use kernel::{Cx, Error, Result, Tx};

use super::app::App;

/// What stays the same for all bookings of a request.
#[derive(Clone)]
pub struct Desk {
    /// The company.
    pub company: Company,
    links: identity::Links,
}

/// What bookings must know of the tenant of `cx`.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn company_of(app: &App, cx: &Cx) -> Result<Company> {
    let profile = CompanyProfile::of(cx, app.settings.all(cx).await?.as_ref());
    let zone = profile.time_zone.parse().map_err(|_| Error::internal("the company's time zone is none"))?;
    // From the address where people write for help, which stays when the mail server changes: calendar programs take
    // changes from whom the invitation was.
    let email = profile.support_email.unwrap_or_else(|| app.mail.from.email.clone());
    Ok(Company {
        tenant: cx.tenant.id,
        organizer: Address { name: profile.name.clone(), email },
        name: profile.name,
        zone,
        domain: app.mail.domain.clone(),
        reminder_minutes: app.settings.whole(cx, identity::CONSULTATION_REMINDER_MINUTES).await?,
        keyring: app.db.keyring().clone(),
    })
}

impl Desk {
    /// That of the tenant of `cx`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn of(app: &App, cx: &Cx) -> Result<Self> {
        Ok(Self { company: company_of(app, cx).await?, links: app.links_of(cx).await? })
    }

    /// Takes letters in the open transaction.
    pub fn post<'a>(&'a self, tx: &'a Tx) -> Post<'a> {
        Post { desk: self, tx }
    }
}

/// Takes letters in the open transaction.
pub struct Post<'a> {
    desk: &'a Desk,
    tx: &'a Tx,
}

impl Letters for Post<'_> {
    async fn queue(&self, cx: &Cx, letter: &ConsultationLetter) -> Result<()> {
        let template = match letter.occasion {
            Occasion::Booked => Template::ConsultationBooked,
            Occasion::Rescheduled => Template::ConsultationRescheduled,
            Occasion::Cancelled => Template::ConsultationCancelled,
            Occasion::Reminder => Template::ConsultationReminder,
        };
        let mut variables = vec![("service", letter.service.clone()), ("when", letter.when.clone())];
        if letter.method == CalendarMethod::Request {
            variables.push(("link", self.desk.links.consultation(&letter.token)));
        }
        let mail = TemplatedMail { to: letter.to.clone(), name: None, template, variables, opens: Opens::Nothing };
        let attachment = Attachment {
            name: "consultation.ics".into(),
            content_type: format!("text/calendar; method={}; charset=UTF-8", letter.method.name()),
            text: letter.calendar.clone(),
        };
        let thread = letter.consultation.to_string();
        queue_mail_with(self.tx, cx, &self.desk.company.keyring, &mail, attachment, thread).await
    }
}
