//! What would come of a file, row by row; the same for a trial and for real.

use std::collections::HashSet;

use kernel::{Conn, Cx, Error, Problem, Result, text::Check};

use crate::{
    domain::imports::{
        mapping::{ImportField, Mapping},
        sheet::{Encoding, Row, Sheet},
    },
    policy::MANAGE_LEADS,
    ports::leads::{Numbers, Telephones},
    queries::imports::{SHOWN, taken},
    store::leads::lead::Model as Lead,
};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file on which the row begins.
    pub row: i32,
    /// What of the lead, as the API names it.
    pub column: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// What would come of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// In which encoding it is.
    pub encoding: Encoding,
    /// What stands between its values.
    pub delimiter: char,
    /// Which column is what.
    pub columns: Vec<(String, ImportField)>,
    /// How many rows it has.
    pub rows: i32,
    /// How many leads would be made.
    pub new: i32,
    /// How many are there already, or twice in the file.
    pub duplicates: i32,
    /// How many rows are wrong.
    pub wrong: i32,
    /// What is wrong with the first of them.
    pub errors: Vec<RowError>,
}

/// The lead of a row, or what is wrong with it.
pub(super) fn lead_of(
    cx: &Cx,
    telephones: &impl Numbers,
    region: &str,
    mapping: &Mapping,
    row: &Row,
) -> std::result::Result<Lead, Vec<RowError>> {
    if let Some(why) = row.broken {
        return Err(vec![RowError { row: row.number, column: String::new(), message: why.into() }]);
    }
    let mut check = Check::default();
    let lead = mapping.lead(row).lead(cx, &mut check, telephones, region);
    let wrong =
        |problem: Problem| RowError { row: row.number, column: problem.path.join("."), message: problem.message };
    match check.done() {
        Ok(()) => Ok(lead),
        Err(Error::Invalid(problems)) => Err(problems.into_iter().map(wrong).collect()),
        Err(error) => Err(vec![RowError { row: row.number, column: String::new(), message: error.to_string() }]),
    }
}

/// The addresses and the numbers of leads.
pub(super) fn reached<'a>(leads: impl IntoIterator<Item = &'a Lead>) -> (Vec<String>, Vec<String>) {
    let (mut emails, mut phones) = (Vec::new(), Vec::new());
    for lead in leads {
        emails.extend(lead.email.clone());
        phones.extend(lead.phone.clone());
    }
    (emails, phones)
}

/// Whether somebody with the lead's address or number is known; where not, they are from now on. Of one who is, nothing becomes known
/// that is not written.
pub(super) fn is_known(known: &mut HashSet<String>, lead: &Lead) -> bool {
    let own = [&lead.email, &lead.phone];
    let there = own.iter().any(|value| value.as_ref().is_some_and(|value| known.contains(value)));
    if !there {
        known.extend(own.into_iter().flatten().cloned());
    }
    there
}

/// Says what would come of a file; nothing is written.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Unavailable`] where the database is away.
pub async fn plan_import(
    conn: &Conn,
    telephones: &impl Telephones,
    cx: &Cx,
    sheet: &Sheet,
    mapping: &Mapping,
) -> Result<ImportPlan> {
    cx.require(MANAGE_LEADS)?;
    let region = telephones.region().await?;
    let mut plan = ImportPlan {
        encoding: sheet.encoding,
        delimiter: sheet.delimiter,
        columns: Vec::new(),
        rows: i32::try_from(sheet.rows.len()).unwrap_or(i32::MAX),
        new: 0,
        duplicates: 0,
        wrong: 0,
        errors: Vec::new(),
    };
    for (at, field) in &mapping.0 {
        plan.columns.push((sheet.head.get(*at).cloned().unwrap_or_default(), *field));
    }
    let mut known = HashSet::new();
    for rows in sheet.rows.chunks(500) {
        let read: Vec<_> = rows.iter().map(|row| lead_of(cx, telephones, &region, mapping, row)).collect();
        let (emails, phones) = reached(read.iter().flatten());
        known.extend(taken(conn, &emails, &phones).await?);
        for row in read {
            match row {
                Ok(lead) if is_known(&mut known, &lead) => plan.duplicates += 1,
                Ok(_) => plan.new += 1,
                Err(errors) => {
                    plan.wrong += 1;
                    plan.errors.extend(errors);
                    plan.errors.truncate(SHOWN);
                }
            }
        }
    }
    Ok(plan)
}
