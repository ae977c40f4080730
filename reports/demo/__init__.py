"""The demo: a believable company of about 120 people and a year of its business.

Everything is invented and comes from one seed, so two installations made on one day are alike.
"""

from reports.demo.people import PASSWORD

DOMAIN = "demo.tongzhou.example"
SLUG = "demo"

# account, what it shows; the rest of the company is in Settings → People
LOGINS = (
    ("rep", "销售代表 Sales rep"),
    ("manager", "大区经理 Regional manager"),
    ("director", "销售总监 Sales director"),
    ("finance", "财务 Finance"),
    ("legal", "法务 Legal"),
    ("marketing", "市场 Marketing"),
    ("service", "客服 Service"),
    ("admin", "管理员 Administrator"),
)
STRANGER = ("stranger@other.tongzhou.example", "另一家公司 Another organisation")
OPERATOR = ("operator@tongzhou.example", "平台运营 Platform operator")


def logins() -> list[tuple[str, str, str]]:
    """E-mail, password and part of the people one can sign in as."""
    own = [(f"{account}@{DOMAIN}", PASSWORD, part) for account, part in LOGINS]
    outside = [(email, PASSWORD, part) for email, part in (STRANGER, OPERATOR)]
    return [*own, *outside]
