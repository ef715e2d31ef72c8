"""Measurements on real servers of our own; ratios of one run count, not absolute figures."""
