"""Whatever points at a lead, a customer or a contact, somebody said what a merge does with it."""

from django.apps import apps
from django.db import models

from crm.tenancy.schema import is_history, tenant_models
from leads import references
from leads.models import Contact, Customer, Lead

# Ids of other things than records.
NO_RECORDS = {
    ("audit.seal", "entry_id"),
    ("leads.collisionrisk", "case_id"),
    ("leads.companyalias", "case_id"),
    ("leads.collisionwatch", "cursor_id"),
    ("leads.identityindex", "cursor_id"),
    ("leads.identityjudgement", "case_id"),
    ("leads.merge", "case_id"),
}


def bare_ids() -> set[tuple[str, str]]:
    """Columns that hold ids without being references: perhaps a record's, by its kind."""
    return {
        (model._meta.label_lower, field.name)
        for model in tenant_models()
        if not is_history(model)
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BigIntegerField)
        and not isinstance(field, models.AutoField)
        and field.name.endswith("_id")
    }


def test_every_id_of_a_record_is_decided_about():
    undecided = bare_ids() - references.declared() - NO_RECORDS
    assert undecided == set(), "declare them in merge_rules.py: generic(…) or stays(…, why=…)"


def test_nothing_is_declared_that_does_not_exist():
    for label, column in references.declared():
        apps.get_model(label)._meta.get_field(column)
    assert bare_ids() >= NO_RECORDS


def test_references_by_key_move_or_stay_for_a_reason():
    for target in (Customer, Lead, Contact):
        keys = {(one.label, one.column) for one in references.foreign_keys_to(target)}
        moving = {(one.label, one.column) for one in references.references_to(target)}
        assert keys - references.declared() <= moving


def test_what_moves_can_say_what_may_not_stand_twice():
    """A unique constraint over an expression, or one with a null that counts, is not understood."""
    for target in (Customer, Lead, Contact):
        for one in references.references_to(target):
            for constraint in one.model._meta.constraints:
                if isinstance(constraint, models.UniqueConstraint):
                    assert not constraint.expressions, constraint.name
                    assert constraint.nulls_distinct is not False or (
                        one.column not in constraint.fields
                    ), constraint.name
