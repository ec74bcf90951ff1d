"""What a boot asks for, and what it reserves."""
