"""What all kinds share: attributes checked, rows listed, shown and shared."""
