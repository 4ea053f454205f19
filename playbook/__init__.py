"""The handbook, executable: numbers with sources, small rules, prose. It knows nothing of the simulation."""
