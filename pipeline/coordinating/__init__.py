"""What the coordinator does between two runs: prepare a campaign, import last year, except an agency, ask who stands where."""
