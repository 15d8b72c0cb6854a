//! What happens to a tenant from outside. It is written down in the tenant's own trail.

use kernel::{
    Tenant,
    events::{Event, Resource, Severity},
    id::TenantId,
    page::Place,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// A tenant, from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantAccount {
    /// Its row in the registry.
    pub tenant: Tenant,
    /// Its host names, sorted.
    pub hosts: Vec<String>,
}

impl TenantAccount {
    /// The tenant's place in the list's order.
    pub fn place(&self) -> Place {
        Place { keys: vec![self.tenant.slug.as_str().into()], id: self.tenant.id.0 }
    }

    /// What a trail keeps of its standing.
    pub fn standing(&self) -> Json {
        let own = self.tenant.own_limits();
        json!({
            "name": self.tenant.name,
            "tier": self.tenant.tier,
            "limits": {
                "staffSeats": own.staff_seats,
                "requestsPerMinute": own.requests_per_minute,
                "storageBytes": own.storage_bytes,
            },
            "hosts": self.hosts,
        })
    }
}

/// It was made.
#[derive(Serialize)]
pub struct TenantCreated {
    /// The tenant.
    pub tenant: TenantId,
    /// What it was made with.
    pub standing: Json,
}

impl Event for TenantCreated {
    const KIND: &'static str = "tenant.created";
    const TOPIC: &'static str = "tenant";
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(self.standing.clone()))
    }
}

/// Its name, tier, limits or host names were changed.
#[derive(Serialize)]
pub struct TenantChanged {
    /// The tenant.
    pub tenant: TenantId,
    /// What was.
    pub before: Json,
    /// What is.
    pub after: Json,
}

impl Event for TenantChanged {
    const KIND: &'static str = "tenant.changed";
    const TOPIC: &'static str = "tenant";
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(self.before.clone()), Some(self.after.clone()))
    }
}

/// Its requests are refused from now on.
#[derive(Serialize)]
pub struct TenantSuspended {
    /// The tenant.
    pub tenant: TenantId,
    /// Why.
    pub reason: Option<String>,
}

impl Event for TenantSuspended {
    const KIND: &'static str = "tenant.suspended";
    const TOPIC: &'static str = "tenant";
    const SEVERITY: Severity = Severity::Critical;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isActive": true })), Some(json!({ "isActive": false, "reason": self.reason })))
    }
}

/// It is served again.
#[derive(Serialize)]
pub struct TenantResumed {
    /// The tenant.
    pub tenant: TenantId,
}

impl Event for TenantResumed {
    const KIND: &'static str = "tenant.resumed";
    const TOPIC: &'static str = "tenant";
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isActive": false })), Some(json!({ "isActive": true })))
    }
}
