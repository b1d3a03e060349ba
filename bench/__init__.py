"""What hopscope costs and how true it is, beside the peers, in the same minute on the same machine."""
