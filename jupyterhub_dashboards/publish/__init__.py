"""`jupyterhub-dashboards publish`: what JupyterLab's dialog does, for terminals and CI."""
