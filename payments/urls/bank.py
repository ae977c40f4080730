from django.urls import path

from payments.views import reconciliation, statements

urlpatterns = [
    path("", reconciliation.reconcile, name="reconcile"),
    path("accept/", reconciliation.accept_sure, name="accept_sure"),
    path("lines/<int:pk>/", reconciliation.line_page, name="line"),
    path("lines/<int:pk>/accept/", reconciliation.accept_line, name="accept_line"),
    path("lines/<int:pk>/post/", reconciliation.post_line, name="post_line"),
    path("lines/<int:pk>/undo/", reconciliation.undo_line, name="undo_line"),
    path("lines/<int:pk>/aside/", reconciliation.set_aside, name="set_line_aside"),
    path("lines/<int:pk>/take-back/", reconciliation.take_back, name="take_back_line"),
    path("statements/", statements.statement_list, name="statements"),
    path("statements/upload/", statements.upload_statement, name="upload_statement"),
    path("statements/<int:pk>/", statements.statement_detail, name="statement"),
    path("statements/<int:pk>/file/", statements.statement_file, name="statement_file"),
    path("accounts/", statements.account_list, name="accounts"),
    path("accounts/new/", statements.create_account, name="create_account"),
    path("accounts/<int:pk>/", statements.edit_account, name="edit_account"),
]
