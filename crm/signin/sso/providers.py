from crm.signin.enums import ConnectionKind
from crm.signin.sso.oidc import OpenIDConnect
from crm.signin.sso.terms import Facts, Provider
from crm.signin.sso.workplaces import DingTalk, Feishu, WeCom


def provider_of(facts: Facts) -> Provider:
    """The one who speaks this connection's language."""
    kinds: dict[str, type[OpenIDConnect] | type[WeCom] | type[DingTalk] | type[Feishu]] = {
        ConnectionKind.OIDC: OpenIDConnect,
        ConnectionKind.WECOM: WeCom,
        ConnectionKind.DINGTALK: DingTalk,
        ConnectionKind.FEISHU: Feishu,
    }
    return kinds[facts.kind](facts)
