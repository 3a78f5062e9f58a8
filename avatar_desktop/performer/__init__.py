"""Roles, score, face, gaze, blink, breath and gesture become one Pose at a given time."""
