"""What is learned from runs: measures, scenarios, replications, comparisons, sweeps."""
