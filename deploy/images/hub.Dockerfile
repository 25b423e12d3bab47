# A Hub that runs the service in its own pod (`jupyterhub-dashboards values --in-hub-pod`). Others keep the chart's image.
#   docker build -t registry.example.org/jupyterhub-dashboards-hub:0.1.0 \
#     --build-arg CHART=VERSION_OF_YOUR_CHART -f hub.Dockerfile .
ARG CHART
FROM quay.io/jupyterhub/k8s-hub:${CHART}
ARG VERSION=0.1.0
USER root
RUN pip install --no-cache-dir "jupyterhub-dashboards[node]==${VERSION}"
USER 1000
