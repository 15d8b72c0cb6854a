//! Who somebody is: names, company, telephone number.

use kernel::{ProblemCode, Result, text::Check};

use crate::{
    domain::people::{
        person::{LINE, Person},
        phone::{self, PHONE, Region},
    },
    ports::People,
    store::people::user::Kind,
};

/// Details to be set: absent ones are kept, an empty text clears one that may be empty.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// The name, as others read it.
    pub name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The company they buy for; of clients only.
    pub company: Option<String>,
    /// The telephone number, as they write it.
    pub phone: Option<String>,
}

impl Details {
    /// Just a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// Whose telephone numbers need no country code; asked for where there is a number.
    pub(crate) async fn region<S: People>(&self, s: &S) -> Result<Option<Region>> {
        match self.phone.as_deref() {
            None | Some("") => Ok(None),
            Some(_) => s.region().await,
        }
    }

    /// Puts the details into `person`. Somebody without a name is called by their first and last name; a telephone number
    /// without a country code is one of the region's.
    pub(crate) fn apply(&self, check: &mut Check, person: &mut Person, region: Option<Region>) {
        let set = |check: &mut Check, field: &str, text: &Option<String>, max: usize, to: &mut Option<String>| {
            if let Some(text) = text {
                *to = check.optional_line(field, Some(text), max);
            }
        };
        set(check, "firstName", &self.first_name, LINE, &mut person.first_name);
        set(check, "lastName", &self.last_name, LINE, &mut person.last_name);
        if self.phone.is_some() {
            set(check, "phone", &self.phone, PHONE, &mut person.phone_typed);
            person.phone = person.phone_typed.as_deref().and_then(|typed| phone::number(typed, region));
            if person.phone.is_none() && person.phone_typed.is_some() {
                let how = match region {
                    Some(_) => "is no telephone number",
                    None => "is no telephone number; it begins with + and a country code, such as +49 30 12345678",
                };
                check.problem("phone", ProblemCode::InvalidFormat, how);
            }
        }
        if person.kind == Kind::Client {
            set(check, "company", &self.company, LINE, &mut person.company);
        }
        if let Some(name) = &self.name {
            person.name = check.line("name", name, LINE);
        } else if person.name.is_empty() {
            let both: Vec<_> =
                [&person.first_name, &person.last_name].into_iter().flatten().map(String::as_str).collect();
            person.name = check.line("name", &both.join(" "), 2 * LINE + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_stays_and_what_is_empty_goes() {
        let mut check = Check::default();
        let mut person = Person { kind: Kind::Client, ..Person::nobody() };
        let first = Details {
            first_name: Some("Ada".into()),
            last_name: Some("Harbour".into()),
            company: Some(" Lane & Co ".into()),
            ..Details::default()
        };
        first.apply(&mut check, &mut person, None);
        assert_eq!((person.name.as_str(), person.company.as_deref()), ("Ada Harbour", Some("Lane & Co")));
        Details { company: Some(String::new()), ..Details::default() }.apply(&mut check, &mut person, None);
        assert_eq!((person.company, person.last_name.as_deref()), (None, Some("Harbour")));
        assert!(check.done().is_ok());
    }

    #[test]
    fn a_colleague_buys_for_no_company() {
        let (mut check, mut person) = (Check::default(), Person::nobody());
        Details { company: Some("Lane & Co".into()), ..Details::named("Ada") }.apply(&mut check, &mut person, None);
        assert_eq!(person.company, None);
    }
}
