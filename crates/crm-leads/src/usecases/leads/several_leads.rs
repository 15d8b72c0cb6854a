//! The same for several leads, each with an outcome of its own.

use std::collections::BTreeMap;

use kernel::{
    Cx, Error, Problem, ProblemCode, Result,
    db::Emit,
    id::{LeadId, StaffId},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::{
    assign_lead::{AssignLead, assign_lead},
    set_lead_status::{SetLeadStatus, set_lead_status},
};
use crate::{
    domain::leads::lead::SEVERAL,
    policy::MANAGE_LEADS,
    ports::leads::{LeadBook, People},
    store::leads::lead::{Entity as Leads, LeadStatus, Model as Lead},
};

/// Who gets which leads.
#[derive(Debug, Clone)]
pub struct AssignLeads {
    /// The leads.
    pub leads: Vec<LeadId>,
    /// The colleague who gets them; nobody where absent.
    pub owner: Option<StaffId>,
}

/// Which leads go where.
#[derive(Debug, Clone)]
pub struct SetLeadStatuses {
    /// The leads.
    pub leads: Vec<LeadId>,
    /// Where they stand from now on.
    pub status: LeadStatus,
    /// Why, where they are lost.
    pub reason: Option<String>,
}

/// What came of one lead.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadOutcome {
    /// It as it is then; absent where nothing came of it.
    pub lead: Option<Lead>,
    /// Why nothing did.
    pub problems: Vec<Problem>,
}

/// Assigns each lead that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none, and where who gets them can have none: then nothing is assigned.
pub async fn assign_leads<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    people: &impl People,
    cx: &Cx,
    cmd: &AssignLeads,
) -> Result<Vec<LeadOutcome>> {
    cx.require(MANAGE_LEADS)?;
    let mut done = EachLead::of(&cmd.leads)?;
    for lead in done.ids() {
        match assign_lead(s, people, cx, &AssignLead { lead, owner: cmd.owner }).await {
            // Whoever cannot have one can have none.
            Err(Error::Invalid(problems)) if problems.iter().any(|problem| problem.path != ["leadId"]) => {
                return Err(Error::Invalid(problems));
            }
            answer => done.put(lead, answer)?,
        }
    }
    Ok(done.in_order(&cmd.leads))
}

/// Sets the status of each lead that can have it, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`Error::Invalid`] for too many or none, and for a lost one without a reason.
pub async fn set_lead_statuses<S: Records<Leads> + LeadBook + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetLeadStatuses,
) -> Result<Vec<LeadOutcome>> {
    cx.require(MANAGE_LEADS)?;
    let mut done = EachLead::of(&cmd.leads)?;
    let one = |lead| SetLeadStatus { lead, status: cmd.status, reason: cmd.reason.clone() };
    for lead in done.ids() {
        one(lead).reason()?;
        done.put(lead, set_lead_status(s, cx, &one(lead)).await)?;
    }
    Ok(done.in_order(&cmd.leads))
}

/// What came of each of several leads. They are taken in the order of their ids, as every writer of several takes them.
pub struct EachLead(BTreeMap<LeadId, Result<Lead, Vec<Problem>>>);

impl EachLead {
    /// Of these.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many or none.
    pub fn of(leads: &[LeadId]) -> Result<Self> {
        let refused = |code, why: String| Err(Error::invalid("leadIds", code, why));
        if leads.is_empty() {
            return refused(ProblemCode::Blank, "must name at least one lead".into());
        }
        if leads.len() > SEVERAL {
            return refused(ProblemCode::TooLong, format!("may name at most {SEVERAL} leads"));
        }
        Ok(Self(leads.iter().map(|id| (*id, Err(Vec::new()))).collect()))
    }

    /// Them, each once.
    pub fn ids(&self) -> Vec<LeadId> {
        self.0.keys().copied().collect()
    }

    /// Keeps what came of one; what is amiss with more than that one lead is amiss with all.
    ///
    /// # Errors
    /// Anything but [`Error::NotFound`] and [`Error::Invalid`].
    pub fn put(&mut self, id: LeadId, answer: Result<Lead>) -> Result<()> {
        let came = match answer {
            Ok(lead) => Ok(lead),
            Err(Error::NotFound { .. }) => {
                let message = "is not there".into();
                Err(vec![Problem { path: Vec::new(), code: ProblemCode::NotAvailable, message }])
            }
            Err(Error::Invalid(problems)) => Err(problems),
            Err(error) => return Err(error),
        };
        self.0.insert(id, came);
        Ok(())
    }

    /// What came of each, in the order in which they were named.
    pub fn in_order(&self, leads: &[LeadId]) -> Vec<LeadOutcome> {
        let outcome = |(number, id): (usize, &LeadId)| {
            let at =
                |problem: &Problem| Problem { path: vec!["leadIds".into(), number.to_string()], ..problem.clone() };
            match self.0.get(id) {
                Some(Ok(lead)) => LeadOutcome { lead: Some(lead.clone()), problems: Vec::new() },
                Some(Err(problems)) => LeadOutcome { lead: None, problems: problems.iter().map(at).collect() },
                None => LeadOutcome { lead: None, problems: Vec::new() },
            }
        };
        leads.iter().enumerate().map(outcome).collect()
    }
}
