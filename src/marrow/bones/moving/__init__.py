"""Contacts, feet, hands and limits: the parts of `retarget` and `clean`."""
