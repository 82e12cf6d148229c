"""A scan made fit for film: strays swept out, thinned evenly, upright, in true metres, cut to a box."""
