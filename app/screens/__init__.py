"""One Textual screen per mode. A screen reads snapshots and posts commands."""
