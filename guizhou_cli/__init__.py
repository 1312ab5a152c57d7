"""What was said at a press briefing, and by whom, so that it can be cited."""
