"""Pictures as files: what they are, how they come in, how they fit going out."""
