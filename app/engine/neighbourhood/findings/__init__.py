"""What an engineer would want to be told about the neighbours: pure functions over all that holds now."""
