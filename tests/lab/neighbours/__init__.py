"""The page of neighbours beside real daemons: what it says and what they say of themselves are equal."""
