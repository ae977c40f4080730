"""The API described: as OpenAPI for programs, in the reader's language."""

from typing import Any

from crm.integrations.api_urls import api
from crm.tenancy.models import Organization


def description(organization: Organization) -> dict[str, Any]:
    """OpenAPI 3.1 of the API as it stands at the organisation's address."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{organization.slug}/api/v1/")
    return found
