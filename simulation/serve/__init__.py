"""Drills on a local network: seats and keys, pages for players, facilitator and projector, one server."""
