"""Who is what to whom: the algebra of kin and its words, Chinese and English."""
