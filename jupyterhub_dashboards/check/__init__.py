"""`jupyterhub-dashboards check`: tries on a running hub what dashboards need, and says what to paste.

What is read from `jupyterhub_config.py` instead of being tried says so in its line.
"""
