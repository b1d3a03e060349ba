"""What UDP and TCP carry, by port."""
