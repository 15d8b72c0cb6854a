//! Which field of a lead goes into which field of a CRM, and what is wrong with that.

use std::collections::HashSet;

use kernel::{Error, Problem, ProblemCode, Result, text::Check};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use super::remote::{RemoteField, RemoteType};
use crate::store::crm_connections::connection::CrmProvider;

/// The most fields that are mapped.
pub const MOST_MAPPINGS: usize = 50;
/// The longest name of a CRM's field, and the longest text that stands in for an empty one.
pub const LINE: usize = 200;

/// A field of a lead that a CRM can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappedField {
    /// The whole name.
    Name,
    /// The name without its last word.
    FirstName,
    /// The last word of the name.
    LastName,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// The company.
    Company,
    /// The notes.
    Notes,
    /// Where the lead stands.
    Status,
    /// Hot, warm or cold.
    Score,
    /// Where it came from.
    Source,
    /// When it was made.
    CreatedAt,
}

/// What a lead's field says where it is one of several words, as it goes into a CRM.
const STATUSES: &[&str] = &["NEW", "CONTACTED", "QUALIFIED", "CONVERTED", "LOST"];
/// The same of the score.
const SCORES: &[&str] = &["HOT", "WARM", "COLD"];

impl MappedField {
    /// What a CRM's field must be like for this to go into it.
    fn fits(self, kind: RemoteType) -> bool {
        use RemoteType::{Choice, Email, LongText, Phone, Text, Time};
        let also: &[RemoteType] = match self {
            Self::Email => &[Email],
            Self::Phone => &[Phone],
            Self::Status | Self::Score => &[Choice],
            Self::CreatedAt => &[Time],
            _ => &[],
        };
        matches!(kind, Text | LongText) || also.contains(&kind)
    }

    /// The words that it may say; none where it says anything.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Status => STATUSES,
            Self::Score => SCORES,
            _ => &[],
        }
    }

    /// Whether what is changed of it in a CRM can come back.
    pub fn comes_back(self) -> bool {
        !matches!(self, Self::Status | Self::Score | Self::Source | Self::CreatedAt)
    }
}

/// One field of a lead and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The lead's.
    pub lead: MappedField,
    /// The CRM's, by its name in the API.
    pub crm: String,
    /// What stands there where the lead has nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

/// All of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Mappings(pub Vec<Mapping>);

impl Mappings {
    /// These, as somebody gave them, with the texts as they are kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `fieldMappings` and the place there.
    pub fn given(given: &[Mapping]) -> Result<Self> {
        if given.len() > MOST_MAPPINGS {
            let what = format!("may hold at most {MOST_MAPPINGS} fields");
            return Err(Error::invalid("fieldMappings", ProblemCode::TooLong, what));
        }
        let mut check = Check::default();
        let kept = given.iter().enumerate().map(|(n, mapping)| Mapping {
            lead: mapping.lead,
            crm: check.line(&format!("fieldMappings.{n}.crmField"), &mapping.crm, LINE),
            fallback: mapping
                .fallback
                .as_ref()
                .and_then(|text| check.optional_line(&format!("fieldMappings.{n}.fallback"), Some(text), LINE)),
        });
        let kept = kept.collect();
        check.done()?;
        Ok(Self(kept))
    }

    /// Everything that is wrong with them, as the CRM describes its fields.
    pub fn problems(&self, provider: CrmProvider, fields: &[RemoteField]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut seen = HashSet::new();
        let mut problem = |n: Option<usize>, code, message: String| {
            let place = n.map(|n| vec![n.to_string(), "crmField".to_owned()]).unwrap_or_default();
            let path = std::iter::once("fieldMappings".to_owned()).chain(place).collect();
            problems.push(Problem { path, code, message });
        };
        for (n, Mapping { lead, crm, .. }) in self.0.iter().enumerate() {
            let at = Some(n);
            let Some(field) = fields.iter().find(|field| field.name == *crm) else {
                problem(at, ProblemCode::NotAvailable, format!("the CRM has no field `{crm}`"));
                continue;
            };
            if !seen.insert(crm.as_str()) {
                problem(at, ProblemCode::NotAllowed, format!("`{crm}` is mapped twice"));
            }
            if *crm == provider.key_field() {
                problem(
                    at,
                    ProblemCode::NotAllowed,
                    format!("`{crm}` is how the CRM knows our leads: it holds their ids"),
                );
            } else if field.read_only {
                problem(at, ProblemCode::NotAllowed, format!("`{crm}` is read-only in the CRM"));
            } else if !lead.fits(field.kind) {
                problem(at, ProblemCode::InvalidFormat, format!("`{crm}` is of another type: {:?}", field.kind));
            } else if field.kind == RemoteType::Choice
                && let Some(word) = lead.words().iter().find(|word| !field.choices.iter().any(|it| it == *word))
            {
                problem(at, ProblemCode::InvalidFormat, format!("`{crm}` has no choice {word}"));
            }
        }
        for field in fields.iter().filter(|field| field.required && field.name != provider.key_field()) {
            match self.0.iter().find(|mapping| mapping.crm == field.name) {
                None => {
                    problem(None, ProblemCode::Blank, format!("the CRM requires `{}`: map a field to it", field.name))
                }
                Some(mapping) if mapping.fallback.is_none() && mapping.lead != MappedField::CreatedAt => {
                    let what = "the CRM requires it: say what stands there where a lead has nothing (fallback)";
                    let n = self.0.iter().position(|it| it == mapping);
                    problem(n, ProblemCode::Blank, format!("`{}`: {what}", field.name));
                }
                Some(_) => {}
            }
        }
        let any = provider.needs_any();
        if !any.is_empty() && !self.0.iter().any(|mapping| any.contains(&mapping.crm.as_str())) {
            problem(None, ProblemCode::Blank, format!("the CRM requires one of `{}`", any.join("`, `")));
        }
        match fields.iter().find(|field| field.name == provider.key_field()) {
            Some(field) if field.unique && !field.read_only && field.kind == RemoteType::Text => {}
            found => {
                let key = provider.key_field();
                let what = if found.is_some() { "is not a unique text that can be written" } else { "is missing" };
                let why = "the CRM knows our leads by it, so that none is there twice. Make it there";
                problem(None, ProblemCode::NotAvailable, format!("the CRM's field `{key}` {what}; {why}"));
            }
        }
        problems
    }
}
