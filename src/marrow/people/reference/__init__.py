"""Whom words mean: finding every reference to a person, and settling who it is."""
