"""Speed as ratios: one file per goal, each against the limit measured in the same run."""
