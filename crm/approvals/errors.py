"""Why an approval could not go on, in words for people."""

from django.utils.translation import gettext as _

from crm.refusals import Refused


class ApprovalError(Refused):
    """A rule of approvals was not met; `str(error)` is fit for people."""

    @property
    def words(self) -> str:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.words


class AlreadyInApproval(ApprovalError):
    @property
    def words(self) -> str:
        return _("This is already in approval.")


class AlreadyDecided(ApprovalError):
    @property
    def words(self) -> str:
        return _("Somebody has decided meanwhile. The page now shows how it stands.")


class NotYourTurn(ApprovalError):
    @property
    def words(self) -> str:
        return _("This is not waiting for your decision.")


class OwnSubmission(ApprovalError):
    @property
    def words(self) -> str:
        return _("Nobody approves what they submitted themselves.")


class CommentMissing(ApprovalError):
    @property
    def words(self) -> str:
        return _("Say what has to change before you send it back.")


class ContentChanged(ApprovalError):
    @property
    def words(self) -> str:
        return _("The content changed after it was submitted, so this approval is void.")


class NotTheSubmitter(ApprovalError):
    @property
    def words(self) -> str:
        return _("Only the person who submitted it can withdraw it.")


class NotBlocked(ApprovalError):
    @property
    def words(self) -> str:
        return _("This approval is not blocked any more.")
