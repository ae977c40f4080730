from leads.models.assignments import AssignmentDecision, AssignmentRule, AssignmentShare
from leads.models.customers import Contact, Customer, CustomerDepartmentGrant, CustomerGrant
from leads.models.follow_ups import FollowUp
from leads.models.identities import CollisionNotice, IdentityKey
from leads.models.imports import ImportBatch, ImportRow
from leads.models.leads import Lead, Touch
from leads.models.opportunities import (
    Opportunity,
    OpportunityDepartmentGrant,
    OpportunityGrant,
    Stage,
    StageChange,
)

__all__ = [
    "AssignmentDecision",
    "AssignmentRule",
    "AssignmentShare",
    "CollisionNotice",
    "Contact",
    "Customer",
    "CustomerDepartmentGrant",
    "CustomerGrant",
    "FollowUp",
    "IdentityKey",
    "ImportBatch",
    "ImportRow",
    "Lead",
    "Opportunity",
    "OpportunityDepartmentGrant",
    "OpportunityGrant",
    "Stage",
    "StageChange",
    "Touch",
]
