"""Security groups: defaults, rules, and where they are used."""
