"""Packets made by hand: templates of layers, fields given in the filter's words, all else made right."""
