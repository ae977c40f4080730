from decimal import Decimal

import pytest

from crm.audit.models import OperationLog
from crm.jobs.models import Job
from crm.refusals import Refused
from crm.teamwork.models import Notification
from payments.enums import LineState
from payments.models import Allocation, MatchProposal, PayerAlias
from payments.selectors.lines import lines_in
from payments.services import bulk_posting, dispositions, posting, proposing
from payments.services.refusals import AlreadyTaken


@pytest.fixture
def deposit(plan):
    return plan.instalments.get(position=1)


@pytest.fixture
def balance(plan):
    return plan.instalments.get(position=2)


def test_posting_pays_the_instalment_and_tells_the_owner(tenant, deposit, new_line):
    line = new_line("3000.00")
    posting.post_line(line_id=line.pk, shares={deposit.pk: Decimal(3000)}, by=tenant.finance)
    deposit.refresh_from_db()
    assert deposit.paid_amount == deposit.amount
    assert line in lines_in(LineState.POSTED)
    told = Notification.objects.get(member=tenant.agent)
    assert told.kind == "payment-received"
    assert "¥3,000.00" in told.title
    assert OperationLog.objects.filter(action="line.posted", subject_id=line.pk).exists()


def test_a_part_payment_does_not_say_paid(tenant, deposit, new_line):
    posting.post_line(
        line_id=new_line("100.00").pk, shares={deposit.pk: Decimal(100)}, by=tenant.finance
    )
    assert not Notification.objects.exists()


def test_a_line_may_pay_several_instalments_and_several_lines_one(
    tenant, deposit, balance, new_line
):
    line = new_line("4000.00")
    shares = {deposit.pk: Decimal(3000), balance.pk: Decimal(1000)}
    posting.post_line(line_id=line.pk, shares=shares, by=tenant.finance)
    posting.post_line(
        line_id=new_line("6000.00").pk, shares={balance.pk: Decimal(6000)}, by=tenant.finance
    )
    balance.refresh_from_db()
    assert balance.paid_amount == balance.amount


def test_undo_restores_everything_and_can_be_done_again(tenant, deposit, new_line):
    line = new_line("3000.00")
    for _round in range(2):
        posting.post_line(line_id=line.pk, shares={deposit.pk: Decimal(3000)}, by=tenant.finance)
        posting.undo_line(line_id=line.pk, by=tenant.finance)
    deposit.refresh_from_db()
    line.refresh_from_db()
    assert (deposit.paid_amount, line.matched_amount) == (0, 0)
    assert sum(Allocation.objects.values_list("amount", flat=True)) == 0
    assert not PayerAlias.objects.exists()
    with pytest.raises(AlreadyTaken):
        posting.undo_line(line_id=line.pk, by=tenant.finance)


def test_a_line_cannot_be_posted_twice(tenant, deposit, balance, new_line):
    line = new_line("3000.00")
    posting.post_line(line_id=line.pk, shares={deposit.pk: Decimal(3000)}, by=tenant.finance)
    with pytest.raises(AlreadyTaken, match="meanwhile"):
        posting.post_line(line_id=line.pk, shares={balance.pk: Decimal(1)}, by=tenant.finance)


@pytest.mark.parametrize("amount", ["0", "-5", "3000.01"])
def test_amounts_that_cannot_be_are_refused(tenant, deposit, new_line, amount):
    with pytest.raises(Refused):
        posting.post_line(
            line_id=new_line("5000.00").pk,
            shares={deposit.pk: Decimal(amount)},
            by=tenant.finance,
        )


def test_payer_aliases_are_learned_and_keep_conflicts(tenant, deposit, new_line):
    payer = {"counterparty_name": "张三（代付）", "counterparty_account": "6217000012345678"}
    posting.post_line(
        line_id=new_line("10.00", **payer).pk, shares={deposit.pk: Decimal(10)}, by=tenant.finance
    )
    posting.post_line(
        line_id=new_line("20.00", **payer).pk, shares={deposit.pk: Decimal(20)}, by=tenant.finance
    )
    learned = dict(PayerAlias.objects.values_list("key", "times"))
    assert learned == {"account:6217000012345678": 2, "name:张三代付": 2}


def test_proposals_are_kept_with_reasons_and_accepted(tenant, deposit, new_line):
    line = new_line("3000.00", memo="货款 HT-2031")
    assert proposing.propose_matches() == {"post": 1}
    proposal = MatchProposal.objects.get(line=line)
    codes = [reason["code"] for reason in proposal.reasons]
    assert {"amount_exact", "payer_name_equal", "reference"} <= set(codes)
    reference = next(one for one in proposal.reasons if one["code"] == "reference")
    assert reference["params"]["references"] == ["HT-2031"]
    (allocation,) = posting.accept_proposal(line_id=line.pk, by=tenant.finance)
    assert (allocation.instalment_id, allocation.band) == (deposit.pk, "post")
    assert allocation.reasons == proposal.reasons
    assert not MatchProposal.objects.exists()


def test_a_proposal_that_no_longer_fits_is_refused(tenant, deposit, new_line):
    line, other = new_line("3000.00", memo="HT-2031"), new_line("3000.00", memo="x")
    proposing.propose_matches()
    posting.post_line(line_id=other.pk, shares={deposit.pk: Decimal(3000)}, by=tenant.finance)
    with pytest.raises(AlreadyTaken):
        posting.accept_proposal(line_id=line.pk, by=tenant.finance)
    assert Job.objects.filter(arguments__line_ids__contains=[line.pk]).exists()


def test_bulk_accept_takes_only_the_sure_ones(tenant, plan, new_line):
    sure = new_line("3000.00", memo="HT-2031")
    unsure = new_line("123.45", counterparty_name="某某商行")
    proposing.propose_matches()
    assert bulk_posting.accept_sure_lines(line_ids=[sure.pk, unsure.pk], by=tenant.finance) == (
        1,
        1,
    )
    assert set(lines_in(LineState.OPEN)) == {unsure}
    assert Allocation.objects.get().source == "bulk"


def test_a_line_set_aside_leaves_the_queue_and_comes_back(tenant, new_line):
    line = new_line("1.00")
    dispositions.set_aside(line_id=line.pk, kind="unknown_payer", by=tenant.finance, note="问银行")
    assert list(lines_in(LineState.OPEN)) == []
    assert list(lines_in(LineState.ASIDE)) == [line]
    dispositions.take_back(line_id=line.pk, by=tenant.finance)
    assert list(lines_in(LineState.OPEN)) == [line]
    with pytest.raises(AlreadyTaken):
        dispositions.take_back(line_id=line.pk, by=tenant.finance)


def test_posting_ends_a_disposition(tenant, deposit, new_line):
    line = new_line("3000.00")
    dispositions.set_aside(line_id=line.pk, kind="short", by=tenant.finance)
    posting.post_line(line_id=line.pk, shares={deposit.pk: Decimal(3000)}, by=tenant.finance)
    assert not line.dispositions.filter(withdrawn_at__isnull=True).exists()
