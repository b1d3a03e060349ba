"""What a packet says of who sent it: a reader for each protocol, pure functions from headers to sayings."""
