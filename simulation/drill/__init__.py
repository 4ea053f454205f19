"""Drills: the desk stopped between turns, for teams who decide, trainers who lead, and a debrief that replays."""
