"""What the database itself guarantees about money: sums tie out, nothing is over-allocated.

`paid_amount` and `matched_amount` are sums of allocations, kept by a trigger in the same
statement that adds the allocation. Its update takes the row's lock, so of two people posting at
once the second one waits and then meets the check constraint.
"""

import pgtrigger

TIES_OUT = """
    SELECT plan.amount INTO wanted FROM payments_paymentplan plan
     WHERE plan.organization_id = {organization} AND plan.id = {plan};
    IF FOUND THEN
        SELECT COALESCE(sum(part.amount), 0) INTO total FROM payments_instalment part
         WHERE part.organization_id = {organization} AND part.plan_id = {plan};
        IF total <> wanted THEN
            RAISE EXCEPTION 'Instalments of plan % make %, not %', {plan}, total, wanted
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_plan_ties_out';
        END IF;
    END IF;
    RETURN NULL;
"""
DECLARED = [("wanted", "BIGINT"), ("total", "BIGINT")]


def instalments_tie_out() -> pgtrigger.Trigger:
    """At commit, the instalments of a plan make exactly its amount."""
    return pgtrigger.Trigger(
        name="instalments_tie_out",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf("amount", "plan_id"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        declare=DECLARED,
        func=TIES_OUT.format(
            organization="COALESCE(NEW.organization_id, OLD.organization_id)",
            plan="COALESCE(NEW.plan_id, OLD.plan_id)",
        ),
    )


def plan_ties_out() -> pgtrigger.Trigger:
    """At commit, a plan's amount is what its instalments make."""
    return pgtrigger.Trigger(
        name="plan_ties_out",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("amount"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        declare=DECLARED,
        func=TIES_OUT.format(organization="NEW.organization_id", plan="NEW.id"),
    )


def kept_by_allocations(column: str) -> pgtrigger.Trigger:
    """The column changes only inside the allocation's trigger, never by hand."""
    return pgtrigger.Trigger(
        name=f"{column}_is_derived",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF (TG_OP = 'INSERT' AND NEW.{column} <> 0)
               OR (TG_OP = 'UPDATE' AND NEW.{column} <> OLD.{column} AND pg_trigger_depth() < 2)
            THEN
                RAISE EXCEPTION '{column} is the sum of allocations'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{column}_is_derived';
            END IF;
            RETURN NEW;
        """,
    )


def facts_never_change(column: str) -> pgtrigger.Trigger:
    """Everything but the derived column stays as the bank reported it."""
    return pgtrigger.ReadOnly(name="facts_never_change", exclude=[column])


REVERSALS_MIRROR = """
    IF EXISTS (
        SELECT 1 FROM fresh LEFT JOIN payments_allocation original
            ON original.organization_id = fresh.organization_id
           AND original.id = fresh.reverses_id
         WHERE fresh.reverses_id IS NOT NULL
           AND (original.id IS NULL OR original.reverses_id IS NOT NULL
                OR original.line_id <> fresh.line_id
                OR original.instalment_id <> fresh.instalment_id
                OR original.amount <> -fresh.amount)
    ) THEN
        RAISE EXCEPTION 'A reversal must mirror its allocation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_mirrors_allocation';
    END IF;
"""
ONE_CURRENCY = """
    IF EXISTS (
        SELECT 1 FROM fresh
          JOIN payments_statementline line
            ON line.organization_id = fresh.organization_id AND line.id = fresh.line_id
          JOIN payments_instalment part
            ON part.organization_id = fresh.organization_id AND part.id = fresh.instalment_id
         WHERE line.currency <> part.currency
    ) THEN
        RAISE EXCEPTION 'Line and instalment differ in currency'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_in_one_currency';
    END IF;
"""
KEEP_SUMS = """
    UPDATE payments_statementline line
       SET matched_amount = line.matched_amount + more.amount
      FROM (SELECT organization_id, line_id, sum(amount)::bigint AS amount
              FROM fresh GROUP BY organization_id, line_id) more
     WHERE line.organization_id = more.organization_id AND line.id = more.line_id;
    UPDATE payments_instalment part
       SET paid_amount = part.paid_amount + more.amount
      FROM (SELECT organization_id, instalment_id, sum(amount)::bigint AS amount
              FROM fresh GROUP BY organization_id, instalment_id) more
     WHERE part.organization_id = more.organization_id AND part.id = more.instalment_id;
    RETURN NULL;
"""


def allocations_keep_sums() -> pgtrigger.Trigger:
    """Each new allocation adds to its line's and its instalment's sum, whose checks refuse more."""
    return pgtrigger.Trigger(
        name="allocations_keep_sums",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="fresh"),  # type: ignore[no-untyped-call]
        func=REVERSALS_MIRROR + ONE_CURRENCY + KEEP_SUMS,
    )
