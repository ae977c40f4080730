"""What the organisation has decided about entering clients."""

from leads.models import CollisionSettings


def collision_settings() -> CollisionSettings:
    """The organisation's one row, or what holds while nobody has changed anything."""
    return CollisionSettings.objects.first() or CollisionSettings()
