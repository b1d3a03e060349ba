"""Who routes, queries and speaks on the links of this host: what each said last, how long it holds, and what is odd."""
