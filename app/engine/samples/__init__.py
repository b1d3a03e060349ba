"""What became of the probes of one row, in few bytes: exact, then coded, then rolled up; and statistics over them."""
