from leads.models.assignments import AssignmentDecision, AssignmentRule, AssignmentShare
from leads.models.collisions import (
    AppealWithdrawal,
    ArbitrationTerms,
    CollisionAppeal,
    CollisionCase,
    CollisionDecision,
    CollisionParty,
    CollisionRecord,
)
from leads.models.customers import Contact, Customer, CustomerDepartmentGrant, CustomerGrant
from leads.models.entering import (
    CollisionRule,
    CollisionSettings,
    CustomerProtection,
    ShareRequest,
)
from leads.models.follow_ups import FollowUp
from leads.models.identities import (
    CompanyAlias,
    IdentityIndex,
    IdentityJudgement,
    IdentityKey,
)
from leads.models.imports import ImportBatch, ImportRow
from leads.models.leads import Lead, LeadDepartmentGrant, LeadGrant, Touch
from leads.models.merges import Merge, MergeStep
from leads.models.opportunities import (
    Opportunity,
    OpportunityDepartmentGrant,
    OpportunityGrant,
    Stage,
    StageChange,
)
from leads.models.risks import CollisionFigures, CollisionRisk, CollisionWatch, RiskDigestWish
from leads.models.splits import ClientSplit

__all__ = [
    "AppealWithdrawal",
    "ArbitrationTerms",
    "AssignmentDecision",
    "AssignmentRule",
    "AssignmentShare",
    "ClientSplit",
    "CollisionAppeal",
    "CollisionCase",
    "CollisionDecision",
    "CollisionFigures",
    "CollisionParty",
    "CollisionRecord",
    "CollisionRisk",
    "CollisionRule",
    "CollisionSettings",
    "CollisionWatch",
    "CompanyAlias",
    "Contact",
    "Customer",
    "CustomerDepartmentGrant",
    "CustomerGrant",
    "CustomerProtection",
    "FollowUp",
    "IdentityIndex",
    "IdentityJudgement",
    "IdentityKey",
    "ImportBatch",
    "ImportRow",
    "Lead",
    "LeadDepartmentGrant",
    "LeadGrant",
    "Merge",
    "MergeStep",
    "Opportunity",
    "OpportunityDepartmentGrant",
    "OpportunityGrant",
    "RiskDigestWish",
    "ShareRequest",
    "Stage",
    "StageChange",
    "Touch",
]
