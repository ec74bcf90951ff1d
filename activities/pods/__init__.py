"""The one door to a pod: clients, fan-out, pages over pods, versions."""
