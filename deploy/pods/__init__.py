"""The lab: two real OpenStack regions on one machine, driven by ``deploy/lab``."""
