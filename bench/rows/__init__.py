"""The rows of the benchmark, each module some that share their ground."""
