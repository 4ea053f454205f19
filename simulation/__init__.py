"""People and cases over time: the desk, the studies on it, and what people look at."""
