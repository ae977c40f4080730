"""The life of an organisation: founded, set up, suspended, exported, erased; and the operator."""
