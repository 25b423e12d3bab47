# JupyterLab and dashboards: what you have, with the package and the frameworks that authors are to use.
#   docker build -t registry.example.org/jupyterhub-dashboards-singleuser:0.1.0 \
#     --build-arg BASE=YOUR_IMAGE -f singleuser.Dockerfile .
ARG BASE=quay.io/jupyterhub/singleuser:6.1
FROM ${BASE}
ARG VERSION=0.1.0
RUN pip install --no-cache-dir "jupyterhub-dashboards[lab,node]==${VERSION}" voila streamlit dash panel
