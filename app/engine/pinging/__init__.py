"""Many targets, one probe each an interval: what is sent, what an answer means, and what is known of each target."""
