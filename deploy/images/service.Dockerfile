# The service in a pod of its own: nothing but the package and Node.
#   docker build -t registry.example.org/jupyterhub-dashboards-service:0.1.0 -f service.Dockerfile .
FROM python:3.12-slim
ARG VERSION=0.1.0
RUN pip install --no-cache-dir "jupyterhub-dashboards[node]==${VERSION}"
USER 1000:1000
ENV HOME=/tmp
CMD ["jupyterhub-dashboards-service", "--options=/etc/jupyterhub-dashboards/options.json"]
