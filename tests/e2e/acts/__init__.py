"""The acts of the journey: what one person does, in either language, on either device."""
