//! The use cases of settings, and how the company presents itself.

pub mod set_setting;
pub mod update_company_profile;
