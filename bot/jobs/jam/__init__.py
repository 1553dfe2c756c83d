"""Jams: a group works towards a picture together."""
