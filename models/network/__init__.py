"""The network API's rows: one file or room for each noun."""
