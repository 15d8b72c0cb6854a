//! What a project is to be, checked.

use chrono::NaiveDate;
use kernel::{
    ProblemCode,
    money::{Currency, Money},
    text::Check,
};

use crate::{
    domain::projects::project::{DESCRIPTION, REQUIREMENTS, TITLE},
    store::projects::project::{Model as Project, ProjectType},
};

/// What a project may cost, as somebody says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetGiven {
    /// A decimal number.
    pub amount: String,
    /// The currency's code; without it the one that is usual.
    pub currency: Option<String>,
}

/// What a project is to be; what is absent stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct ProjectSettings {
    /// In a line.
    pub title: Option<String>,
    /// And in full; empty clears it.
    pub description: Option<String>,
    /// What it is to make.
    pub kind: Option<ProjectType>,
    /// What it may cost; `Some(None)` clears it.
    pub budget: Option<Option<BudgetGiven>>,
    /// What it must do; empty clears it.
    pub requirements: Option<String>,
    /// When it begins; `Some(None)` clears it.
    pub start_date: Option<Option<NaiveDate>>,
    /// When it is to be done; `Some(None)` clears it.
    pub end_date: Option<Option<NaiveDate>>,
    /// The company's currency, for budgets that name none.
    pub usual_currency: Option<String>,
}

impl ProjectSettings {
    pub(super) fn apply(&self, check: &mut Check, project: &mut Project) {
        if let Some(title) = &self.title {
            project.title = check.line("title", title, TITLE);
        }
        if let Some(description) = &self.description {
            project.description = check.optional_body("description", Some(description), DESCRIPTION);
        }
        if let Some(requirements) = &self.requirements {
            project.requirements = check.optional_body("requirements", Some(requirements), REQUIREMENTS);
        }
        project.kind = self.kind.unwrap_or(project.kind);
        if let Some(budget) = &self.budget {
            let money = budget.as_ref().and_then(|budget| self.money(check, project, budget));
            project.budget = money.map(|money| money.minor);
            project.currency = money.map(|money| money.currency.code().to_owned());
        }
        let start = self.start_date.unwrap_or(project.start_date);
        let end = self.end_date.unwrap_or(project.end_date);
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            let field = if self.end_date.is_some() { "endDate" } else { "startDate" };
            check.problem(field, ProblemCode::NotAllowed, "the end must not be before the start");
        }
        project.set_dates(start, end);
    }

    fn money(&self, check: &mut Check, project: &Project, budget: &BudgetGiven) -> Option<Money> {
        let named = budget.currency.as_ref().or(project.currency.as_ref()).or(self.usual_currency.as_ref());
        let Some(currency) = named.map(|code| Currency::of(code)) else {
            let what = "must be named, as the company has no currency of its own (company.currency)";
            check.problem("budget.currency", ProblemCode::Blank, what);
            return None;
        };
        let Some(currency) = currency else {
            let what = "must be the code of a currency in use (ISO 4217), such as EUR";
            check.problem("budget.currency", ProblemCode::InvalidFormat, what);
            return None;
        };
        match Money::read(&budget.amount, currency) {
            Ok(money) => Some(money),
            Err(why) => {
                check.problem("budget.amount", ProblemCode::InvalidFormat, why.message(currency));
                None
            }
        }
    }
}
