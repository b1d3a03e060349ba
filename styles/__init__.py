"""The stylesheets. Colours live in theme.tcss."""
