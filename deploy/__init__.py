"""Everything that starts Trio2o and the regions it needs on one machine."""
