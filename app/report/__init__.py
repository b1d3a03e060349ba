"""What hopscope says without its screens: lines for people, documents for machines."""
