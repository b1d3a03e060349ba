"""Bytes and headers: pure functions and frozen records. Of libraries only `regex`, for the patterns of filters."""
