"""The volume API's rows."""
