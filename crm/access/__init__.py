"""Who may see and do what: permissions, scopes, grants.

Import what you need from here lazily: `from crm.access import policy` and
`from crm.access.decorators import needs`.
"""
