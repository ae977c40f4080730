"""The documentation comes from the API itself."""

from crm.integrations.describing import operations, parts
from crm.tenancy.context import tenant_context
from crm.tenancy.links import inside


def test_the_page_names_every_operation_in_both_languages(cast, sign_in):
    for language, word in (("en", "Enter a lead"), ("zh-hans", "录入线索")):
        page = sign_in(cast.marketing, language=language).get("/acme/api/").content.decode()
        assert word in page
        for method, path, operation in operations():
            assert not operation.include_in_schema or f"<code>{path}</code>" in page, method


def test_the_description_for_programs(cast, sign_in, program):
    told = sign_in(cast.owner).get("/acme/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert told == program(cast.owner).get("/openapi.json").json()
    post = told["paths"]["/leads"]["post"]
    assert post["x-permission"] == "leads.create_lead"
    assert post["parameters"][0]["name"] == "Idempotency-Key"
    entry = told["components"]["schemas"]["LeadEntry"]
    assert entry["additionalProperties"] is False
    assert entry["required"] == ["company_name"]
    assert entry["properties"]["company_name"]["maxLength"] == 200
    assert "31" in entry["properties"]["province"]["enum"]


def test_examples_can_be_sent_as_they_are(cast):
    with tenant_context(cast.organization.id), inside(cast.organization):
        ways = [way for part in parts(cast.organization) for way in part.ways]
    assert all(way.example.startswith(f"curl -X {way.method}") for way in ways)
    assert any('-d \'{"company_name": "…"}\'' in way.example for way in ways)
