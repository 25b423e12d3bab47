"""What administrators of Zero to JupyterHub paste: values of its chart, and what the service runs as."""
